"""In each kind of environment, library and commands end in a result or in an error of ours.

By default every third kind is tried, with one of the commands; `CONTRACT=long` tries every command in
every kind.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import attrs
import pytest
import trustme

from openai_org_usage import OPERATIONS, errors
from openai_org_usage.cli.app import TOOLS
from openai_org_usage.cli.click_base import dashed
from openai_org_usage.cli.exit_codes import EXIT_CODES, Exit
from openai_org_usage.emulator import Emulator

from ..contract.profiles import LONG
from .kind import Kind
from .kinds import KINDS
from .servers import PROXIES, Relay, odd_proxy, odd_server

PROGRAM = Path(__file__).with_name("program.py")
ENDPOINTS = [dashed(name) for name in OPERATIONS]
SOME: list[list[str]] = [["costs", "--last", "2d", "--verbose"]]
EVERY: list[list[str]] = [
    *([name, "--last", "2d"] for name in ENDPOINTS),
    ["costs", "--last", "2d", "--format", "table"],
    ["costs", "--last", "2d", "--format", "json", "--totals"],
    ["completions", "--last", "2d", "--format", "ndjson", "--group-by", "model"],
    ["costs", "--last", "2d", "--dry-run"],
    *SOME,
    ["costs", "--last", "2d", "--group-by", "project_id", "--names"],
    ["key-costs", "--last", "2d", "--names"],
    ["report", "--last", "7d"],
    ["report", "--last", "7d", "--format", "json"],
    ["budget", "--limit", "1000000"],
]
FOREIGN = re.compile(r"Traceback|Exception ignored|\b(?!OpenAI)[A-Z]\w*(?:Error|Exception|Warning|Group)\b")
OURS = re.compile("|".join(rf"\b{name}\b" for name in errors.__all__))


SLOW = re.compile(r"^Executing <.*$", re.M)
"""What asyncio says with `-X dev` of a step that takes longer than a tenth of a second."""


@attrs.frozen
class Outcome:
    """What came of the steps of one kind."""

    library: str
    codes: list[int]
    """Of the doctor, and then of the commands."""
    out: str
    err: str


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, running_emulator: Emulator) -> Iterator[dict[str, Any]]:
    """The ports and the folder that the kinds speak of."""
    folder, authority = tmp_path_factory.mktemp("certificates"), trustme.CA()
    _write_certificates(folder, authority)
    emulator = int(running_emulator.base_url.split(":")[2].partition("/")[0])
    good = authority.issue_cert("127.0.0.1", "localhost", "api.test")
    old = authority.issue_cert(
        "127.0.0.1", not_before=datetime(2000, 1, 1, tzinfo=UTC), not_after=datetime(2001, 1, 1, tzinfo=UTC)
    )
    with ExitStack() as stack:
        ports: dict[str, Any] = {"emulator": emulator, "key": running_emulator.admin_key, "folder": folder}
        for name, certificate in {
            "secured": good, "misnamed": authority.issue_cert("other.test"), "expired": old
        }.items():  # fmt: skip
            ports[name] = stack.enter_context(Relay(emulator, tls=_context(certificate))).port
        ports["proxy"] = stack.enter_context(Relay(ports["secured"], is_proxy=True)).port
        secured_proxy = Relay(ports["secured"], tls=_context(good), is_proxy=True)
        ports["secured_proxy"] = stack.enter_context(secured_proxy).port
        ports["odd"] = stack.enter_context(odd_server()).port
        for name, answer in PROXIES.items():
            ports[name] = stack.enter_context(odd_proxy(answer)).port
        yield {**ports, "refused": 9}


def _context(certificate: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def _write_certificates(folder: Path, authority: trustme.CA) -> None:
    authority.cert_pem.write_to_path(folder / "authority.pem")
    (folder / "empty.pem").touch()
    (folder / "broken.pem").write_text(
        "-----BEGIN CERTIFICATE-----\nnot base 64\n-----END CERTIFICATE-----\n"
    )
    (folder / "hashed").mkdir()
    openssl = shutil.which("openssl")
    if openssl:
        command = [openssl, "x509", "-hash", "-noout", "-in", str(folder / "authority.pem")]
        name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        shutil.copy(folder / "authority.pem", folder / "hashed" / f"{name}.0")


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported everything, and forks for each request."""
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _steps(kind: Kind) -> list[list[str]]:
    bound = ["--deadline", kind.deadline, "--max-retries", "0"] if "--max-retries" not in kind.options else []
    commands = [["doctor"], *(EVERY if LONG else SOME)]
    return [
        [kind.script, kind.deadline, *kind.library],
        *([*command, *bound, *kind.options] for command in commands),
    ]


def _environment(kind: Kind, places: dict[str, Any]) -> dict[str, str]:
    """What Python needs to be found, the key and the address; nothing else of this machine."""
    given: dict[str, str | None] = {
        "PATH": os.environ.get("PATH"),
        "HOME": os.environ.get("HOME"),
        "COLUMNS": "80",
        "OPENAI_ADMIN_KEY": "{key}",
        "OPENAI_BASE_URL": kind.base_url,
        **kind.environment,
    }
    return {name: value.format(**places) for name, value in given.items() if value is not None}


def _tried(kind: Kind, places: dict[str, Any], forks: subprocess.Popen[str], folder: Path) -> Outcome:
    request = {
        "environment": _environment(kind, places),
        "preparation": kind.preparation,
        "steps": _steps(kind),
        **{name: str(folder / name) for name in ("results", "out", "err")},
        "folder": str(folder),
    }
    (folder / "request").write_text(json.dumps(request))
    if kind.flags or kind.starts_anew or kind.closed or kind.full:
        status = _in_a_process_of_its_own(kind, request)
    else:
        assert forks.stdin is not None
        assert forks.stdout is not None
        print(folder / "request", file=forks.stdin, flush=True)
        status = int(forks.stdout.readline())
    out, err = ((folder / name).read_text(errors="replace") for name in ("out", "err"))
    assert status == 0 or (kind.full and status == 120), err  # 120 is Python's where it cannot flush.
    library, *codes = json.loads((folder / "results").read_text())
    return Outcome(library, codes, out, err)


def _in_a_process_of_its_own(kind: Kind, request: dict[str, Any]) -> int:
    closing = " ".join(f"{number}>&-" for number in kind.closed)
    command = [sys.executable, *kind.flags, str(PROGRAM), f"{request['folder']}/request"]
    with ExitStack() as stack:
        streams: list[IO[bytes]] = []
        for number, name in ((1, "out"), (2, "err")):
            Path(request[name]).touch()
            place = "/dev/full" if number in kind.full else request[name]
            streams.append(stack.enter_context(open(place, "ab")))
        return subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {closing}', "sh", *command],
            env=request["environment"],
            cwd=request["folder"],
            stdin=subprocess.DEVNULL,
            stdout=streams[0],
            stderr=streams[1],
            timeout=100,
            check=False,
        ).returncode


def _problems(out: str) -> str:
    """What the doctor calls problems, on one line."""
    parts = re.split(r"^(ok|warning|problem|skipped) +", out, flags=re.M)
    said = [text for state, text in zip(parts[1::2], parts[2::2], strict=True) if state == "problem"]
    return " ".join(" ".join(said).split())


@pytest.mark.skipif(sys.platform != "linux", reason="devices, limits and forks are those of Linux")
@pytest.mark.parametrize("kind", KINDS if LONG else KINDS[::3], ids=lambda kind: kind.name)
def test_it_ends_in_a_result_or_an_error_of_ours(
    kind: Kind, places: dict[str, Any], forks: subprocess.Popen[str], tmp_path: Path
) -> None:
    """No traceback, no foreign name; in broken ones the doctor has a finding that names the cause."""
    outcome = _tried(kind, places, forks, tmp_path)
    said = SLOW.sub("", f"{outcome.out}\n{outcome.err}\n{outcome.library}")
    assert FOREIGN.findall(OURS.sub("", said)) == [], outcome
    assert set(outcome.codes) <= EXIT_CODES.keys() - {Exit.ERROR}, outcome
    if kind.broken is not None:
        assert (outcome.library == "result") == kind.spares_the_library, outcome
        assert outcome.codes[0] == Exit.FINDINGS, outcome
        assert kind.broken in _problems(outcome.out), outcome
    elif kind.full or kind.closed:
        assert outcome.library == "result"
    else:
        assert (outcome.library, set(outcome.codes)) == ("result", {0}), outcome


def test_there_are_kinds_enough() -> None:
    """Sixty at least, each with a name of its own; and no command is forgotten."""
    names = [kind.name for kind in KINDS]
    assert len(names) == len(set(names)) >= 120  # Of which every third one is tried by default.
    tried = {words[0] for words in EVERY}
    others = {"doctor", "emulator", "help", "overview", "shell-completion", "vendor"}
    of_archive = {"restatements", "sql", "sync"}  # Their places and limits are tried in tests/archive.
    assert {*ENDPOINTS, *TOOLS} - tried == others | of_archive
