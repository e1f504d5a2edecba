"""Where the rows of a query go: standard output, or a file that appears when it is complete."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import attrs

from ..._generated import OpenAIUsageError
from ...tables.atomic_files import staging, take_place
from ...tables.special_files import followed, opened_special
from ...tables.targets import Stream
from ...terminal.commands import NotWrittenError
from ...terminal.streams import sanitize_terminal

RowWriter = Callable[[Stream], int]
"""Writes all rows, or all pages, and returns how many there were."""
_LONGEST_NAME = 255
"""Bytes, on nearly every file system."""


@attrs.frozen
class WriteResult:
    """What was written."""

    rows: int
    """How many; of raw answers, how many pages."""
    path: Path | None
    """The file, as the user writes it; None for standard output, and where nothing was kept."""


def write_to(path: Path | None, *, write: RowWriter, is_part: Callable[[], bool] = bool) -> WriteResult:
    """Have `write` write to the file `path`, which then appears in one step, or to standard output.

    If afterwards that `is_part` of what there should be, it is kept beside `path`, in a whole file of
    another name: what is called `path` is never half of something.

    Raises:
        NotWrittenError: it cannot be written there.
        BrokenPipeError: nobody reads standard output any more.
    """
    if path is None:
        sys.stdout.flush()
        stream = _DeferredStream(sys.stdout.buffer)
        rows = write(stream)
        stream.flush()
        return WriteResult(rows, None)
    with _refusals_of(path):
        special = opened_special(path)
        if special is None:
            return _write_file(path, write, is_part)
        with special:
            return WriteResult(write(sanitize_terminal(special)), path)


class _DeferredStream:
    """A stream that waits with the first piece for the second: nothing is printed before the first rows.

    Otherwise the head of a table would stand there even where the first request fails.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._first: bytes | None = None

    def write(self, data: bytes) -> None:
        if self._first is None:
            self._first = bytes(data)
        else:
            self._release()
            self._stream.write(data)

    def flush(self) -> None:
        self._release()
        self._stream.flush()

    def _release(self) -> None:
        if self._first:
            self._stream.write(self._first)
        self._first = b""


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


def _write_file(path: Path, write: RowWriter, is_part: Callable[[], bool]) -> WriteResult:
    named, path = path, followed(path)
    with staging(path) as stage:
        new = stage / "new"
        with new.open("wb") as stream:
            rows = write(stream)
        if is_part() and not rows:
            return WriteResult(0, None)
        final = part_name(path) if is_part() else path
        shown = named if not is_part() else final if named.is_symlink() else part_name(named)
        take_place(new, final, like=path)
        return WriteResult(rows, shown)


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
