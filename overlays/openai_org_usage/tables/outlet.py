"""A stream for writers that write the end of a file even when they are collected after an error."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from .targets import Stream

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Outlet(io.RawIOBase):
    """Passes on what is written, until it is shut: what is cut short must not look whole."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._is_shut = False

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        passed = bytes(data)
        if not self._is_shut:
            self._stream.write(passed)
        return len(passed)

    def flush(self) -> None:
        """Do nothing, as nothing is held here: zip files flush even what is closed."""

    def shut(self) -> None:
        """Pass on no more."""
        self._is_shut = True


__all__ = ["Outlet"]
