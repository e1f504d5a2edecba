"""Starting the referees that are programs of their own, and ending them whatever happens."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from codegen.files import ROOT

TOOLS = ROOT / ".venv-referees"
"""Where `make referees` installs what is not in .venv, and where logs go."""
NODE_PACKAGE = TOOLS / "npm" / "package.json"
NODE_TOOLS = TOOLS / "npm" / "node_modules" / ".bin"
PYTHON_TOOLS = TOOLS / "bin"
LOGS = TOOLS / "logs"

_START_SECONDS = 60
_LAST_LINES = 15


class RefereeError(Exception):
    """A referee could not be asked, or did not answer; the message has the end of its log."""


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(command: Sequence[str], *, port: int, log: str) -> Generator[str]:
    """Run the server `command` while the block lasts; yields its URL once it accepts connections.

    Raises:
        RefereeError: it ended, or does not listen within a minute.
    """
    with _ending_with_us(command, log=log) as process:
        deadline = time.monotonic() + _START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RefereeError(f"{command[0]} does not listen on port {port}:\n{_tail(log)}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"


def run(command: Sequence[str], *, log: str, timeout: float) -> int:
    """Run `command` to its end and return its exit status.

    Raises:
        RefereeError: it takes longer than `timeout` seconds.
    """
    with _ending_with_us(command, log=log) as process:
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            message = f"{command[0]} took longer than {timeout:.0f} s:\n{_tail(log)}"
            raise RefereeError(message) from error


def log_path(log: str) -> Path:
    """Where the output of the program with that log name is."""
    return LOGS / f"{log}.txt"


@contextlib.contextmanager
def _ending_with_us(command: Sequence[str], *, log: str) -> Generator[subprocess.Popen[bytes]]:
    LOGS.mkdir(parents=True, exist_ok=True)
    wrapper = [sys.executable, "-P", str(Path(__file__).with_name("end_with_parent.py")), *command]
    with log_path(log).open("wb") as output:
        process = subprocess.Popen(
            wrapper, cwd=TOOLS, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT
        )
        with process:  # Leaving closes the wrapper's standard input, which ends the command, and waits.
            yield process


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _tail(log: str) -> str:
    lines = log_path(log).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_LAST_LINES:])
