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
ENDING = [name for name in programs.PROGRAMS if name not in FORKING]


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
    command = [sys.executable, *options, "-m", programs.__name__, *arguments]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("name", ENDING)
def test_a_program_that_never_closes_its_client_ends_in_silence(tally: Counter[str], name: str) -> None:
    """Exit status 0 and no output, with all warnings on."""
    if name == "used_in_a_thread_at_the_end" and (3, 12) <= sys.version_info < (3, 12, 3):
        pytest.skip("CPython 3.12.0 to 3.12.2 start no thread once the main thread has ended (gh-113964)")
    with hesitant(0.005) as wire:
        assert _run(name, wire.base_url, options=("-W", "error")) == (0, "")
    tally["concurrency: programs that ended in silence"] += 1


@pytest.mark.parametrize("name", FORKING)
def test_forks_over_tls(
    tally: Counter[str], tmp_path: Path, authority: trustme.CA, secured: Wire, name: str
) -> None:
    """Child and parent each get their own answers, over connections of their own, without a warning.

    From 3.12 on Python itself warns of a fork while another thread runs; an idle client has none.
    """
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    number = amount(4, 100)
    warns = "error" if name == "forks" else "ignore::DeprecationWarning"
    done = _run(name, secured.base_url, str(number), options=("-W", warns), SSL_CERT_FILE=str(bundle))
    assert done == (0, "")
    tally["concurrency: forks over TLS"] += number
