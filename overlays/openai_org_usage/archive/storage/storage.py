"""Where an archive lies: a folder, or a bucket of an object store, both with the same few operations."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote

from ...errors import ArchiveError
from ...tables.optional_imports import ArrowFileSystem
from .lease import LEASE_SECONDS
from .local_folder import LocalFolder

_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
_BROKEN_URL: Final = re.compile(
    r"(?P<scheme>(?:s3|gs|gcs|abfs|abfss)(?=:)|[A-Za-z][A-Za-z0-9+.-]+(?=:/)):(?!//)", re.IGNORECASE
)
"""What would be a folder with a secret in its name. One letter is a drive."""


class Storage(Protocol):
    """Files in folders, whose paths are relative and parted by `/`.

    Several threads may write and place at once. All operations raise ArchiveError where the disk or the store
    does not let them be done.
    """

    @property
    def location(self) -> str:
        """What it is called in messages. There are no secrets in it."""
        ...

    def read(self, path: str) -> bytes:
        """The content of a file; FileNotFoundError if there is none."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Put a file there, whole and in one step, in the place of what was there."""
        ...

    def place(self, source: str, target: str) -> None:
        """Put a file in the place of what is at `target`; FileNotFoundError if there is none.

        A reader of `target` sees the old or the new. `source` may be left: its folder is removed afterwards.
        """
        ...

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        ...

    def remove_folder(self, folder: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        ...

    def size(self, path: str) -> int | None:
        """Bytes of a file; None if there is none."""
        ...

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Bytes of all files in a folder and those below it, by path; hidden ones are left out."""
        ...

    def writer_lock(self) -> AbstractContextManager[None]:
        """The right to write, which one writer at a time has. A folder that is not there is made.

        Raises:
            ArchiveLockedError: another writer has it.
            ArchiveError: something else than an archive lies there, or it may not be written.
        """
        ...

    def check_lock(self) -> None:
        """Make sure that the lock has not been lost; ArchiveLockedError if it has."""
        ...

    def dataset_filesystem(self) -> tuple[ArrowFileSystem, str]:
        """The `pyarrow.fs.FileSystem`, and the path of the archive in it, for those who read tables."""
        ...


def open_storage(
    location: str | os.PathLike[str],
    *,
    clock: Callable[[], float] = time.time,
    lease_seconds: float = LEASE_SECONDS,
) -> Storage:
    """The storage at `location`: a folder, or a URL such as `s3://bucket/path`, `gs://…`, `abfs://…`.

    What a URL may say and which credentials are found is as in `pyarrow.fs.FileSystem.from_uri`. There need
    not be anything yet.

    Args:
        location: a path or a URL.
        clock: the present in Unix seconds, for leases.
        lease_seconds: how long a lease holds that is not renewed.

    Raises:
        ArchiveError: it is a file, or a URL of which nothing can be made.
    """
    text = os.fspath(location)
    if broken := _BROKEN_URL.match(text):
        scheme = broken["scheme"]
        raise ArchiveError(f"{scheme}: begins a URL with {scheme}:// only: as a Path it loses a slash")
    if not text:
        raise ArchiveError("an archive is a folder, or a URL such as s3://bucket/path: none was given")
    url = _URL.match(text)
    if url and url["scheme"] != "file":
        from .object_store import ObjectStore

        return ObjectStore.of(text, clock=clock, lease_seconds=lease_seconds)
    folder = Path(unquote(text[url.end() :]) if url else text)
    return LocalFolder(folder, clock=clock, lease_seconds=lease_seconds)


__all__ = ["Storage", "open_storage"]
