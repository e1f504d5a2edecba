"""The groups that rows are of: what is equal in dimensions, currency and units. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self, TypeAlias

import attrs

from .._generated import Operation
from ..pagination.rules import Bucket
from ..tables.columns import Column, columns_of
from ..tables.records import Record, RecordMaker
from .row_buckets import row_buckets
from .summed_columns import SUMMED, group_columns

GroupKey: TypeAlias = tuple[object, ...]


@attrs.frozen
class RowGroups:
    """What tells apart the groups of an operation, and which numbers they have."""

    summed: Sequence[Column]
    """The columns with numbers that add up."""
    _keys: Sequence[str]
    _maker: RecordMaker

    @classmethod
    def of(cls, operation: Operation) -> Self:
        """Those of the rows of `operation`."""
        columns = columns_of(operation)
        summed = [column for column in columns if column.kind in SUMMED]
        return cls(summed, group_columns(columns), RecordMaker(columns))

    def rows(self, bucket: Bucket) -> Iterator[tuple[GroupKey, Record, Bucket]]:
        """Each row of `bucket` with its group and its record; those of unknown types have no results."""
        for record, row in zip(self._maker.records(bucket), row_buckets(bucket), strict=True):
            yield tuple(record[name] for name in self._keys), record, row


__all__ = ["GroupKey", "RowGroups"]
