"""An archive in a folder: files are replaced in one step, and on the disk before anything builds on them."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from ...errors import ArchiveError, ArchiveLockedError
from ...printable import clean
from ...tables.atomic_files import (
    NO_LOCK,
    lock_folder,
    release_lock,
    take_place_written,
    write_atomically,
    write_out,
)
from ...tables.optional_imports import ArrowFileSystem, require
from .layout import refuse_other_contents
from .lease import Lease


class LocalFolder:
    """A `Storage` in a folder, locked by the system: the lock of a process that ends is gone with it.

    Where a file system knows no locks, there is a `Lease`.

    Raises:
        ArchiveError: it is a file.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float], lease_seconds: float) -> None:
        self._root = Path(os.path.abspath(folder))
        self._location = clean(str(folder))
        self._lease = Lease(self, clock=clock, seconds=lease_seconds)
        if os.path.exists(self._root) and not os.path.isdir(self._root):  # No name is too long to ask.
            raise ArchiveError(f"{self._location} is a file, and an archive is a folder")

    @property
    def location(self) -> str:
        """The folder, as it was given."""
        return self._location

    @property
    def folder(self) -> Path:
        """The folder itself, for those who read files by their paths."""
        return self._root

    def read(self, path: str) -> bytes:
        with self._errors("read", absent=(FileNotFoundError,)):
            return (self._root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        self._lease.check_time()
        self.put(path, content)

    def put(self, path: str, content: bytes) -> None:
        """As `write`, for the lease as well."""
        with self._errors("written"):
            _make_folder((self._root / path).parent)
            write_atomically(self._root / path, content)

    def place(self, source: str, target: str) -> None:
        self._lease.check_time()
        if self.size(source) is None:
            raise FileNotFoundError(source)
        with self._errors("written"):
            _make_folder((self._root / target).parent)
            take_place_written(self._root / source, self._root / target)

    def remove(self, path: str) -> None:
        self._lease.check_time()
        with self._errors("written"), contextlib.suppress(FileNotFoundError):
            (self._root / path).unlink()
            write_out((self._root / path).parent)

    def remove_folder(self, folder: str) -> None:
        self._lease.check_time()
        with self._errors("written"), contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._root / folder)
            write_out((self._root / folder).parent)

    def size(self, path: str) -> int | None:
        with self._errors("read"), contextlib.suppress(FileNotFoundError):
            return (self._root / path).stat().st_size
        return None

    def sizes(self, folder: str = "") -> dict[str, int]:
        with self._errors("read"):
            return dict(_sizes_in(str(self._root / folder), f"{folder}/" if folder else ""))

    @contextlib.contextmanager
    def writer_lock(self) -> Generator[None]:
        with self._errors("written"):
            _make_folder(self._root)
            refuse_other_contents(self._location, os.listdir(self._root))
            if not os.access(self._root, os.W_OK):
                raise ArchiveError(f"{self._location} cannot be written: permission denied")
        try:
            lock = lock_folder(self._root, wait=False)
        except BlockingIOError:
            raise ArchiveLockedError(f"{self._location} is being written by another process") from None
        try:
            with self._lease.held() if lock == NO_LOCK else contextlib.nullcontext():
                yield
        finally:
            release_lock(lock)

    def check_lock(self) -> None:
        self._lease.check()

    def dataset_filesystem(self) -> tuple[ArrowFileSystem, str]:
        return require("pyarrow.fs").LocalFileSystem(), self._root.as_posix()

    @contextlib.contextmanager
    def _errors(self, done: str, *, absent: tuple[type[OSError], ...] = ()) -> Generator[None]:
        """Say errors of the system in a sentence; `absent` stays what it is."""
        try:
            yield
        except (OSError, ValueError) as error:  # The second, where the name of a file has a NUL.
            if isinstance(error, (ArchiveError, *absent)):
                raise
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            raise ArchiveError(f"{self._location} cannot be {done}: {reason}") from error


def _sizes_in(folder: str, prefix: str) -> Iterator[tuple[str, int]]:
    """The files of a folder and those below it, but for what has gone meanwhile."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not entry.is_dir():
                with contextlib.suppress(FileNotFoundError):
                    yield prefix + entry.name, os.stat(entry.path).st_size
            elif not entry.is_symlink():
                yield from _sizes_in(entry.path, f"{prefix}{entry.name}/")


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, written out to the disk."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
        write_out(folder.parent)


__all__ = ["LocalFolder"]
