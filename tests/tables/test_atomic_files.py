"""Files and folders are replaced in one step, or not at all."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage.tables import atomic_files
from openai_org_usage.tables.atomic_files import recover, replace_tree, staging, write_atomically

from ..vendoring.versions import tree


def make(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text(text)
    return folder


def cannot_exchange(one: Path, other: Path) -> bool:
    return False


@pytest.fixture(params=["exchange", "two steps"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system call that exchanges folders, and without."""
    if request.param == "two steps":
        monkeypatch.setattr(atomic_files, "exchange", cannot_exchange)


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    """With nothing left beside it; a file that was there hands on its permissions."""
    path = tmp_path / "report.csv"
    write_atomically(path, b"one")
    path.chmod(0o600)
    write_atomically(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o600)
    assert tree(tmp_path) == {"report.csv": b"two"}


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written."""
    (tmp_path / "link").symlink_to(tmp_path / "report.csv")
    write_atomically(tmp_path / "link", b"one")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.csv").read_bytes() == b"one"


def test_a_file_that_cannot_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the hidden folder goes."""
    path = tmp_path / "report.csv"
    write_atomically(path, b"one")

    def fail(new: object, old: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_atomically(path, b"two")
    assert tree(tmp_path) == {"report.csv": b"one"}


@pytest.mark.usefixtures("way")
def test_a_folder_is_made_and_replaced(tmp_path: Path) -> None:
    """Files that only the old one had are gone."""
    target = tmp_path / "target"
    for text in ("one", "two"):
        with staging(target) as stage:
            replace_tree(make(stage / "new", text), target)
        assert tree(tmp_path) == {"target": b"<folder>", "target/file": text.encode()}
        (target / "stale").touch()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("interruption", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_a_folder_that_cannot_be_replaced_stays(
    interruption: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the failure comes between two renames."""
    target = make(tmp_path / "target", "one")
    rename: Callable[[Path, Path], None] = os.rename

    def fail(old: Path, new: Path) -> bool:
        if old.name == "new":
            raise interruption
        rename(old, new)
        return True

    monkeypatch.setattr(os, "rename", fail)
    if atomic_files.exchange is not cannot_exchange:
        monkeypatch.setattr(atomic_files, "exchange", fail)
    with pytest.raises(type(interruption)), staging(target) as stage:
        replace_tree(make(stage / "new", "two"), target)
    assert tree(tmp_path) == {"target": b"<folder>", "target/file": b"one"}


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    """By the next run for the same target, and for no other; a tree moved aside is put back."""
    make(tmp_path / ".target.12345678.staged" / "previous", "old")
    make(tmp_path / ".target.abcdefgh.staged" / "target", "unfinished")
    make(tmp_path / ".target2.abcdefgh.staged", "another's")
    recover(tmp_path / "target")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".target2.abcdefgh.staged", "target"]
    assert (tmp_path / "target" / "file").read_text() == "old"


def test_a_run_at_work_is_left_alone(tmp_path: Path) -> None:
    """Two runs may overlap; the later one wins."""
    target = tmp_path / "target"
    with staging(target) as first:
        make(first / "new", "first")
        with staging(target) as second:
            replace_tree(make(second / "new", "second"), target)
        replace_tree(first / "new", target)
    assert tree(tmp_path) == {"target": b"<folder>", "target/file": b"first"}


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_a_folder_that_another_run_has_cleared_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that made it may be waiting for its lock, in another thread of this process."""
    lock_folder, locks = atomic_files.lock_folder, list[int]()

    def locked_too_late(folder: Path, *, wait: bool) -> int:
        locks.append(lock_folder(folder, wait=wait))
        folder.rmdir()
        return locks[-1]

    (tmp_path / ".file.0123.staged").mkdir()
    monkeypatch.setattr(atomic_files, "lock_folder", locked_too_late)
    recover(tmp_path / "file")
    (lock,) = locks
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(lock)


def test_without_locks_age_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folders cannot be locked, what is younger than an hour may be at work."""

    def no_lock(folder: Path, *, wait: bool) -> int:
        return -1

    monkeypatch.setattr(atomic_files, "lock_folder", no_lock)
    young = make(tmp_path / ".target.12345678.staged", "young")
    old = make(tmp_path / ".target.abcdefgh.staged", "old")
    os.utime(young, (time.time(), time.time()))  # The clock of this process, which is not the disk's.
    os.utime(old, (0, 0))
    write_atomically(tmp_path / "target", b"")
    assert (young.exists(), old.exists()) == (True, False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_ctrl_c_while_the_hidden_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not stay behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fcntl.flock", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "rows.csv", b"")
    assert list(tmp_path.iterdir()) == []
