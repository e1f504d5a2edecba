"""What a path leads to that somebody has given to write to: a file, something special, or nowhere."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

_STANDARD = {"stdout": 1, "stderr": 2}
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})|/dev/(stdout|stderr)")
"""What a descriptor of this process is called."""


def descriptor(path: Path) -> int | None:
    """The descriptor of this process that `path` is a name of, such as 1 for `/dev/stdout`; None for others.

    It need not be a file, or have another name.
    """
    found = _DESCRIPTOR.fullmatch(os.fspath(path))
    if found is None:
        return None
    return _STANDARD[found[2]] if found[2] else int(found[1])


def followed(path: Path) -> Path:
    """The file that `path` names, links followed, whether it is there already or not.

    Raises:
        OSError: none can be there, or the one that is may not be written; `path` is in the error.
    """
    if "\0" in str(path):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    found = Path(os.path.realpath(path))
    try:
        mode = found.lstat().st_mode
    except FileNotFoundError:
        return found
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not os.access(found, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return found


def is_special(path: Path) -> bool:
    """Whether `path` leads to what is no file and no folder: a named pipe, a device, `/dev/fd/3`."""
    if descriptor(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def opened_special(path: Path) -> BinaryIO | None:
    """A stream to what `is_special`; None for other paths.

    Replacing it would be wrong: what is written goes there as it comes.

    Raises:
        OSError: it cannot be opened for writing.
    """
    if not is_special(path):
        return None
    number = descriptor(path)
    return path.open("wb") if number is None else open(os.dup(number), "wb")
