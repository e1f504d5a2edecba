"""The months of an archive that were read, kept at hand for the next query."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import attrs

from ..._generated import OPERATIONS
from ...tables.optional_imports import ArrowTable
from ..partition_paths import partition_path
from ..partitions import PULLED_AT, file_schema, read_partition, with_schema
from ..storage.storage import Storage
from .coverage import KeptTable

_BYTES: Final = 1 << 27
"""How much stays: the queries of a report ask for the same months one after the other."""


@attrs.define(eq=False, repr=False)
class KeptMonths:
    """The partitions of one organization."""

    storage: Storage
    organization: str
    _read: OrderedDict[str, ArrowTable] = attrs.field(init=False, factory=OrderedDict[str, ArrowTable])
    _bytes: int = attrs.field(init=False, default=0)

    def rows(self, kept: KeptTable, month: str) -> ArrowTable:
        """All rows of a month that the table has.

        Raises:
            ArchiveDamagedError: its file is missing, or not as it was written.
        """
        path = partition_path(kept.table.name, self.organization, month)
        if path in self._read:
            self._read.move_to_end(path)
            return self._read[path]
        read = read_partition(self.storage, path, expected=kept.state.months[month])
        schema = file_schema(OPERATIONS[kept.table.operation])
        names = [name for name in schema.names if name != PULLED_AT]
        self._read[path] = rows = with_schema(read, schema).select(names)
        self._bytes += rows.nbytes
        while self._bytes > _BYTES and len(self._read) > 1:
            self._bytes -= self._read.popitem(last=False)[1].nbytes
        return rows


__all__ = ["KeptMonths"]
