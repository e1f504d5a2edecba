"""The standard streams of a command, as long as it runs: nothing reaches a terminal uncleaned.

Whoever writes does not have to remember it. Colours come through where they were added after cleaning,
which `StyledText` says.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import sys
from collections.abc import Generator, Iterable
from typing import BinaryIO, TextIO, cast

from .._generated import redacted
from ..printable import visible

_OWN_CODES = re.compile("(\x1b\\[(?:[0-9;]*m|1A|2K|\\?25[lh])|\r)")
"""What rich writes for a progress display: colours, one line up, clear the line, hide and show the cursor."""


class StyledText(str):
    """Text for people that was cleaned before our own colours were added."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> StyledBytes:
        """The same in bytes, which remain painted."""
        return StyledBytes(super().encode(encoding, errors))


class StyledBytes(bytes):
    """As `StyledText`."""

    __slots__ = ()

    def __bytes__(self) -> StyledBytes:
        """Itself, so that a copy by `bytes` remains painted."""
        return self


@contextlib.contextmanager
def sanitized_streams() -> Generator[None]:
    """Clean what is written to standard error meanwhile, and to standard output if that is a terminal."""
    streams = {"stderr": sys.stderr, "stdout": sys.stdout}
    for name, stream in streams.items():
        is_error = name == "stderr"
        if _is_new(stream) and (is_error or stream.isatty()):
            setattr(sys, name, SanitizedStream(stream, hides_keys=is_error))
    try:
        yield
    finally:
        for name, stream in streams.items():
            setattr(sys, name, stream)


def _is_new(stream: object) -> bool:
    """Whether there is a `stream` and it is none of ours yet."""
    return stream is not None and not isinstance(stream, SanitizedStream)


class SanitizedStream:
    """A text stream that shows control characters instead of sending them."""

    def __init__(self, stream: TextIO, *, hides_keys: bool = False) -> None:
        self._stream = stream
        self._hides_keys = hides_keys  # Tracebacks may quote what somebody has typed.
        self._bytes: SanitizedByteStream | None = None

    def write(self, text: str) -> int:
        shown = redacted(text) if self._hides_keys else text
        self._stream.write(text if isinstance(text, StyledText) else visible(shown))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    @property
    def buffer(self) -> SanitizedByteStream:
        """For bytes."""
        if self._bytes is None:
            self._bytes = SanitizedByteStream(self._stream.buffer)
        return self._bytes

    def for_display(self) -> TextIO:
        """For a display of our own that moves the cursor: what it needs comes through, and no more."""
        return cast("TextIO", _DisplayStream(self._stream))

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class _DisplayStream(SanitizedStream):
    def write(self, text: str) -> int:
        pieces = _OWN_CODES.split(text)
        pieces[::2] = map(visible, pieces[::2])
        self._stream.write("".join(pieces))
        return len(text)


class SanitizedByteStream:
    """As `SanitizedStream`, for bytes of UTF-8.

    Attributes:
        has_spelled: whether there was anything that is not shown as it is.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.has_spelled = False
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, data: bytes, /) -> int:
        if isinstance(data, StyledBytes):
            self._stream.write(data)
            return len(data)
        text = self._decoder.decode(data)
        shown = visible(text)
        self.has_spelled = self.has_spelled or shown != text
        self._stream.write(shown.encode())
        return len(data)

    def flush(self) -> None:
        self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def sanitize_terminal(stream: BinaryIO) -> BinaryIO:
    """`stream`, cleaned where it is a terminal."""
    return cast("BinaryIO", SanitizedByteStream(stream)) if stream.isatty() else stream
