"""Rows added up by period and group: exact, and with no more in memory than the groups of one period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import attrs

from ..._generated import Operation, OverTime, UnknownResult
from ...money import currency_of, exact_sum
from ...pagination.rules import Bucket
from ...tables.columns import END, Column, columns_of
from ...tables.records import Record, RecordMaker
from .aggregate import CURRENCY, SUMMED, VALUE, group_columns, row_buckets, with_value
from .calendar_periods import Periods


@attrs.frozen
class RowBucket:
    """One row, as a bucket of its own; or none, of a period that had none."""

    start_time: int
    end_time: int
    results: list[Any]
    unknown_results: tuple[UnknownResult, ...] = ()


@attrs.frozen
class PeriodRows:
    """The rows of a period, the largest first."""

    rows: Sequence[Bucket]
    levels: Mapping[str, datetime]
    """Columns that are levels, each with the end of the bucket whose values the rows have."""


def rows_by_period(
    buckets: Iterable[Bucket], *, operation: Operation, periods: Periods | None
) -> Iterator[PeriodRows]:
    """One row for each group and period, or each bucket where there are no `periods`; sums are exact.

    Levels, such as bytes stored, have the value of the last bucket of the period that has any. A group is
    what is equal in dimensions, currency and units; what describes them may change, and the last of it is
    shown. Results of unknown types are in no group, as nothing is known of what could be added up, and
    neither are amounts without a currency, which may be of several; they stay as they are, after the others.
    """
    columns = _SumColumns.of(operation)
    sums: _PeriodSums | None = None
    for bucket in buckets:
        start, end = bucket.start_time, bucket.end_time
        whole = (start, end) if periods is None else periods.around(start)
        if sums is None or sums.whole != whole:
            if sums is not None:
                yield sums.rows(end=sums.whole[1])
            begun = start if periods is None else max(whole[0], min(periods.start, start))
            sums = _PeriodSums(columns, whole, begun)
        sums.add(bucket)
    if sums is not None:
        asked = 0 if periods is None else periods.end or 0
        yield sums.rows(end=min(sums.whole[1], max(asked, sums.until)))


@attrs.frozen
class _SumColumns:
    """The columns of an operation, as far as adding up is concerned."""

    keys: Sequence[str]
    """What tells groups apart."""
    summed: Sequence[Column]
    maker: RecordMaker

    @classmethod
    def of(cls, operation: Operation) -> Self:
        columns = columns_of(operation)
        summed = [column for column in columns if column.kind in SUMMED]
        return cls(group_columns(columns), summed, RecordMaker(columns))


class _PeriodSums:
    """The sums of one period, by group."""

    def __init__(self, columns: _SumColumns, whole: tuple[int, int], begun: int) -> None:
        self._columns = columns
        self.whole = whole
        """The whole period, in Unix seconds."""
        self._begun = begun
        self.until = begun
        """Where the last bucket ends."""
        self._groups: dict[tuple[object, ...], _GroupSums] = {}
        self._apart: list[Bucket] = []

    def add(self, bucket: Bucket) -> None:
        """Take the rows of `bucket`."""
        self.until = max(self.until, bucket.end_time)
        for record, row in zip(self._columns.maker.records(bucket), row_buckets(bucket), strict=True):
            if not row.results or _has_no_currency(record):
                self._apart.append(row)
                continue
            key = tuple(record[name] for name in self._columns.keys)
            self._groups.setdefault(key, _GroupSums()).add(record, row.results[0], self._columns.summed)

    def rows(self, *, end: int) -> PeriodRows:
        """What they come to, up to `end`."""
        levels = self._levels()
        groups = [group.at(levels) for group in self._groups.values()]
        groups.sort(key=lambda group: [-(group.sums.get(each.name) or 0) for each in self._columns.summed])
        found = [RowBucket(self._begun, end, [group.as_result(self._columns.summed)]) for group in groups]
        return PeriodRows([*found, *self._apart] or [RowBucket(self._begun, end, [])], levels)

    def _levels(self) -> dict[str, datetime]:
        """Of each level the end of the last bucket that has a value of it."""
        levels: dict[str, datetime] = {}
        for group in self._groups.values():
            for name, end in group.ends.items():
                levels[name] = max(end, levels.get(name, end))
        return levels


@attrs.define
class _GroupSums:
    """The sums of one group so far."""

    result: object = None
    """The last result, which says what the group is."""
    sums: dict[str, int | Decimal] = attrs.field(factory=dict[str, int | Decimal])
    ends: dict[str, datetime] = attrs.field(factory=dict[str, datetime])
    """Of levels, the end of the bucket that the value is of."""

    def add(self, record: Record, result: object, columns: Iterable[Column]) -> None:
        """Add what `result` has, whose values are in `record`."""
        self.result = result
        for column in columns:
            name, value = column.name, record[column.name]
            if value is None:
                continue
            if column.over_time == OverTime.LAST and self.ends.get(name) != record[END]:
                self.ends[name] = record[END]
                self.sums[name] = value
            else:
                self.sums[name] = _exact_total(self.sums.get(name), value)

    def at(self, levels: Mapping[str, datetime]) -> _GroupSums:
        """Without levels that it has no more at the end that others still have values of."""
        gone = {name for name, end in self.ends.items() if end != levels[name]}
        return attrs.evolve(self, sums={name: each for name, each in self.sums.items() if name not in gone})

    def as_result(self, columns: Iterable[Column]) -> object:
        """The last result, with the sums in the place of its values."""
        result: Any = self.result
        with attrs.validators.disabled():  # A sum may be longer than any amount that the API sends.
            for column in columns:
                result = with_value(result, column.path, self.sums.get(column.name))
            return attrs.evolve(result, additional_properties=None)


def _exact_total(total: int | Decimal | None, value: int | Decimal) -> int | Decimal:
    """`total` and `value` together, exact; whole numbers stay whole."""
    if total is None:
        return value
    if isinstance(total, int) and isinstance(value, int):
        return total + value
    return exact_sum((total, value))


def _has_no_currency(record: Record) -> bool:
    """Whether it has an amount without a currency; operations without money have neither."""
    return record.get(VALUE) is not None and currency_of(record[CURRENCY]) is None


__all__ = ["PeriodRows", "RowBucket", "rows_by_period"]
