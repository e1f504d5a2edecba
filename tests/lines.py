"""The lines that a process says, each waited for with a limit: a test that hangs tells nothing."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).parents[1]
LIMIT = 120.0
"""Seconds for what takes one or two, also on a busy machine."""


class Lines:
    """What a process writes to one of its streams, read by a thread as it comes."""

    def __init__(self, process: subprocess.Popen[str], stream: IO[str]) -> None:
        self._process = process
        self._stream = stream
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self, *, within: float = LIMIT) -> str:
        """The next line, without its end; empty after the last.

        Raises:
            TimeoutError: none came; after the usual limit, the process is killed.
        """
        try:
            return self._queue.get(timeout=within).strip()
        except queue.Empty:
            if within == LIMIT:
                self._process.kill()
            raise TimeoutError(f"{self._process.args!r} said nothing for {within} s") from None

    def until(self, text: str) -> None:
        """Read to the line that has `text` in it."""
        while text not in (line := self.next()):
            assert line or self._process.poll() is None, f"{self._process.args!r} ended before {text!r}"

    def rest(self) -> str:
        """What comes until the process has closed the stream, on one line."""
        return " ".join(iter(self.next, ""))

    def _read(self) -> None:
        with self._stream:
            for line in self._stream:
                self._queue.put(line)
        self._queue.put("")


class AskedProcess:
    """A module of these tests as a process that answers lines with lines; its first one is `ready`."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self._lines = Lines(self._process, self._process.stdout)
        assert self.next() == "ready"

    def ask(self, line: str) -> str:
        """Write a line; the first that comes back."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.next()

    def next(self, *, within: float = LIMIT) -> str:
        """As `Lines.next`."""
        return self._lines.next(within=within)

    def end(self) -> None:
        """Let the process end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(LIMIT)
        self._lines.rest()
