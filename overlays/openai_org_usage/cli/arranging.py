"""Rows in another order, or added up: `--sort` and `--totals`. Both hold all rows in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._generated import Operation, UnknownResult
from ..money import exact_sum
from ..paging import Bucket
from ..tables.columns import Column, Kind, columns_of
from ..tables.records import Record, RecordMaker

SUMMED = (Kind.COUNT, Kind.DECIMAL, Kind.MONEY)
_KEYS = (Kind.TEXT, Kind.FLAG)


@attrs.frozen
class RowBucket:
    """One row, as a bucket of its own."""

    start_time: int
    end_time: int
    results: list[Any]
    unknown_results: tuple[UnknownResult, ...] = ()


@attrs.frozen
class SortKey:
    """A column to sort by."""

    column: str
    descending: bool

    @classmethod
    def of(cls, text: str) -> SortKey:
        """`model`, or `-input_tokens` for the largest first."""
        return cls(text.removeprefix("-"), text.startswith("-"))


def sorted_rows(
    buckets: Iterable[Bucket], *, operation: Operation, keys: Sequence[SortKey]
) -> Sequence[RowBucket]:
    """The rows by the first key, where it is equal by the next; without a value come last."""
    maker = RecordMaker(columns_of(operation))
    rows = [pair for bucket in buckets for pair in zip(maker.records(bucket), _rows(bucket), strict=True)]
    for key in reversed(keys):
        known = [pair for pair in rows if pair[0][key.column] is not None]
        missing = [pair for pair in rows if pair[0][key.column] is None]
        known.sort(key=_value_of(key.column), reverse=key.descending)
        rows = known + missing
    return [row for _, row in rows]


def total_rows(buckets: Iterable[Bucket], *, operation: Operation) -> Sequence[RowBucket]:
    """One row for each group over all buckets, the largest first; sums are exact.

    A group is whatever is not added up: dimensions, currency, units. Results of unknown types are in
    no group, as nothing is known of what could be added up; they stay as they are, last.
    """
    own = [column for column in columns_of(operation) if not column.on_bucket]
    columns = [column for column in own if column.kind in (*SUMMED, *_KEYS)]
    maker = RecordMaker(columns)
    groups: dict[tuple[object, ...], list[tuple[Record, RowBucket]]] = {}
    unknown: list[RowBucket] = []
    for bucket in buckets:
        for record, row in zip(maker.records(bucket), _rows(bucket), strict=True):
            if row.results:
                key = tuple(record[column.name] for column in columns if column.kind in _KEYS)
                groups.setdefault(key, []).append((record, row))
            else:
                unknown.append(row)
    summed = [column for column in columns if column.kind in SUMMED]
    spans = [row for rows in groups.values() for _, row in rows]
    start = min((row.start_time for row in spans), default=0)
    end = max((row.end_time for row in spans), default=0)
    totals = [_total(rows, summed) for rows in groups.values()]
    totals.sort(key=lambda total: [-(total[column.name] or 0) for column in summed])
    return [RowBucket(start, end, [total["result"]]) for total in totals] + unknown


def sums(records: Sequence[Record], columns: Iterable[Column]) -> Record:
    """The exact sum of each of `columns`; None where no record has a value."""
    return {
        column.name: _sum([value for record in records if (value := record[column.name]) is not None])
        for column in columns
    }


def _total(rows: Sequence[tuple[Record, RowBucket]], summed: Sequence[Column]) -> Record:
    result = rows[0][1].results[0]
    total = sums([record for record, _ in rows], summed)
    for column in summed:
        result = _with(result, column.path, total[column.name])
    return {**total, "result": attrs.evolve(result, additional_properties=None)}


def _with(holder: Any, path: tuple[str, ...], value: object) -> Any:
    """`holder` with `value` at `path`; unchanged where there is nothing to hold it."""
    if holder is None:
        return None
    name, *rest = path
    inner = _with(getattr(holder, name), tuple(rest), value) if rest else value
    return attrs.evolve(holder, **{name: inner})


def _sum(values: Sequence[int | Decimal]) -> int | Decimal | None:
    if not values:
        return None
    total = exact_sum(values)
    return int(total) if all(isinstance(value, int) for value in values) else total


def _rows(bucket: Bucket) -> Iterator[RowBucket]:
    """The rows of `bucket`, in the order of its records."""
    for result in bucket.results:
        yield RowBucket(bucket.start_time, bucket.end_time, [result])
    for result in bucket.unknown_results:
        yield RowBucket(bucket.start_time, bucket.end_time, [], (result,))


def _value_of(column: str) -> Callable[[tuple[Record, RowBucket]], Any]:
    return lambda pair: pair[0][column]


__all__ = ["SUMMED", "RowBucket", "SortKey", "sorted_rows", "sums", "total_rows"]
