"""No output of the command lets hostile texts steer a terminal, wherever the API answers with them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import attrs
import pytest

from ..scripted import KEY
from .outputs import outputs
from .server import Server, hostile_server
from .strings import HOSTILE, MARKUP, is_forbidden, marked
from .terminal import Shown, in_terminal, shown

SCRIPT = Path(sys.executable).with_name("openai-org-usage")
ADDRESS = Server("http://127.0.0.1:9", Event())
"""For the names of the outputs alone."""
NAMES = list(outputs(ADDRESS))
CODES = {0, 2, 12, 20, 22, 23, 24, 26, 27, 32, 40}
"""Neither 1, of what nobody has thought of, nor 99, of a traceback."""
COLOURS = {"0", "1", "2", "31", "32", "33", "34", "36", "90", "1;31", "1;33"}
"""All that we use."""
PARTS = {"budget": 5, "errors of tags": 100, "doctor in json": 25, "files that cannot be written": 15}
"""How many texts are seen where not all of them are; where they are arguments, those with NUL are missing."""

Seen = dict[str, list[Shown]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The hostile server."""
    with hostile_server() as server:
        yield server


@pytest.fixture(scope="module")
def seen(server: Server) -> Seen:
    """What each output shows, collected once in twenty seconds; one process forks for all."""
    named = outputs(server)
    found = iter(shown([words for runs in named.values() for words in runs]))
    return {name: [next(found) for _ in runs] for name, runs in named.items()}


def test_there_are_enough_texts() -> None:
    """At least a hundred, and no two alike."""
    assert len(set(HOSTILE)) == len(HOSTILE) >= 100


@pytest.mark.parametrize("name", NAMES)
def test_nothing_steers_the_terminal(name: str, seen: Seen) -> None:
    """There is no control character but newlines and our own colours; no text came through, and all came."""
    runs = seen[name]
    assert [(hit, run.words) for run in runs for hit in run.hits] == []
    assert {char for run in runs for char in run.forbidden} == set()
    assert {code for run in runs for code in run.colours} <= {f"\x1b[{code}m" for code in COLOURS}
    assert {run.code for run in runs} <= CODES
    assert len({number for run in runs for number in run.numbers}) >= PARTS.get(name, len(HOSTILE) - 2)


@pytest.mark.parametrize("name", ["table", "csv", "report in html", "errors"])
def test_no_traceback_is_shown_unasked(name: str, seen: Seen) -> None:
    """A hostile text is no reason for one."""
    assert [run.words for run in seen[name] if "Traceback" in run.text] == []


def test_markup_of_rich_is_text(seen: Seen) -> None:
    """`[red]` and `:skull:` stand in tables as the API has sent them."""
    text = seen["table"][0].plain
    assert [each for each in MARKUP if " ".join(each.split()) not in text] == []


def test_a_note_says_that_csv_is_not_exact_on_a_terminal(seen: Seen) -> None:
    """Where there was something to spell, and only then."""
    assert "a file or pipe gets them as they are" in seen["csv"][0].plain
    assert r"n000\x1b[31mred" in seen["csv"][0].plain
    assert "a file or pipe" not in seen["json"][0].plain


def test_the_progress_display_shows_no_more_than_its_own_codes(server: Server) -> None:
    """It moves the cursor, and notes come above it."""

    def told(output: bytes) -> None:
        if b"waiting for the first page" in output:
            server.seen.set()

    words = ["costs", "--start-time", "2026-11-19", "--base-url", server.url("slow"), "--format", "json"]
    (run,) = shown([words], patience=0, told=told)

    assert "waiting for the first page" in run.text
    assert attrs.evolve(run, has_progress=True).forbidden == set()
    assert run.hits == []
    assert len(run.numbers) == len(HOSTILE)


def test_the_installed_script_is_no_other(server: Server) -> None:
    """It shows what the command shows in the process of the other tests."""
    words = ["completions", "--start-time", "2026-11-19", "--end-time", "2026-11-20", "--columns", "model"]
    code, output = in_terminal([SCRIPT, *words, "--base-url", server.url("rows")])

    run = Shown(words, code, output.decode())
    assert (run.code, run.forbidden, run.hits) == (0, set(), [])
    assert len(run.numbers) == len(HOSTILE)


@pytest.mark.parametrize("world", ["refused-0", "lookback-1", "surrogate", "surrogate-error"])
def test_standard_error_is_clean_in_pipes_too(server: Server, world: str) -> None:
    """With --debug as well: it is read in a terminal sooner or later, or by what shows logs."""
    words = ["costs", "--start-time", "2026-11-19", "--base-url", server.url(world), "--debug"]
    done = subprocess.run(
        [SCRIPT, *words],
        env={**os.environ, "OPENAI_ADMIN_KEY": KEY},
        capture_output=True,
        check=False,
    )

    assert (done.returncode in CODES, done.stdout) == (True, b"")
    assert {char for char in done.stderr.decode() if is_forbidden(char)} == set()


@pytest.mark.parametrize(("world", "code"), [("surrogate", 26), ("surrogate-error", 23)])
def test_half_a_character_is_a_typed_error(server: Server, world: str, code: int) -> None:
    r"""`"\ud800"` is no text, so it is refused as an answer, and does no harm in an error."""
    words = ["costs", "--start-time", "2026-11-19", "--base-url", server.url(world)]
    (run,) = shown([words])

    assert (run.code, run.forbidden) == (code, set())
    assert "Traceback" not in run.text


def test_what_nobody_has_cleaned_is_clean(server: Server) -> None:
    """Whoever writes to the standard streams of the command, by whatever way."""
    child = f"""
import logging, sys, threading, traceback, warnings
from openai_org_usage.terminal.streams import sanitized_streams
texts = {marked()!r}
with sanitized_streams():
    print(*texts)
    sys.stderr.writelines(texts)
    print({KEY + "0123456789"!r}, file=sys.stderr)
    sys.stdout.buffer.write(" ".join(texts).encode())
    for byte in "\\u202e\\x9b".encode() + b"\\xff":
        sys.stdout.buffer.write(bytes([byte]))
    sys.stdout.buffer.flush()
    logging.getLogger("x").warning(" ".join(texts))
    warnings.warn(" ".join(texts))
    def fail(): raise ValueError(" ".join(texts))
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try: fail()
    except ValueError: traceback.print_exc()
"""
    code, output = in_terminal([sys.executable, "-c", child])

    run = Shown([], code, output.decode())
    assert (run.code, run.forbidden, run.hits) == (0, set(), [])
    assert len(run.numbers) == len(HOSTILE)
    assert run.text.count("ValueError") == 2
    assert KEY not in run.text
