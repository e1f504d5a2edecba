"""Readers are not disturbed by a writer that is at work, or was killed."""

from __future__ import annotations

import pytest

from openai_org_usage import Archive, ArchiveDamagedError, ArchiveError, ArchiveLockedError
from openai_org_usage.archive.file_checks import check_sizes
from openai_org_usage.archive.manifest import (
    MANIFEST,
    ArchiveManifest,
    PartitionState,
    decode_manifest,
    encode_manifest,
)
from openai_org_usage.archive.partition_paths import partition_path
from openai_org_usage.archive.partitions import encoded_partition, read_partition
from openai_org_usage.archive.storage.journal import Journal
from openai_org_usage.archive.storage.storage import Storage, open_storage
from openai_org_usage.tables.optional_imports import ArrowTable, require

from .test_journal import breaks_off

PATH = partition_path("images", "default", "2026-10")


def version(number: int) -> tuple[dict[str, bytes], PartitionState, ArrowTable]:
    """A month with as many rows, and its manifest."""
    rows = require("pyarrow").table({"number": [number] * number})
    content = encoded_partition(rows)
    state, manifest = PartitionState(rows=number, bytes=len(content)), ArchiveManifest()
    manifest.state("default", "images").months["2026-10"] = state
    return {PATH: content, MANIFEST: encode_manifest(manifest)}, state, rows


def test_a_month_that_is_replaced_meanwhile_is_read_as_it_is_by_then(storage: Storage) -> None:
    """Though the reader's manifest is the one before."""
    (old, expected, _), (new, _, rows) = version(1), version(2)
    Journal(storage).commit(old)
    Journal(storage).commit(new)

    assert read_partition(storage, PATH, expected=expected).equals(rows)


@pytest.mark.parametrize("moved", range(3))
def test_a_change_that_is_being_made_counts(
    storage: Storage, location: str, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of it has been moved, the manifest and the month are the new ones."""
    (old, _, _), (new, expected, rows) = version(1), version(2)
    Journal(storage).commit(old)
    with storage.writer_lock():
        with breaks_off(storage, 3 + moved, KeyboardInterrupt(), monkeypatch):
            Journal(storage).commit(new)
        manifest = Archive(location).manifest()
        read = read_partition(open_storage(location), PATH, expected=expected)

    assert manifest.state("default", "images").months == {"2026-10": expected}
    assert read.equals(rows)


def test_sql_asks_to_wait_for_files_that_are_being_moved(
    storage: Storage, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are not taken for lost."""
    new, _, _ = version(1)
    with storage.writer_lock(), breaks_off(storage, 3, KeyboardInterrupt(), monkeypatch):
        Journal(storage).commit(new)
    manifest = decode_manifest(new[MANIFEST], location=location)

    with pytest.raises(ArchiveLockedError, match="is being written: ask again in a minute"):
        check_sizes(storage, manifest)
    Journal(storage).recover()
    check_sizes(storage, manifest)


def test_a_damaged_month_is_told_from_a_store_that_fails(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be read now is not to be pulled again."""
    old, expected, _ = version(1)
    Journal(storage).commit(old)
    storage.write(PATH, old[PATH][:-1])
    with pytest.raises(ArchiveDamagedError, match="is not as it was written"):
        read_partition(storage, PATH, expected=expected)

    def fail(path: str) -> bytes:
        raise ArchiveError(f"{path} cannot be read: not reached")

    monkeypatch.setattr(storage, "read", fail)
    with pytest.raises(ArchiveError, match="not reached") as caught:
        read_partition(storage, PATH, expected=expected)
    assert not isinstance(caught.value, ArchiveDamagedError)
