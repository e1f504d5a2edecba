"""Where rows are written: a file that appears in one step when it is complete, or an open stream."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import Protocol, TypeAlias

from .atomic_files import replacing


class Stream(Protocol):
    """An open binary stream, such as `sys.stdout.buffer`."""

    def write(self, data: bytes, /) -> object: ...
    def flush(self) -> object: ...


Target: TypeAlias = str | os.PathLike[str] | Stream
"""A path, or an open binary stream."""


def is_path(target: Target) -> bool:
    """Whether `target` is a path."""
    return isinstance(target, (str, os.PathLike))


@contextlib.contextmanager
def opened(target: Target) -> Generator[Stream]:
    """A stream to write to.

    A file is made beside its path and takes its place in the end, unless there is an exception, so
    that never a half one has its name; one that stood there hands on its permissions. Links are
    followed; a named pipe or a device is written to as it comes. A stream is flushed in the end, and left
    open.

    Raises:
        OSError: it cannot be written.
    """
    if isinstance(target, (str, os.PathLike)):
        with replacing(Path(target)) as stream:
            yield stream
    else:
        yield target
        target.flush()


__all__ = ["Stream", "Target", "is_path", "opened"]
