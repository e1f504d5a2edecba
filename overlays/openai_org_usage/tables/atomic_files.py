"""Replacing a file or a whole folder in one step: a reader, or a crash, sees the old or the new.

Whatever is new is made in a hidden folder beside its target, thus on the same file system, and
written out to the disk before it takes the target's place. Folders are exchanged by one system call
on Linux (`renameat2`) and macOS (`renamex_np`). Where neither is to be had, as on NFS, two renames do
it: a crash between them leaves no target but the old tree in the hidden folder, from where the next
run puts it back. A run that is told to end (`undo_all`) clears its hidden folder away; that of a killed one
is cleared away by the next run for the same target.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from .special_files import followed, opened_special

_PREVIOUS = "previous"
"""What the old tree is called in a hidden folder while two renames replace it."""
_NOT_SUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_ABANDONED_SECONDS = 3600.0
"""Where folders cannot be locked, a hidden one is abandoned when it has not changed for so long."""
NO_LOCK = -1
_LONGEST = 200
"""Bytes of a file name that leave room for more: file systems take 255."""
_UNDO: list[tuple[int, Callable[[], object]]] = []
"""What is half done, by which process."""


def sha256(data: bytes) -> str:
    """The SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Generator[BinaryIO]:
    """A stream to what takes the place of the file `path` in the end, unless there is an exception.

    Links are followed; `opened_special` says what is not replaced. The folder has to exist. `mode` is as in
    `take_place`; until then nobody else can get at the new file.

    Raises:
        OSError: it cannot be written; `path` is as it was.
    """
    special = opened_special(path)
    if special is not None:
        with special:
            yield special
        return
    path = followed(path)
    with staging(path) as stage:
        with (stage / "new").open("wb") as stream:
            yield stream
        take_place(stage / "new", path, mode=mode)


def take_place(new: Path, path: Path, *, like: Path | None = None, mode: int | None = None) -> None:
    """Move the file `new` to `path` in one step.

    The file that stands there, or is at `like`, hands on its permissions, unless `mode` says them, and its
    owner where that is allowed.
    """
    write_out(new)
    take_place_written(new, path, like=like, mode=mode)


def take_place_written(new: Path, path: Path, *, like: Path | None = None, mode: int | None = None) -> None:
    """As `take_place`, of a file that has been written out to the disk."""
    with contextlib.suppress(FileNotFoundError):
        old = (like or path).stat()
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(new, old.st_uid, old.st_gid)
        new.chmod(stat.S_IMODE(old.st_mode))
    if mode is not None:
        new.chmod(mode)
    os.replace(new, path)
    write_out(path.parent)


def write_atomically(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Put `data` at `path`, as `replacing` does.

    Raises:
        OSError: it cannot be written; `path` is as it was.
    """
    with replacing(path, mode=mode) as stream:
        stream.write(data)


def replace_tree(new: Path, target: Path) -> None:
    """Move the folder `new` to `target` in one step; what stood there is afterwards beside `new`.

    `new` lies in a folder from `staging(target)`, which clears the old tree away in the end.

    Raises:
        OSError: it cannot be moved; `target` is as it was.
    """
    for folder, _, names in os.walk(new):
        for name in names:
            write_out(Path(folder, name))
        write_out(Path(folder))
    if not os.path.lexists(target):
        os.rename(new, target)
    elif not exchange(new, target):
        _replace_in_two_steps(new, target)
    write_out(target.parent)


@contextlib.contextmanager
def staging(target: Path) -> Generator[Path]:
    """A hidden folder beside `target` to make something new in; it is gone in the end.

    What killed runs left behind is recovered or cleared away first, see `recover`.
    """
    recover(target)
    stage = target.with_name(f".{_label(target)}.{secrets.token_hex(8)}.staged")
    with undone(partial(_clear, stage, target)):
        lock = NO_LOCK
        try:
            lock = _make_stage(stage)
            yield stage
        finally:
            try:
                _clear(stage, target)
            except KeyboardInterrupt:
                _clear(stage, target)
                raise
            finally:
                release_lock(lock)


@contextlib.contextmanager
def undone(undo: Callable[[], object]) -> Generator[None]:
    """Have `undo_all` call `undo` while this lasts."""
    entry = (os.getpid(), undo)
    _UNDO.append(entry)
    try:
        yield
    finally:
        _UNDO.remove(entry)


def undo_all() -> None:
    """Undo what this process has half done, before a signal ends it; not what its parent has."""
    for process, undo in reversed(_UNDO):
        if process == os.getpid():
            undo()


def recover(target: Path) -> None:
    """Put back a tree that a killed run had moved aside, and clear away what such runs left.

    The hidden folder of a run that is still at work is left alone.
    """
    names = re.compile(rf"\.{re.escape(_label(target))}\.[^.]+\.staged")
    for name in filter(names.fullmatch, _names_in(target.parent)):
        stage = target.with_name(name)
        with contextlib.suppress(FileNotFoundError):  # Another run was quicker.
            lock = _lock_if_abandoned(stage)
            if lock is not None:
                try:
                    _clear(stage, target)
                finally:
                    release_lock(lock)


def _names_in(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):  # It may be one to write to, and not to read.
        return os.listdir(folder)
    return []


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or the file system cannot."""
    number = _exchanged(os.fsencode(one), os.fsencode(other))
    if number in _NOT_SUPPORTED:
        return False
    if number:
        raise OSError(number, os.strerror(number), str(other))
    return True


def _exchanged(one: bytes, other: bytes) -> int:
    """The error number of the system call, 0 for success."""
    if sys.platform == "win32":
        return errno.ENOSYS
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = libc.renamex_np(one, other, 2)  # RENAME_SWAP
        else:
            failed = libc.renameat2(-100, one, -100, other, 2)  # AT_FDCWD twice, RENAME_EXCHANGE
    except (ImportError, AttributeError):
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0


def _replace_in_two_steps(new: Path, target: Path) -> None:
    previous = new.with_name(_PREVIOUS)
    try:
        os.rename(target, previous)
        os.rename(new, target)
    except BaseException:
        _put_back(previous, target)
        raise


def _put_back(previous: Path, target: Path) -> None:
    if os.path.lexists(previous) and not os.path.lexists(target):
        os.rename(previous, target)


def _clear(stage: Path, target: Path) -> None:
    _put_back(stage / _PREVIOUS, target)
    shutil.rmtree(stage, ignore_errors=True)


def _label(target: Path) -> str:
    """What the hidden folders of `target` are called after: its name, or a digest of one that is too long."""
    name = os.fsencode(target.name)
    return target.name if len(name) <= _LONGEST else sha256(name)


def _make_stage(stage: Path) -> int:
    """Make a hidden folder; its lock. Before it had one, another run may have cleared it away."""
    while True:
        stage.mkdir(mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            lock = lock_folder(stage, wait=True)
            if stage.exists():
                return lock
            release_lock(lock)


def _lock_if_abandoned(stage: Path) -> int | None:
    """The lock of a folder whose run has ended; None where it is still at work."""
    try:
        lock = lock_folder(stage, wait=False)
    except BlockingIOError:
        return None
    if lock != NO_LOCK:
        return lock
    return None if time.time() - stage.stat().st_mtime < _ABANDONED_SECONDS else lock


def lock_folder(folder: Path, *, wait: bool) -> int:
    """Lock `folder` until this process ends or releases it; `NO_LOCK` where that cannot be done.

    Raises:
        BlockingIOError: another process has it, and this one is not to wait.
    """
    if sys.platform == "win32":
        return NO_LOCK
    import fcntl

    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        raise
    except OSError:  # Some network file systems know no locks.
        os.close(opened)
        return NO_LOCK
    return opened


def release_lock(lock: int) -> None:
    """Give back what `lock_folder` gave."""
    if lock != NO_LOCK:
        os.close(lock)


def write_out(path: Path) -> None:
    """Have `path` written out to the disk, so that a power cut cannot undo half of it."""
    if sys.platform == "win32":  # Folders cannot be opened there.
        return
    try:
        opened = os.open(path, os.O_RDONLY)
    except PermissionError:  # A folder may be one to write to, and not to read.
        return
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
