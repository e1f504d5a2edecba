"""The files of a table that SQL reads where they lie, and those that it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import attrs

from ..manifest import ArchiveManifest, PartitionState
from ..partition_paths import partition_path
from ..storage.local_folder import LocalFolder
from ..storage.storage import Storage


@attrs.frozen
class TableFiles:
    """The files of one table.

    Attributes:
        table: its name.
        expected: what the manifest says of each, by organization and month.
        whole: the paths of those that are in their place, and what was written.
    """

    table: str
    expected: Mapping[tuple[str, str], PartitionState]
    whole: frozenset[str]

    @classmethod
    def of(cls, storage: Storage, manifest: ArchiveManifest, table: str) -> Self:
        """Those of `table`; in a folder, each is read for its checksum."""
        expected = {
            (organization, month): partition
            for organization, state in manifest.organizations.items()
            if table in state.tables
            for month, partition in state.tables[table].months.items()
        }
        sizes = storage.sizes(f"table={table}") if expected else {}
        whole = {
            path
            for key, partition in expected.items()
            if sizes.get(path := partition_path(table, *key)) == partition.bytes
            and _is_whole(storage, path, partition)
        }
        return cls(table, expected, frozenset(whole))

    def others(self) -> Mapping[tuple[str, str], str]:
        """The paths of those that are not whole there, by organization and month."""
        paths = {key: partition_path(self.table, *key) for key in self.expected}
        return {key: path for key, path in paths.items() if path not in self.whole}


def _is_whole(storage: Storage, path: str, expected: PartitionState) -> bool:
    """Whether a file is what was written, which DuckDB does not check.

    In a store that would take a request for each file: there pyarrow checks the pages that it reads.
    """
    if not isinstance(storage, LocalFolder):
        return True
    try:
        return expected.is_of(storage.read(path))
    except FileNotFoundError:
        return False


__all__ = ["TableFiles"]
