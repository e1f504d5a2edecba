"""Where the rows of a pull go: standard output, or a file that appears when it is complete."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import attrs

from .._generated import OpenAIUsageError
from ..tables.atomic_files import staging, take_place
from ..tables.special_files import followed, opened_special
from ..tables.targets import Stream
from ..terminal.commands import NotWrittenError
from ..terminal.streams import screen_of

Write = Callable[[Stream], int]
"""Writes all rows, or all pages, and returns how many there were."""
_LONGEST_NAME = 255
"""Bytes, on nearly every file system."""


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
        special = opened_special(to)
        if special is not None:
            with special:
                return Delivered(write(screen_of(special)), to)
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
    return _with_word(path, ".part")


def rest_name(path: Path) -> Path:
    """What a file may be called that holds the rest."""
    return _with_word(path, ".rest")


def _with_word(path: Path, word: str) -> Path:
    """`path` with `word` before its suffix; a name that would be too long loses its end."""
    room = _LONGEST_NAME - len(os.fsencode(word + path.suffix))
    return path.with_name(os.fsdecode(os.fsencode(path.stem)[:room]) + word + path.suffix)


def _write_file(write: Write, to: Path, is_part: Callable[[], bool]) -> Delivered:
    path = followed(to)
    with staging(path) as stage:
        new = stage / "new"
        with new.open("wb") as stream:
            rows = write(stream)
        if is_part() and not rows:
            return Delivered(0, None)
        final = part_name(path) if is_part() else path
        shown = to if not is_part() else final if to.is_symlink() else part_name(to)
        take_place(new, final, like=path)
        return Delivered(rows, shown)


@contextlib.contextmanager
def _refusals_of(path: Path) -> Generator[None]:
    """Explain what the system refuses."""
    try:
        yield
    except OpenAIUsageError:  # Some are connection errors, and so are errors of the system.
        raise
    except OSError as error:
        staged = str(error.filename).endswith(".staged")  # Every file is made in a hidden folder.
        where = f", as nothing can be made in {path.parent}" if staged and path.parent.exists() else ""
        raise NotWrittenError(f"{path} cannot be written{where}: {error.strerror or error}") from error
