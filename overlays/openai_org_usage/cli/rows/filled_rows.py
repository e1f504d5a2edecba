"""Rows for what had none: `--fill` puts zeros where there was nothing, as the API says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from types import SimpleNamespace
from typing import Self, TypeAlias

import attrs

from ..._generated import Operation, OverTime, ResponseField, ValueType
from ...pagination.rules import Bucket
from ...sums.row_buckets import row_buckets, with_results, with_value
from ...sums.summed_columns import SUMMED, group_columns
from ...tables.columns import OTHERS, Column, Kind, columns_of
from ...tables.records import Record, RecordMaker

_Key: TypeAlias = tuple[object, ...]


def filled(buckets: Iterable[Bucket], *, operation: Operation) -> Iterator[Bucket]:
    """`buckets`, in which each group that is in any of them has a row: of zeros where it had none.

    Only what came is filled: where nobody was asked, or nothing was read, there is no zero. A level is not
    known where nothing says it, and stays empty. Where no bucket has a row, each has one that is of no group.
    """
    held, groups = list(buckets), _GroupRows.of(operation)
    zeros = {
        key: groups.zero(record, result) for bucket in held for key, record, result in groups.rows(bucket)
    }
    nothing = [] if any(map(_has_rows, held)) else [_nothing(operation.fields)]
    for _, same_time in groupby(held, key=_times):
        same = list(same_time)
        yield from filter(_has_rows, same)
        seen = {key for bucket in same for key, _, _ in groups.rows(bucket)}
        missing = [zero for key, zero in zeros.items() if key not in seen]
        yield with_results(same[-1], [*missing, *nothing])


@attrs.frozen
class _GroupRows:
    """The rows of groups, as they are and with zeros."""

    columns: Sequence[Column]
    keys: Sequence[str]
    maker: RecordMaker

    @classmethod
    def of(cls, operation: Operation) -> Self:
        columns = columns_of(operation)
        return cls(columns, group_columns(columns), RecordMaker(columns))

    def rows(self, bucket: Bucket) -> Iterator[tuple[_Key, Record, object]]:
        """The group, record and result of each row of `bucket`; what is of an unknown kind is of none."""
        for record, row in zip(self.maker.records(bucket), row_buckets(bucket), strict=True):
            for result in row.results:
                yield tuple(record[name] for name in self.keys), record, result

    def zero(self, record: Record, result: object) -> object:
        """`result` with a zero in the place of each number of its `record`; of a level nothing."""
        with attrs.validators.disabled():  # What stays was added up, and may be longer than what is sent.
            for column in self.columns:
                if column.kind in SUMMED and record[column.name] is not None:
                    result = with_value(result, column.path, _zero_of(column.over_time, column.kind))
            return with_value(result, (OTHERS,), None)


def _has_rows(bucket: Bucket) -> bool:
    return bool(bucket.results or bucket.unknown_results)


def _times(bucket: Bucket) -> tuple[int, int]:
    return bucket.start_time, bucket.end_time


def _zero_of(over_time: OverTime | None, kind: Kind) -> Decimal | int | None:
    if over_time != OverTime.SUM:
        return None
    return 0 if kind is Kind.COUNT else Decimal(0)


def _nothing(fields: Iterable[ResponseField]) -> SimpleNamespace:
    """A result of no group that has zeros alone."""
    members: dict[str, object] = {OTHERS: None}
    for field in fields:
        kind = Kind.COUNT if field.type == ValueType.INTEGER else Kind.DECIMAL
        members[field.name] = _nothing(field.fields) if field.fields else _zero_of(field.over_time, kind)
    return SimpleNamespace(**members)


__all__ = ["filled"]
