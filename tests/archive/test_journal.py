"""A commit is whole or not at all, wherever it breaks off."""

from __future__ import annotations

import contextlib

import pytest

from openai_org_usage.archive.journal import Journal
from openai_org_usage.archive.storage import Storage


class Broken:
    """A storage that breaks off after some changes, as if the process were killed, or the disk were full."""

    def __init__(self, storage: Storage, changes: int, error: BaseException) -> None:
        self._storage = storage
        self._left = changes
        self._error = error

    def __getattr__(self, name: str) -> object:
        if name in ("write", "move", "remove"):
            if self._left == 0:
                raise self._error
            self._left -= 1
        return getattr(self._storage, name)


OLD = {"manifest.json": b"old", "a/data": b"old", "gone/data": b"old"}
NEW = {"manifest.json": b"new", "a/data": b"new", "b/data": b"new"}


def contents(storage: Storage) -> dict[str, bytes]:
    return {path: storage.read(path) for path in storage.files()}


@pytest.mark.parametrize("changes", range(10))
def test_a_commit_that_breaks_off_is_finished_or_undone(storage: Storage, changes: int) -> None:
    """With 3 new files and 1 to go: 3 are put aside, then comes the record, from where it is the new."""
    Journal(storage).commit(OLD)
    broken: Storage = Broken(storage, changes, KeyboardInterrupt())  # type: ignore[assignment]

    with pytest.raises(KeyboardInterrupt) if changes < 9 else contextlib.nullcontext():
        Journal(broken).commit(NEW, removed=["gone/data"])
    Journal(storage).recover()

    assert contents(storage) == (OLD if changes < 4 else NEW)
