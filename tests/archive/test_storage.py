"""The few operations of a storage do the same in a folder and on an object store."""

from __future__ import annotations

import pytest

from openai_org_usage.archive.storage.storage import Storage


def test_a_file_is_read_as_it_was_written(storage: Storage) -> None:
    """Also where one stood before, and in folders that were not there."""
    storage.write("a=1/b=2/data", b"long before")
    storage.write("a=1/b=2/data", b"after")

    assert storage.read("a=1/b=2/data") == b"after"
    assert storage.size("a=1/b=2/data") == 5


def test_files_are_listed_with_their_sizes(storage: Storage) -> None:
    """All of them, or those of one folder; none where nothing is."""
    assert sorted(storage.sizes()) == []
    for path in ("manifest.json", "table=b/x", "table=a/month=1/x"):
        storage.write(path, path.encode())

    assert sorted(storage.sizes()) == ["manifest.json", "table=a/month=1/x", "table=b/x"]
    assert storage.sizes("table=a") == {"table=a/month=1/x": 17}
    assert storage.sizes("table=c") == {}


def test_a_file_takes_the_place_of_another(storage: Storage) -> None:
    """Whole."""
    storage.write("x", b"new")
    storage.write("y/z", b"old")

    storage.place("x", "y/z")

    assert storage.read("y/z") == b"new"


def test_what_is_not_there_is_not_found(storage: Storage) -> None:
    """It cannot be read or placed; it has no size, and removing it is no error."""
    storage.write("x", b"")
    storage.remove("x")
    storage.remove("x")

    assert storage.size("x") is None
    with pytest.raises(FileNotFoundError):
        storage.read("x")
    with pytest.raises(FileNotFoundError):
        storage.place("x", "y")


def test_readers_of_tables_get_a_file_system(storage: Storage) -> None:
    """With the path of the archive in it."""
    storage.write("a/x", b"content")

    file_system, root = storage.dataset_filesystem()

    with file_system.open_input_file(f"{root}/a/x") as stream:
        assert stream.read() == b"content"
