"""CONTRACT.md 6: a key that stands in the wrong place is shown nowhere."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from openai_org_usage import AsyncUsageClient, UsageClient
from openai_org_usage.cli import main
from openai_org_usage.cli.context import CommandContext

from ..conftest import NOW
from ..scripted import KEY, SETTINGS, page, scripted
from .canary import FORMS, GATEWAY_KEY, trace_of
from .inputs import COMMANDS, Call, client_calls, forms, table_calls, variables, words_of
from .key_leaks import Witness, witnessed
from .profiles import LONG, amount

OTHER_KEY = "sk-admin-of-the-test-0123456789"
"""What is in use where the canary has the form of a key."""
CANARIES = {KEY: OTHER_KEY, GATEWAY_KEY: GATEWAY_KEY}
"""What is looked for, and the key in use meanwhile: one is known by its form, the other by its value."""


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, a key, an address that is not this machine's, and no way beyond this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", OTHER_KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.test/v1")
    monkeypatch.setattr(socket, "getaddrinfo", _unknown_name)


def _unknown_name(host: object, *_: object, **__: object) -> object:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _answers(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=page())


def _run(words: list[str], capture: pytest.CaptureFixture[str], *, wire: bool = False) -> Witness:
    """The command with `words`; what it says and what is logged. Only with `wire` it may send."""
    transport = None if wire else httpx.MockTransport(_answers)
    with witnessed() as witness:
        code = main(words, context=CommandContext(clock=lambda: NOW, transport=transport))
    said = capture.readouterr()
    witness.texts |= {"code": str(code), "stdout": said.out, "stderr": said.err}
    return witness


def _judge(hits: list[str], counts: Counter[str]) -> None:
    counts["secrets: hits of a key that stood in the wrong place"] += len(hits)
    assert hits == []


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        yield str(path.relative_to(folder))
        yield path.read_text("utf-8", "replace") if path.is_file() else ""


@pytest.mark.parametrize("command", COMMANDS)
def test_no_word_of_a_command_shows_a_key(
    counts: Counter[str], command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Wherever it stands, the command says that there is a key, exits with 2, and has done nothing."""
    hits: list[str] = []
    done: list[str] = []
    for (place, words), some in zip(words_of(command), forms(amount(2, len(FORMS))), strict=False):
        for how, put in some.items():
            witness = _run(words(put(KEY)), capsys)
            hits += [f"{place}, {how}: {leak}" for leak in witness.leaks()]
            if (witness.texts["code"], witness.texts["stdout"]) != ("2", ""):
                done.append(f"{place}, {how}")
            counts["secrets: words with a key in a place of the command"] += 1
        counts["secrets: places of the command"] += 1
    _judge(hits, counts)
    assert done == []
    assert list(_files(tmp_path)) == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("canary", CANARIES)
def test_what_a_command_says_of_its_words_has_no_key_either(
    counts: Counter[str],
    command: str,
    canary: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even if words with a key were let through: each complaint, note, remedy and traceback is without it."""
    monkeypatch.setattr("openai_org_usage.cli.app.refuse_keys", list[str])
    monkeypatch.setattr("openai_org_usage.terminal.commands.refuse_keys", list[str])
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARIES[canary])
    hits: list[str] = []
    places = list(words_of(command))[:: amount(9, 1)]
    for (place, words), some in zip(places, forms(amount(1, len(FORMS))), strict=False):
        for how, put in some.items():
            witness = _run([*words(put(canary)), "--debug"], capsys)
            hits += [f"{place}, {how}: {leak}" for leak in witness.leaks()]
            counts["secrets: words with a key that were let through"] += 1
    _judge(hits, counts)


@pytest.mark.parametrize("variable", variables())
def test_no_variable_of_the_environment_shows_a_key(
    counts: Counter[str], variable: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the command nor its doctor quotes one; real connections are tried, and fail."""
    lines = ["costs --last 1d --max-retries 0 --timeout 2 -v --debug", "doctor --timeout 2"]
    lines += ["report --today", "costs --last 1d --dry-run", "--help", "vendor --check x"] if LONG else []
    hits: list[str] = []
    for canary, in_use in CANARIES.items():
        monkeypatch.setenv("OPENAI_ADMIN_KEY", in_use)
        every = forms(amount(2, len(FORMS)))
        for line, some in zip(lines, islice(every, variables().index(variable) % 5, None), strict=False):
            for how, put in some.items():
                with monkeypatch.context() as changed:
                    changed.setenv(variable, put(canary))
                    leaks = _run(line.split(), capsys, wire=True).leaks()
                hits += [f"{line}, {how}: {leak}" for leak in leaks]
                counts["secrets: keys in variables of the environment"] += 1
    _judge(hits, counts)


def _tried(call: Call, value: str) -> Witness:
    """What comes of `call`, whatever it is: its result shown and used, its error taken apart."""
    with witnessed() as witness:
        try:
            made: Any = call(value)
            witness.show(made)
            if isinstance(made, UsageClient):
                list(made.costs(start_time="1d"))
        except Exception as failure:
            inner = failure.__traceback__
            while inner is not None and inner.tb_frame.f_code.co_filename in _OF_THE_TEST:
                inner = inner.tb_next  # The frames of the test have the key, of course.
            witness.see(failure.with_traceback(inner))
    return witness


_OF_THE_TEST = {__file__, client_calls.__code__.co_filename}


@pytest.mark.parametrize("kind", [UsageClient, AsyncUsageClient])
@pytest.mark.parametrize("canary", CANARIES)
def test_no_argument_of_the_library_shows_a_key(
    counts: Counter[str],
    kind: type[UsageClient] | type[AsyncUsageClient],
    canary: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Errors with causes, contexts, notes, attributes and locals; reprs of what is made."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARIES[canary])
    hits: list[str] = []
    given = {**SETTINGS, "admin_key": CANARIES[canary], "transport": httpx.MockTransport(_answers)}
    every = forms(amount(1, len(FORMS)))
    for (place, call), some in zip(client_calls(kind, given), every, strict=False):
        for how, put in some.items():
            hits += [f"{place}, {how}: {leak}" for leak in _tried(call, put(canary)).leaks()]
            counts["secrets: keys in arguments of the library"] += 1
    _judge(hits, counts)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_argument_of_a_table_shows_a_key(
    counts: Counter[str], canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns, formats and names of files."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARIES[canary])
    hits: list[str] = []
    client, _ = scripted(*[page()] * 9999)
    query = client.costs(start_time="1d")
    for (place, call), some in zip(table_calls(query), forms(amount(2, len(FORMS))), strict=False):
        for how, put in some.items():
            hits += [f"{place}, {how}: {leak}" for leak in _tried(call, put(canary)).leaks()]
            counts["secrets: keys in arguments of tables"] += 1
    _judge(hits, counts)


@pytest.mark.parametrize(
    ("variables", "words", "code", "said"),
    [
        ({"OPENAI_BASE_URL": KEY}, "costs --today", 20, "it belongs in OPENAI_ADMIN_KEY"),
        (
            {"OPENAI_BASE_URL": KEY, "OPENAI_ADMIN_KEY": "https://api.openai.com/v1"},
            "costs --today",
            20,
            "the two are swapped",
        ),
        ({"HTTPS_PROXY": f"http://{KEY}@127.0.0.1:9"}, "costs --today --debug -v --max-retries 0", 25, ""),
        ({}, f"costs --today --models {KEY}", 2, "--models holds a key"),
        ({}, f"costs --today --base-url=https://{KEY}@x.test", 2, "--base-url holds a key"),
        ({}, f"vendor --name {KEY} x", 2, "--name holds a key"),
    ],
)
def test_the_installed_command_shows_no_key(
    variables: dict[str, str], words: str, code: int, said: str, tmp_path: Path
) -> None:
    """As a process of its own, in Python's development mode: streams, exit code and what is left behind."""
    script = Path(sys.executable).with_name("openai-org-usage")
    environment = {**os.environ, "PYTHONDEVMODE": "1", **variables}
    ended = subprocess.run(
        [script, *words.split()], capture_output=True, env=environment, text=True, check=False, timeout=60
    )
    assert trace_of(ended.stdout + ended.stderr) is None
    assert ended.returncode == code, ended.stderr
    assert said in re.sub(r"\s+", " ", ended.stderr)
    assert list(_files(tmp_path)) == []
