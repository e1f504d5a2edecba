"""Programs started with standard streams that are closed, full, gone or odd, and what they left."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs

FULL = "/dev/full"
LIMIT = 120.0
"""Seconds after which a program counts as hanging."""


class Left(NamedTuple):
    """What a program left: of a stream that nobody could read, nothing."""

    code: int
    out: bytes
    err: bytes


@attrs.frozen
class Kind:
    """What is wrong with which of the three standard streams."""

    name: str
    wrong: Mapping[int, str]
    """`closed`, `full`, `gone` (nobody reads the pipe), `read-only` or `non-blocking`, by number."""

    @property
    def code(self) -> int | None:
        """What a program exits with that has something to print; None where that is not hindered."""
        return {None: None, "non-blocking": None, "gone": 141}.get(self.wrong.get(1), 27)

    def loses(self, number: int) -> bool:
        """Whether nothing can be read of what is written there."""
        return self.wrong.get(number, "non-blocking") != "non-blocking"


KINDS = [
    Kind(" and ".join(f"{('in', 'out', 'err')[number]} {what}" for number, what in wrong.items()), wrong)
    for wrong in (
        {},
        {0: "closed"},
        {1: "closed"},
        {2: "closed"},
        {0: "closed", 1: "closed"},
        {1: "closed", 2: "closed"},
        {0: "closed", 1: "closed", 2: "closed"},
        {1: "full"},
        {2: "full"},
        {1: "full", 2: "full"},
        {1: "gone"},
        {2: "gone"},
        {1: "gone", 2: "gone"},
        {1: "gone", 2: "closed"},
        {1: "read-only"},
        {2: "read-only"},
        {1: "non-blocking"},
        {2: "non-blocking"},
    )
]


def left_by(words: Sequence[str | os.PathLike[str]], kind: Kind, *, env: Mapping[str, str]) -> Left:
    """Run a program with its streams so, to its end."""
    closed = "".join(_CLOSING[number] for number, what in kind.wrong.items() if what == "closed")
    with contextlib.ExitStack() as stack:
        read: dict[int, int] = {}
        given = {0: subprocess.DEVNULL, 1: subprocess.PIPE, 2: subprocess.PIPE}
        for number, what in kind.wrong.items():
            if what in _OPENED:
                read[number], given[number] = _OPENED[what]()
                stack.callback(os.close, given[number])
        process = subprocess.Popen(
            ["sh", "-c", f'exec "$@"{closed}', "sh", *words],
            stdin=given[0],
            stdout=given[1],
            stderr=given[2],
            env=dict(env),
        )
    readers = {number: _Reader(end) for number, end in read.items() if end != _NOTHING}
    out, err = process.communicate(timeout=LIMIT)
    taken = {number: reader.all() for number, reader in readers.items()}
    return Left(process.returncode, out or taken.get(1, b""), err or taken.get(2, b""))


class _Reader:
    """Reads a pipe to its end, in a thread."""

    def __init__(self, end: int) -> None:
        self._found = b""
        self._thread = threading.Thread(target=self._read, args=[end])
        self._thread.start()

    def all(self) -> bytes:
        """What came."""
        self._thread.join()
        return self._found

    def _read(self, end: int) -> None:
        with open(end, "rb") as stream:
            self._found = stream.read()


_CLOSING = {0: " <&-", 1: " >&-", 2: " 2>&-"}
_NOTHING = -1


def _full() -> tuple[int, int]:
    return _NOTHING, os.open(FULL, os.O_WRONLY)


def _read_only() -> tuple[int, int]:
    return _NOTHING, os.open(os.devnull, os.O_RDONLY)


def _gone() -> tuple[int, int]:
    ours, theirs = os.pipe()
    os.close(ours)
    return _NOTHING, theirs


def _non_blocking() -> tuple[int, int]:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    return ours, theirs


_OPENED = {"full": _full, "gone": _gone, "read-only": _read_only, "non-blocking": _non_blocking}
"""Both ends: what can be read here, and what the program gets."""
