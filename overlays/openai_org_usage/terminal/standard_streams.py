"""Standard input, output and error of a command, in whatever state whoever started it has left them.

Closed ones (`>&-`, `pythonw`) are opened to the null device, so that no file or socket of ours gets their
number. What cannot be written to standard error is lost, and nothing else with it. What cannot be written to
standard output is an error, which is raised once: after it nothing is written, not even by Python at its end.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_INPUT, _OUTPUT, _ERROR = range(3)
_OPENED = {_INPUT: os.O_RDONLY, _OUTPUT: os.O_RDONLY, _ERROR: os.O_WRONLY}
"""How a closed one is opened: where standard output is closed, writing to it stays an error."""


class StandardFile(io.FileIO):
    """Standard output or error: it takes all that it is given, and waits where the reader is slow."""

    def __init__(self, number: int, *, lossy: bool) -> None:
        super().__init__(number, "wb", closefd=False)
        self._lossy = lossy
        self.failure: OSError | None = None
        """Why nothing can be written any more."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of `data`; it is lost after a failure, which is raised once, and never if `lossy`."""
        view = memoryview(data).cast("B")
        left = view
        while left and self.failure is None:
            try:
                left = left[self._written(left) :]
            except OSError as failure:
                self.failure = failure
                if not self._lossy:
                    raise
        return len(view)

    def _written(self, data: memoryview) -> int:
        """How much of `data` was taken; 0 after waiting, where a pipe that may not block was full."""
        written: int | None = super().write(data)
        if written is None:
            select.select([], [self], [])
        return written or 0


@contextlib.contextmanager
def secured() -> Generator[StandardFile | None]:
    """Have the standard streams in order while this lasts; gives that of output, as it is written to.

    Streams that somebody has put in their place, such as a test, are left alone: None then.
    """
    _open_closed()
    output, error = sys.stdout, sys.stderr
    files = [_replaced(name, number) for name, number in (("stderr", _ERROR), ("stdout", _OUTPUT))]
    try:
        yield files[-1]
    finally:
        for stream in (sys.stderr, sys.stdout):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        sys.stdout, sys.stderr = output, error


def _open_closed() -> None:
    """Whatever is opened gets the lowest number that is free, so this one gets that of the closed stream."""
    for number, flags in _OPENED.items():
        try:
            os.fstat(number)
        except OSError as error:
            if error.errno != errno.EBADF:
                continue
            os.set_inheritable(os.open(os.devnull, flags), True)


def _replaced(name: str, number: int) -> StandardFile | None:
    """Put a stream of ours in the place of Python's own `name`, which is None if it was closed."""
    own: TextIO | None = getattr(sys, name)
    if own is not getattr(sys, f"__{name}__") or (own is not None and sys.platform == "win32"):
        return None  # On Windows, a console takes text, and descriptors do not.
    if own is not None:
        with contextlib.suppress(OSError, ValueError):
            own.flush()
    file = StandardFile(number, lossy=number == _ERROR)
    buffered = own is None or isinstance(getattr(own, "buffer", None), io.BufferedWriter)
    stream = io.TextIOWrapper(
        io.BufferedWriter(file) if buffered else file,  # As with PYTHONUNBUFFERED.
        encoding="utf-8" if own is None else own.encoding,
        errors="backslashreplace" if number == _ERROR else None if own is None else own.errors,
        line_buffering=number == _ERROR or file.isatty(),
        write_through=not buffered,
    )
    setattr(sys, name, stream)
    return file
