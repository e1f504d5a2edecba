"""CONTRACT.md 7: whole programs end at once, say nothing, and survive forks."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from . import programs
from .echo_server import hesitant, truthful
from .profiles import amount
from .wire import Wire

FORKING = ("forks", "forks_in_an_iteration", "forks_in_a_request", "forks_in_two_threads")
IN_THE_MIDDLE = {
    "forks_at_first_use": (3, 500),
    "forks_while_decoding": (3, 100),
    "forks_in_a_step": (2, 20),
    "forks_while_a_step_waits": (1, 1),
}
"""How often, by default and in the long profile."""
OTHERS = (
    "interrupted",
    "commands_interrupted",
    "dropped",
    "used_at_once",
    "forks_while_idle",
    *IN_THE_MIDDLE,
)
KNOWN = "ignore:This process (pid=:DeprecationWarning"
"""Since 3.12 Python warns of each fork in a process with threads, however still they stand."""
ENDING = [name for name in programs.PROGRAMS if name not in (*FORKING, *OTHERS)]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs the server's certificate."""
    return trustme.CA()


@pytest.fixture(scope="module")
def secured(authority: trustme.CA) -> Iterator[Wire]:
    """A truthful server over TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate: Any = authority.issue_cert("127.0.0.1")
    certificate.configure_cert(context)
    with truthful(tls=context) as wire:
        yield wire


def _run(*arguments: str, options: tuple[str, ...] = (), **environment: str) -> tuple[int, str]:
    command = [sys.executable, *options, "-W", KNOWN, "-m", programs.__name__, *arguments]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=amount(120, 7200),
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("name", ENDING)
def test_a_program_that_never_closes_its_client_ends_in_silence(counts: Counter[str], name: str) -> None:
    """Exit status 0 and no output, with all warnings on."""
    if name == "used_in_a_thread_at_the_end" and (3, 12) <= sys.version_info < (3, 12, 3):
        pytest.skip("CPython 3.12.0 to 3.12.2 start no thread once the main thread has ended (gh-113964)")
    with hesitant(0.005) as wire:
        assert _run(name, wire.base_url, options=("-W", "error")) == (0, "")
    counts["concurrency: programs that ended in silence"] += 1


@pytest.mark.parametrize(
    ("name", "number"), [("interrupted", (30, 3000)), ("commands_interrupted", (6, 300))]
)
def test_ctrl_c_at_any_moment(counts: Counter[str], name: str, number: tuple[int, int]) -> None:
    """Rows, pages, tables, several queries, the command; new and used clients: nothing else is raised."""
    pytest.importorskip("pyarrow")
    with hesitant(0.001) as wire:
        assert _run(name, wire.base_url, str(amount(*number))) == (0, "")
    counts[f"concurrency: {name.replace('_', ' ')} at random moments"] += amount(*number)


def test_dropped_clients_say_nothing(counts: Counter[str]) -> None:
    """Closed or not, half-iterated, in cycles, in the loop's thread, at the end: with all warnings on."""
    number = amount(27, 10_000)
    with truthful() as wire:
        assert _run("dropped", wire.base_url, str(number), options=("-W", "error")) == (0, "")
    counts["concurrency: clients dropped, 0 messages"] += number


def test_all_clients_share_one_thread(counts: Counter[str]) -> None:
    """However many are in the middle of an iteration."""
    number = amount(30, 1000)
    with truthful() as wire:
        assert _run("used_at_once", wire.base_url, str(number)) == (0, "")
    counts["concurrency: clients used at once, 1 thread"] += number


def test_a_fork_leaves_the_parent_its_connections(counts: Counter[str]) -> None:
    """The server sees no new one, although the child closed a client and dropped all others."""
    with truthful() as wire:
        assert _run("forks_while_idle", wire.base_url, "50", options=("-W", "error")) == (0, "")
        assert (wire.connections, wire.requests) == (50, 100)
    counts["concurrency: idle clients that keep their connections when a child is made"] += 50


@pytest.mark.parametrize("name", IN_THE_MIDDLE)
def test_a_fork_meets_another_thread_in_the_middle(counts: Counter[str], name: str) -> None:
    """Importing the library, learning new fields, or in a step of the loop: nobody waits for ever."""
    number = amount(*IN_THE_MIDDLE[name])
    with truthful() as wire:
        assert _run(name, wire.base_url, str(number)) == (0, "")
    counts[f"concurrency: {name.replace('_', ' ')}, 0 hung"] += number


@pytest.mark.parametrize("name", FORKING)
def test_forks_over_tls(
    counts: Counter[str], tmp_path: Path, authority: trustme.CA, secured: Wire, name: str
) -> None:
    """Child and parent each get their own answers, over connections of their own, without a warning."""
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    number = amount(4, 100)
    done = _run(name, secured.base_url, str(number), options=("-W", "error"), SSL_CERT_FILE=str(bundle))
    assert done == (0, "")
    counts["concurrency: forks over TLS"] += number
