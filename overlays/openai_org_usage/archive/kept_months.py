"""The months of an archive that were read, kept at hand for the next query."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from .._generated import OPERATIONS
from ..errors import ArchiveDamagedError
from ..tables.optional_imports import ArrowArray, ArrowTable, require
from .coverage import KeptTable
from .manifest import ArchiveManifest, PartitionState
from .partition_paths import partition_path
from .partitions import file_schema, read_partition, with_schema
from .storage import Storage

_BYTES: Final = 1 << 27
"""How much stays: the queries of a report ask for the same months one after the other."""


@attrs.define(eq=False, repr=False)
class KeptMonths:
    """The partitions of one organization, column by column."""

    storage: Storage
    load: Callable[[], ArchiveManifest]
    organization: str
    _read: OrderedDict[tuple[str, str], ArrowArray] = attrs.field(
        init=False, factory=OrderedDict[tuple[str, str], ArrowArray]
    )
    _bytes: int = attrs.field(init=False, default=0)

    def rows(self, kept: KeptTable, month: str, names: Sequence[str]) -> ArrowTable:
        """All rows of a month that the table has, with the columns `names`.

        Raises:
            ArchiveDamagedError: its file is missing, or not as it was written.
        """
        path = partition_path(kept.table.name, self.organization, month)
        found = {name: self._read[path, name] for name in names if (path, name) in self._read}
        missing = [name for name in names if name not in found]
        if missing:
            read = self._fresh(kept, month, path, missing)
            if found and any(len(column) != len(read) for column in found.values()):
                self._forget(path)  # It has been written anew meanwhile.
                return self.rows(kept, month, names)
            found |= {name: read.column(name) for name in missing}
            for name in missing:
                self._keep((path, name), found[name])
        table: ArrowTable = require("pyarrow").table([found[name] for name in names], names=list(names))
        return table

    def _fresh(self, kept: KeptTable, month: str, path: str, names: Sequence[str]) -> ArrowTable:
        pa = require("pyarrow")
        try:
            read = read_partition(self.storage, path, expected=kept.state.months[month], columns=names)
        except ArchiveDamagedError:
            expected = self._now_expected(kept, month)
            if expected is None or expected == kept.state.months[month]:
                raise
            kept.state.months[month] = expected
            self._forget(path)
            read = read_partition(self.storage, path, expected=expected, columns=names)
        schema = file_schema(OPERATIONS[kept.table.operation])
        return with_schema(read, pa.schema([schema.field(name) for name in names]))

    def _now_expected(self, kept: KeptTable, month: str) -> PartitionState | None:
        """What a sync may have written meanwhile."""
        known = self.load().organizations.get(self.organization)
        state = known and known.tables.get(kept.table.name)
        return state.months.get(month) if state else None

    def _keep(self, key: tuple[str, str], column: ArrowArray) -> None:
        self._read[key] = column
        self._bytes += column.nbytes
        while self._bytes > _BYTES and len(self._read) > 1:
            self._bytes -= self._read.popitem(last=False)[1].nbytes

    def _forget(self, path: str) -> None:
        for key in [key for key in self._read if key[0] == path]:
            self._bytes -= self._read.pop(key).nbytes


__all__ = ["KeptMonths"]
