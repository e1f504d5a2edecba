"""Whether the files of an archive are there, and what its manifest says that was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..errors import ArchiveDamagedError, ArchiveLockedError
from .manifest import ArchiveManifest
from .partition_paths import partition_path, repair_words
from .partitions import read_partition
from .storage.journal import is_changing
from .storage.storage import Storage


def check_sizes(
    storage: Storage,
    manifest: ArchiveManifest,
    *,
    organization: str | None = None,
    found: Mapping[str, int] | None = None,
    besides: Collection[str] = (),
) -> None:
    """Make sure that all files are there, and as long as they were written.

    Args:
        storage: has the files.
        manifest: says how long they are.
        organization: whose files, for who has the writer lock; None for all, for a reader.
        found: how long they are, by path, if that is known.
        besides: the paths of those that are known to be damaged.

    Raises:
        ArchiveDamagedError: some are not; the first is named.
        ArchiveLockedError: they are just being moved there.
    """
    found = storage.sizes() if found is None else found
    damaged = [
        path
        for path, size in _expected(manifest, organization=organization).items()
        if found.get(path) != size and path not in besides
    ]
    if damaged and organization is None and is_changing(storage):
        raise ArchiveLockedError(f"{storage.location} is being written: ask again in a minute")
    if damaged:
        others = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        raise ArchiveDamagedError(
            f"{storage.location}: {damaged[0]}{others} is missing or not as it was written; "
            f"{repair_words(damaged)} pulls it again",
            paths=tuple(damaged),
        )


def check_contents(storage: Storage, manifest: ArchiveManifest, *, tables: Collection[str]) -> None:
    """Read all files of `tables`, one table after the other, to make sure that they are what was written.

    Raises:
        ArchiveDamagedError: one is not.
    """
    for name, state in manifest.organizations.items():
        for table in filter(state.tables.__contains__, tables):
            for month, partition in state.tables[table].months.items():
                read_partition(storage, partition_path(table, name, month), expected=partition)


def _expected(manifest: ArchiveManifest, *, organization: str | None) -> dict[str, int]:
    """The bytes of each file, by its path."""
    return {
        partition_path(table, name, month): partition.bytes
        for name, state in manifest.organizations.items()
        if organization in (None, name)
        for table, kept in state.tables.items()
        for month, partition in kept.months.items()
    }


__all__ = ["check_contents", "check_sizes"]
