"""Where the rows of a pull go: standard output, or a file that appears when it is complete."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import attrs

from .._generated import OpenAIUsageError
from ..files import staging
from ..screens import screen_of
from ..tables.targets import Stream, opened
from .errors import NotWrittenError

Write = Callable[[Stream], int]
"""Writes all rows, or all pages, and returns how many there were."""


@attrs.frozen
class Delivered:
    """What was written."""

    rows: int
    """How many; of raw answers, how many pages."""
    path: Path | None
    """The file, as the user writes it; None for standard output, and where nothing was kept."""


def deliver(write: Write, *, to: Path | None, is_part: Callable[[], bool] = bool) -> Delivered:
    """Have `write` write to standard output, or to the file `to`, which then appears in one step.

    If afterwards that `is_part` of what there should be, it is kept beside `to`, in a whole file of
    another name: what is called `to` is never half of something.

    Raises:
        NotWrittenError: it cannot be written there.
        BrokenPipeError: nobody reads standard output any more.
    """
    if to is None:
        sys.stdout.flush()
        held = _Held(sys.stdout.buffer)
        rows = write(held)
        held.flush()
        return Delivered(rows, None)
    with _refusals_of(to):
        if to.exists() and not to.is_file():
            return _write_to_device(write, to)
        return _write_file(write, to, is_part)


class _Held:
    """A stream that waits with the first piece for the second: nothing is printed before the first rows.

    Otherwise the head of a table would stand there even where the first request fails.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._first: bytes | None = None
        self._begun = False

    def write(self, data: bytes) -> None:
        if self._begun or self._first is not None:
            self.release()
            self._stream.write(data)
        else:
            self._first = bytes(data)

    def release(self) -> None:
        """Write what is held."""
        self._begun = True
        if self._first is not None:
            self._stream.write(self._first)
            self._first = None

    def flush(self) -> None:
        self.release()
        self._stream.flush()


def part_name(path: Path) -> Path:
    """What a file is called that holds the first part of what `path` was to hold."""
    return path.with_name(f"{path.stem}.part{path.suffix}")


def rest_name(path: Path) -> Path:
    """What a file may be called that holds the rest."""
    return path.with_name(f"{path.stem}.rest{path.suffix}")


def _write_file(write: Write, to: Path, is_part: Callable[[], bool]) -> Delivered:
    path = to.resolve()
    with staging(path) as stage:
        new = stage / path.name
        with opened(new) as stream:
            rows = write(stream)
        if is_part() and not rows:
            return Delivered(0, None)
        final = part_name(path) if is_part() else path
        shown = to if not is_part() else final if to.is_symlink() else part_name(to)
        with contextlib.suppress(FileNotFoundError):
            new.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(new, final)
        return Delivered(rows, shown)


def _write_to_device(write: Write, path: Path) -> Delivered:
    """Write to what is no file, such as a named pipe, as it comes."""
    with path.open("wb") as stream:
        return Delivered(write(screen_of(stream)), path)


@contextlib.contextmanager
def _refusals_of(path: Path) -> Generator[None]:
    """Explain what the system refuses."""
    try:
        yield
    except OpenAIUsageError:  # Some are connection errors, and so are errors of the system.
        raise
    except OSError as error:
        raise NotWrittenError(f"{path} cannot be written: {error.strerror or error}") from error
