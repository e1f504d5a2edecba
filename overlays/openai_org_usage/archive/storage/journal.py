"""Changing several files of an archive at once: all of them, or none, also for a process that is killed.

The new files are first put aside. Then a record of them is written: from then on the change counts. The
files are put in their places, what is to go is removed, and at last what was put aside, with the record.
Each of these steps can be done again, so the next writer finishes what a killed one has begun: with a
record it goes on from there, without one it clears away what was put aside. A reader need not wait for that:
`CommittedFiles` has each file from where it lies.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import attrs
import msgspec

from ...errors import ArchiveDamagedError, ArchiveError, ArchiveLockedError
from .layout import JOURNAL
from .storage import Storage

_RECORD: Final = f"{JOURNAL}/commit.json"
_AT_ONCE: Final = 8
"""Files that are written or moved at once. Disks and stores take hardly longer for several than for one."""


@attrs.frozen
class CommitRecord:
    """What a change consists of.

    Attributes:
        moves: where each file lies that was put aside, by its place.
        removed: the files that go.
    """

    moves: dict[str, str] = attrs.field(factory=dict[str, str])
    removed: frozenset[str] = frozenset()


class Journal:
    """The changes of an archive. All but `recover_if_free` is for who has the writer lock."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._interrupted = False
        """Whether a commit has begun and not come to its end."""

    def commit(self, files: Mapping[str, bytes], *, removed: Collection[str] = ()) -> None:
        """Put `files` in their places, and then remove others.

        After an error the change may count nevertheless, if the record was there: then the next commit
        finishes it, or `recover` does.

        Raises:
            ArchiveLockedError: the lock was lost.
            ArchiveError: it cannot be written.
        """
        if self._interrupted:
            self.recover()
        if not files and not removed:
            return
        self._interrupted = True
        change = secrets.token_hex(8)
        moves = {path: f"{JOURNAL}/{change}-{number}" for number, path in enumerate(files)}
        record = CommitRecord(moves, frozenset(removed))
        try:
            self._begin(record, files)
        except ArchiveLockedError:  # All that lies there is another writer's.
            raise
        except ArchiveError:  # A full disk should not stay as full as that.
            with contextlib.suppress(ArchiveError):
                self.recover()
            raise
        self._finish(record)
        self._interrupted = False

    def recover(self) -> None:
        """Finish a change whose record is there, and clear away what else was put aside.

        Raises:
            ArchiveDamagedError: the record is not whole.
            ArchiveError: it cannot be written.
        """
        self._finish(_pending(self._storage) or CommitRecord())
        self._interrupted = False

    def recover_if_free(self) -> None:
        """For a reader: finish the change of a killed writer, where a reader may write.

        That of one that is at work is left to it.
        """
        if is_changing(self._storage):
            with contextlib.suppress(ArchiveError), self._storage.writer_lock():
                self.recover()

    def _begin(self, record: CommitRecord, files: Mapping[str, bytes]) -> None:
        """Put `files` aside, and then the record."""
        _at_once(lambda path: self._storage.write(record.moves[path], files[path]), record.moves)
        self._storage.check_lock()
        self._storage.write(_RECORD, msgspec.json.encode(attrs.asdict(record)))

    def _finish(self, record: CommitRecord) -> None:
        """Do what is left of a change. What is no longer aside is in its place."""

        def place(path: str) -> None:
            with contextlib.suppress(FileNotFoundError):
                self._storage.place(record.moves[path], path)

        _at_once(place, record.moves)
        for path in record.removed:
            self._storage.remove(path)
        self._storage.remove_folder(JOURNAL)


class CommittedFiles:
    """What an archive had at a moment, for a reader: a change whose record was there counts as made.

    What is changed afterwards is seen, or not. Sizes in the manifest tell whether a file belongs to it.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._record = _pending(storage) or CommitRecord()

    def read(self, path: str) -> bytes:
        """The content of a file; FileNotFoundError if there is none."""
        if path in self._record.removed:
            raise FileNotFoundError(path)
        with contextlib.suppress(FileNotFoundError, KeyError):
            return self._storage.read(self._record.moves[path])
        return self._storage.read(path)


def is_changing(storage: Storage) -> bool:
    """Whether a change counts whose files are not all in their places."""
    return storage.size(_RECORD) is not None


def _at_once(work: Callable[[str], object], paths: Iterable[str]) -> None:
    """Do `work` for all `paths`; the first error, once all that had begun has ended."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="archive") as threads:
        for _ in threads.map(work, paths):
            pass


def _pending(storage: Storage) -> CommitRecord | None:
    """The record of a change that has not come to its end; None if there is none.

    Raises:
        ArchiveDamagedError: it is not whole.
    """
    try:
        return msgspec.json.decode(storage.read(_RECORD), type=CommitRecord)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ArchiveDamagedError(
            f"{storage.location}/{_RECORD} is damaged: remove it, then sync with --repair", paths=(_RECORD,)
        ) from None


__all__ = ["CommittedFiles", "Journal", "is_changing"]
