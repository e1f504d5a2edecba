"""One writer at a time; one that is killed keeps nobody out, or not for long."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage.archive.storage.journal import Journal
from openai_org_usage.archive.storage.storage import Storage, open_storage
from openai_org_usage.errors import ArchiveError, ArchiveLockedError

Clock = Callable[[], float]
LEASE = "_lock"
OTHER = b'{"name": "process 7 on elsewhere, 1234", "expires_at": 1030}'


@pytest.fixture
def unlockable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a file system that knows no locks."""
    fcntl = pytest.importorskip("fcntl")

    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    return tmp_path


def leased(folder: Path, clock: Clock = lambda: 1000.0) -> Storage:
    """A storage there whose leases last a minute."""
    return open_storage(folder, clock=clock, lease_seconds=60)


def enter(storage: Storage) -> None:
    """Take the lock, and give it back."""
    with storage.writer_lock():
        pass


def test_a_second_writer_is_refused(location: str) -> None:
    """Until the first has ended, which leaves nothing behind."""
    first, second = open_storage(location), open_storage(location)

    with first.writer_lock():
        with pytest.raises(ArchiveLockedError, match="is being written by"):
            enter(second)
        with pytest.raises(ArchiveLockedError, match="is being written by"):
            enter(first)
        first.check_lock()
    enter(second)

    assert sorted(first.sizes()) == []


def test_without_locks_there_is_a_lease(unlockable: Path) -> None:
    """It says who has it, and for how long if that was killed."""
    with leased(unlockable).writer_lock():
        assert sorted(leased(unlockable).sizes()) == [LEASE]
        with pytest.raises(ArchiveLockedError, match=r"by process \d+ on .*, its lock ends in 50 s"):
            enter(leased(unlockable, lambda: 1010.0))
    enter(leased(unlockable))


def test_an_expired_lease_is_taken_over(s3_url: str) -> None:
    """The one who had it notices, writes nothing more, and leaves the lease of the other."""
    now = [1000.0]
    first, second = (open_storage(s3_url, clock=lambda: now[0], lease_seconds=60) for _ in range(2))

    with first.writer_lock():
        now[0] += 61
        with second.writer_lock():
            with pytest.raises(ArchiveLockedError, match="was lost"):
                Journal(first).commit({"x": b"first"})
            now[0] -= 61
            with pytest.raises(ArchiveLockedError, match="was lost"):
                first.write("x", b"")
            with pytest.raises(ArchiveLockedError, match="was lost"):
                first.remove(LEASE)
            Journal(second).commit({"x": b"second"})

    assert second.read("x") == b"second"


def test_a_lease_is_renewed(unlockable: Path) -> None:
    """While its writer is at work, however long that takes."""
    ticks = itertools.count(1000)
    storage = open_storage(unlockable, clock=lambda: next(ticks) / 1000, lease_seconds=0.06)

    with storage.writer_lock():
        first = storage.read(LEASE)
        assert any(storage.read(LEASE) != first for _ in range(1_000_000))
        storage.check_lock()


def test_of_two_that_come_at_once_one_is_refused(unlockable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the other has written its name over this one, before that was read back."""
    storage, reads = leased(unlockable), itertools.count()
    read = storage.read

    def read_late(path: str) -> bytes:
        if next(reads) == 1:
            (unlockable / LEASE).write_bytes(OTHER)
        return read(path)

    monkeypatch.setattr(storage, "read", read_late)
    with pytest.raises(ArchiveLockedError, match=r"by process 7 on elsewhere; .* ends in 30 s"):
        enter(storage)

    assert (unlockable / LEASE).read_bytes() == OTHER


def test_of_two_that_come_at_once_one_commits(unlockable: Path) -> None:
    """Where the other has written its name after that was read back: the first commit notices."""
    storage = leased(unlockable)

    with storage.writer_lock():
        (unlockable / LEASE).write_bytes(OTHER)
        with pytest.raises(ArchiveLockedError, match="was lost"):
            Journal(storage).commit({"x": b""})

    assert storage.size("x") is None
    assert (unlockable / LEASE).read_bytes() == OTHER


def test_a_lease_that_cannot_be_read_is_none(unlockable: Path) -> None:
    """As one that somebody has edited."""
    (unlockable / LEASE).write_bytes(OTHER[:-1])

    enter(leased(unlockable))

    assert sorted(leased(unlockable).sizes()) == []


def test_a_lease_that_cannot_be_given_back_expires(unlockable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written under it is no failure."""

    def fail(path: str) -> None:
        raise ArchiveError("not reached")

    storage = leased(unlockable)
    with storage.writer_lock():
        monkeypatch.setattr(storage, "remove", fail)

    assert sorted(storage.sizes()) == [LEASE]
    enter(leased(unlockable, lambda: 1060.0))
