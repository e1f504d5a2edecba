"""Changing several files of an archive at once: all of them, or none, also for a process that is killed.

The new files are first put aside. Then a record of them is written: from then on the change counts. The
files are moved to their places, what is to go is removed, and the record last. Each of these steps can be
done again, so the next writer finishes what a killed one has begun: with a record it goes on from there,
without one it clears away what was put aside.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import Final

import attrs
import msgspec

from ..errors import ArchiveDamagedError, ArchiveError, ArchiveLockedError
from .layout import JOURNAL
from .storage import Storage

_RECORD: Final = f"{JOURNAL}/commit.json"


@attrs.frozen
class CommitRecord:
    """What a change consists of.

    Attributes:
        moves: where each file lies that was put aside, and its place.
        removed: the files that go.
    """

    moves: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]


class Journal:
    """The changes of an archive. All but `recover_if_free` is for who has the writer lock."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._interrupted = False
        """Whether a commit of this process has begun and not come to its end."""

    def commit(self, files: Mapping[str, bytes], *, removed: Collection[str] = ()) -> None:
        """Put `files` in their places, in this order, and then remove others.

        An error leaves the archive as it was, unless it comes after the record: then the next commit or
        `recover` finishes it.

        Raises:
            ArchiveLockedError: the lock was lost.
            ArchiveError: it cannot be written.
        """
        if self._interrupted:
            self.recover()
        if len(files) + len(removed) == 0:
            return
        self._interrupted = True
        record = self._put_aside(files, removed)
        self._storage.check_lock()
        self._storage.write(_RECORD, msgspec.json.encode(attrs.asdict(record)))
        self._finish(record)
        self._interrupted = False

    def is_pending(self) -> bool:
        """Whether a change has been recorded and not brought to its end."""
        return self._storage.size(_RECORD) is not None

    def recover(self) -> None:
        """Finish a change whose record is there, and clear away what else was put aside.

        Raises:
            ArchiveDamagedError: the record is not whole.
            ArchiveError: it cannot be written.
        """
        record = self._record()
        if record is not None:
            self._finish(record)
        for path in self._storage.files(JOURNAL):
            self._storage.remove(path)
        self._interrupted = False

    def recover_if_free(self) -> None:
        """For a reader: finish the change of a killed writer; that of one at work is left to it."""
        if self.is_pending():
            with contextlib.suppress(ArchiveLockedError), self._storage.writer_lock():
                self.recover()

    def _put_aside(self, files: Mapping[str, bytes], removed: Collection[str]) -> CommitRecord:
        moves = tuple((f"{JOURNAL}/{number}", path) for number, path in enumerate(files))
        try:
            for source, path in moves:
                self._storage.write(source, files[path])
        except ArchiveError:  # A full disk should not stay as full as that.
            with contextlib.suppress(ArchiveError):
                self.recover()
            raise
        return CommitRecord(moves, tuple(removed))

    def _finish(self, record: CommitRecord) -> None:
        """Do what is left of a change. What is no longer aside has been moved."""
        for source, target in record.moves:
            with contextlib.suppress(FileNotFoundError):
                self._storage.move(source, target)
        for path in record.removed:
            self._storage.remove(path)
        self._storage.remove(_RECORD)

    def _record(self) -> CommitRecord | None:
        try:
            return msgspec.json.decode(self._storage.read(_RECORD), type=CommitRecord)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise ArchiveDamagedError(
                f"{self._storage.location}/{_RECORD} is damaged: remove it, then sync with --repair",
                paths=(_RECORD,),
            ) from None


__all__ = ["Journal"]
