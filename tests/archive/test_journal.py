"""A commit is whole or not at all, wherever it breaks off."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from openai_org_usage.archive.storage.journal import CommittedFiles, Journal
from openai_org_usage.archive.storage.storage import Storage, open_storage
from openai_org_usage.errors import ArchiveDamagedError, ArchiveError

RECORD = "_journal/commit.json"
CHANGES = ("write", "place", "remove", "remove_folder")
OLD = {"a/data": b"old", "gone/data": b"old", "manifest.json": b"old"}
NEW = {"a/data": b"new", "b/data": b"new", "manifest.json": b"new"}
STEPS = 9
"""Of a commit with 3 files and 1 to go: 3 are put aside, the record, 3 are placed, 1 goes, all aside goes."""
COUNTS = 4
"""From which step on it counts."""


def at_steps(steps: range) -> pytest.MarkDecorator:
    """Break off before each step in a folder, and in the middle on an object store, which takes its time."""
    places = [*(("folder", step) for step in steps), ("s3", steps[len(steps) // 2 + 1])]
    return pytest.mark.parametrize(("location", "steps"), places, indirect=["location"])


def contents(storage: Storage) -> dict[str, bytes]:
    """All that lies there."""
    return {path: storage.read(path) for path in storage.sizes()}


def committed(storage: Storage) -> dict[str, bytes]:
    """What a reader finds."""
    files, found = CommittedFiles(storage), dict[str, bytes]()
    for path in OLD | NEW:
        with contextlib.suppress(FileNotFoundError):
            found[path] = files.read(path)
    return found


@contextlib.contextmanager
def breaks_off(
    storage: Storage,
    steps: int,
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
    *,
    changes: Sequence[str] = CHANGES,
) -> Generator[None]:
    """Let the storage fail after some steps, as if the process ended there."""
    left = iter(range(steps))

    def limited(name: str) -> object:
        change = getattr(storage, name)

        def make(*arguments: object) -> None:
            if next(left, None) is None:
                raise error
            change(*arguments)

        return make

    with monkeypatch.context() as patch:
        for name in changes:
            patch.setattr(storage, name, limited(name))
        with pytest.raises(type(error)):
            yield


@at_steps(range(STEPS))
def test_a_commit_that_breaks_off(storage: Storage, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is undone before its record, and finished after it; a reader does not wait for that."""
    Journal(storage).commit(OLD)
    with breaks_off(storage, steps, KeyboardInterrupt(), monkeypatch):
        Journal(storage).commit(NEW, removed=["gone/data"])

    assert committed(storage) == (OLD if steps < COUNTS else NEW)
    Journal(storage).recover()

    assert contents(storage) == (OLD if steps < COUNTS else NEW)


@at_steps(range(5))
def test_a_recovery_that_breaks_off(storage: Storage, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Can be begun again."""
    Journal(storage).commit(OLD)
    with breaks_off(storage, COUNTS, KeyboardInterrupt(), monkeypatch):
        Journal(storage).commit(NEW, removed=["gone/data"])
    with breaks_off(storage, steps, KeyboardInterrupt(), monkeypatch):
        Journal(storage).recover()

    Journal(storage).recover()

    assert contents(storage) == NEW


@at_steps(range(STEPS))
def test_the_next_commit_finishes_one_that_failed(
    storage: Storage, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the same process, that goes on after an error of a store."""
    journal = Journal(storage)
    journal.commit(OLD)
    with breaks_off(storage, steps, ArchiveError("not reached"), monkeypatch):
        journal.commit(NEW, removed=["gone/data"])

    journal.commit({"c/data": b"later"})

    assert contents(storage) == {**(OLD if steps < COUNTS else NEW), "c/data": b"later"}


@pytest.mark.parametrize("change", ["write", "place"])
def test_files_are_written_and_moved_at_once(
    change: str, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk or a store that takes its time takes it once."""
    make, all_at_once = getattr(storage, change), threading.Barrier(len(NEW), timeout=60)

    def wait(path: str, other: object) -> None:
        if path != RECORD:
            all_at_once.wait()
        make(path, other)

    monkeypatch.setattr(storage, change, wait)
    Journal(storage).commit(NEW)

    assert contents(storage) == NEW


class DiskSteps:
    """What a folder's files went through, by their numbers on the disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[tuple[str, int]] = []
        self.replace, self.fsync, self.rmtree = os.replace, os.fsync, shutil.rmtree
        monkeypatch.setattr(os, "replace", self._replace)
        monkeypatch.setattr(os, "fsync", self._fsync)
        monkeypatch.setattr(shutil, "rmtree", self._rmtree)

    def last(self, what: str, number: int) -> int:
        """When that happened last."""
        return max(place for place, step in enumerate(self.steps) if step == (what, number))

    def _replace(self, source: Path, target: Path) -> None:
        if target.name == "commit.json":
            self.steps.append(("record", 0))
            self.steps.append(("journal", target.parent.stat().st_ino))
        self.steps.append(("moved", source.stat().st_ino))
        self.replace(source, target)

    def _fsync(self, opened: int) -> None:
        self.fsync(opened)
        self.steps.append(("on the disk", os.fstat(opened).st_ino))

    def _rmtree(self, folder: Path, *, ignore_errors: bool = False) -> None:
        if folder.name == "_journal":
            self.steps.append(("record goes", 0))
        self.rmtree(folder, ignore_errors=ignore_errors)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not written out there")
def test_a_power_cut_leaves_no_half_of_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are on the disk before the record counts, and in their places before it goes."""
    storage = open_storage(tmp_path)
    Journal(storage).commit(OLD)
    disk = DiskSteps(monkeypatch)
    Journal(storage).commit(NEW)

    record, record_goes = disk.last("record", 0), disk.last("record goes", 0)
    journal = next(number for what, number in disk.steps if what == "journal")
    aside = max(place for place, (what, _) in enumerate(disk.steps[:record]) if what == "moved")
    assert ("on the disk", journal) in disk.steps[aside:record]
    for path in NEW:
        file, folder = (each.stat().st_ino for each in (tmp_path / path, (tmp_path / path).parent))
        moved = disk.last("moved", file)
        assert ("on the disk", file) in disk.steps[:record]
        assert ("on the disk", journal) in disk.steps[record:moved]
        assert ("on the disk", folder) in disk.steps[moved:record_goes]
    assert ("on the disk", tmp_path.stat().st_ino) in disk.steps[record_goes:]


def test_a_full_disk_is_not_left_full(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put aside goes away with the error."""
    with breaks_off(storage, 2, ArchiveError("no space left"), monkeypatch, changes=["write"]):
        Journal(storage).commit(NEW)

    assert sorted(storage.sizes()) == []


def test_a_reader_finishes_what_a_killed_writer_began(
    storage: Storage, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But leaves alone what a writer is at."""
    with storage.writer_lock():
        with breaks_off(storage, COUNTS + 1, KeyboardInterrupt(), monkeypatch):
            Journal(storage).commit(NEW)
        half = contents(storage)
        Journal(open_storage(location)).recover_if_free()
        assert contents(storage) == half

    Journal(open_storage(location)).recover_if_free()

    assert contents(storage) == NEW


def test_a_damaged_record_is_named(storage: Storage) -> None:
    """Nothing is done that could make it worse."""
    storage.write(RECORD, b'{"moves": {"a": ')

    with pytest.raises(ArchiveDamagedError, match="remove it, then sync with --repair") as caught:
        Journal(storage).recover()

    assert caught.value.paths == (RECORD,)
