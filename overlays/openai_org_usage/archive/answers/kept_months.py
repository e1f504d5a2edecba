"""The months of an archive that were read, kept at hand for the next query."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

import attrs

from ..._generated import OPERATIONS
from ...tables.optional_imports import ArrowArray, ArrowSchema, ArrowTable, ParquetFile, require
from ..partition_paths import partition_path
from ..partitions import file_schema, opened_partition, with_schema
from ..storage.storage import Storage
from .coverage import KeptTable

_BYTES: Final = 1 << 27
"""How much stays: the queries of a report ask for the same months one after the other."""


@attrs.frozen
class _Month:
    """A file, and the columns that were read of it."""

    file: ParquetFile
    columns: dict[str, ArrowArray] = attrs.field(factory=dict[str, ArrowArray])

    def rows(self, schema: ArrowSchema) -> ArrowTable:
        """All rows with the columns of `schema`."""
        new = require("pyarrow").schema([field for field in schema if field.name not in self.columns])
        held = [name for name in new.names if name in self.file.schema_arrow.names]
        read = with_schema(self.file.read(columns=held, use_threads=False), new)
        self.columns.update(zip(read.column_names, read.columns, strict=True))
        return require("pyarrow").table([self.columns[name] for name in schema.names], schema=schema)

    @property
    def bytes(self) -> int:
        """How much it holds."""
        return sum(column.nbytes for column in self.columns.values())


@attrs.define(eq=False, repr=False)
class KeptMonths:
    """The partitions of one organization."""

    storage: Storage
    organization: str
    _read: OrderedDict[str, _Month] = attrs.field(init=False, factory=OrderedDict[str, _Month])

    def rows(self, kept: KeptTable, month: str, names: Iterable[str]) -> ArrowTable:
        """All rows of a month that the table has, with the columns `names`.

        Raises:
            ArchiveDamagedError: its file is missing, or not as it was written.
        """
        path = partition_path(kept.table.name, self.organization, month)
        if path not in self._read:
            self._read[path] = _Month(opened_partition(self.storage, path, expected=kept.state.months[month]))
        self._read.move_to_end(path)
        whole = file_schema(OPERATIONS[kept.table.operation])
        rows = self._read[path].rows(require("pyarrow").schema([whole.field(name) for name in names]))
        while len(self._read) > 1 and sum(each.bytes for each in self._read.values()) > _BYTES:
            self._read.popitem(last=False)
        return rows


__all__ = ["KeptMonths"]
