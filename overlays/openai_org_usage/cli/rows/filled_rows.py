"""Rows for what had none: `--fill` puts zeros where there was nothing, as the API says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from types import SimpleNamespace

import attrs

from ..._generated import Operation, OverTime, ResponseField, ValueType
from ...pagination.rules import Bucket
from ...sums.row_buckets import with_results, with_value
from ...sums.row_groups import RowGroups
from ...tables.columns import OTHERS, Column, Kind
from ...tables.records import Record


def filled(buckets: Iterable[Bucket], *, operation: Operation) -> Iterator[Bucket]:
    """`buckets`, in which each group that is in any of them has a row: of zeros where it had none.

    Only what came is filled: where nobody was asked, or nothing was read, there is no zero. A level is not
    known where nothing says it, and stays empty. Where no bucket has a row, each has one that is of no group.
    """
    held, groups = list(buckets), RowGroups.of(operation)
    rows = [row for bucket in held for row in groups.rows(bucket)]
    zeros = {key: _zero(row.results[0], record, groups.summed) for key, record, row in rows if row.results}
    nothing = [] if rows else [_nothing(operation.fields)]
    for _, same_time in groupby(held, key=_times):
        same = list(same_time)
        yield from filter(_has_rows, same)
        seen = {key for bucket in same for key, _, row in groups.rows(bucket) if row.results}
        missing = [zero for key, zero in zeros.items() if key not in seen]
        yield with_results(same[-1], [*missing, *nothing])


def _zero(result: object, record: Record, summed: Iterable[Column]) -> object:
    """`result` with a zero in the place of each number of its `record`; of a level nothing."""
    with attrs.validators.disabled():  # What stays was added up, and may be longer than what is sent.
        for column in summed:
            if record[column.name] is not None:
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
