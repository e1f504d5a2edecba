"""Runs a command that ends when whoever started it does, even if that one was killed.

    python end_with_parent.py COMMAND ...

The other end of standard input is held open by the starter; when it closes, the command and all its
children are ended. Servers on Node have no such habit of their own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

_GRACE_SECONDS = 5


def main(command: list[str]) -> int:
    """Run `command` until it ends or standard input closes; returns its exit status."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_with_starter, args=(process,), daemon=True).start()
    try:
        return process.wait()
    finally:
        _end(process)


def _end_with_starter(process: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the group of `process`: first politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Go on: this is ended by closing standard input, and only so."""


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ignore)  # SIG_IGN would be inherited by the command.
    raise SystemExit(main(sys.argv[1:]))
