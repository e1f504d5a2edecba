"""Rows added up by period and group, exactly, with one period at a time in memory. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import attrs

from .._generated import Operation, OverTime
from ..money import currency_of, exact_sum
from ..pagination.rules import Bucket
from ..tables.columns import END, OTHERS, Column
from ..tables.records import Record
from ..times import readable
from .calendar_periods import Bounds, Periods
from .row_buckets import over_period, with_results, with_value
from .row_groups import GroupKey, RowGroups
from .summed_columns import CURRENCY, VALUE


class PeriodSums:
    """Buckets in time order, added up: one row for each group and period, or bucket without `periods`.

    Levels, such as bytes stored, have the value of the last bucket of the period that has any. A group is
    what is equal in dimensions, currency and units; what describes them may change, and the last of it is
    shown. Results of unknown types are in no group, as nothing is known of what could be added up, and
    neither are amounts without a currency, which may be of several; they stay as they are, after the others.
    """

    def __init__(self, operation: Operation, periods: Periods | None) -> None:
        self._row_groups = RowGroups.of(operation)
        self._of_buckets = [field.name for field in operation.bucket_fields]
        self._periods = periods
        self._running: _RunningPeriod | None = None
        self._last: Bucket | None = None
        self._levels: dict[str, datetime] = {}

    def rows(self, buckets: Iterable[Bucket]) -> Iterator[Bucket]:
        """The rows of all `buckets`, those of a period as soon as it is over, the largest first."""
        for bucket in buckets:
            yield from self.add(bucket)
        yield from self.rest()

    def add(self, bucket: Bucket) -> Sequence[Bucket]:
        """The rows of the period before that of `bucket`, if it is over now."""
        whole, ended = self._around(bucket), list[Bucket]()
        if self._running is None or self._running.whole != whole:
            ended = self._ended(until=None)
            begun = bucket.start_time
            if self._periods is not None:
                begun = max(whole[0], min(self._periods.start, begun))
            self._running = _RunningPeriod(self._row_groups, whole, begun)
        self._running.add(bucket)
        self._last = bucket
        return ended

    def rest(self) -> Sequence[Bucket]:
        """The rows of the last period; it ends where the range does, or the last bucket."""
        return self._ended(until=0 if self._periods is None else self._periods.end or 0)

    def notes(self, now: float) -> tuple[str, ...]:
        """What the reader has to know, when all is added up: what is not whole at `now`, and of levels."""
        partial = () if self._periods is None else self._periods.notes(now)
        return (*partial, *self.level_notes())

    def level_notes(self) -> Iterator[str]:
        """Of when the levels are that were among the columns."""
        by = "total" if self._periods is None else self._periods.by
        for name, moment in self._levels.items():
            last = f"this is the last, up to {readable(int(moment.timestamp()))}"
            which = last if by == "total" else f"each row has the last of its {by}"
            yield f"{name} is a level, not added up over time: {which}"

    def _around(self, bucket: Bucket) -> Bounds:
        if self._periods is None:
            return bucket.start_time, bucket.end_time
        return self._periods.around(bucket.start_time)

    def _ended(self, *, until: int | None) -> list[Bucket]:
        """The rows of the running period; `until` is where the range ends if no bucket follows."""
        if self._running is None:
            return []
        end = self._running.whole[1]
        if until is not None:
            end = min(end, max(until, self._running.until))
        levels = self._running.levels()
        self._levels |= levels
        empty = over_period(self._last, self._running.begun, end, own=self._of_buckets)
        return self._running.rows(empty, levels)


class _RunningPeriod:
    """The sums of one period so far, by group."""

    def __init__(self, row_groups: RowGroups, whole: Bounds, begun: int) -> None:
        self._row_groups = row_groups
        self.whole = whole
        self.begun = self.until = begun
        """Where its first bucket begins, or the range, and where its last bucket ends."""
        self._groups: dict[GroupKey, _GroupSums] = {}
        self._apart: list[Bucket] = []

    def add(self, bucket: Bucket) -> None:
        """Take the rows of `bucket`."""
        self.until = max(self.until, bucket.end_time)
        for key, record, row in self._row_groups.rows(bucket):
            if not row.results or _has_no_currency(record):
                self._apart.append(row)
                continue
            self._groups.setdefault(key, _GroupSums()).add(record, row.results[0], self._row_groups.summed)

    def rows(self, empty: Bucket, levels: Mapping[str, datetime]) -> list[Bucket]:
        """What they come to, in buckets like `empty`, with no level that ended before those in `levels`."""
        summed = self._row_groups.summed
        groups = [group.at(levels) for group in self._groups.values()]
        groups.sort(key=lambda group: [-(group.sums.get(column.name) or 0) for column in summed])
        found = [with_results(empty, [group.as_result(summed)]) for group in groups]
        return [*found, *self._apart] or [empty]

    def levels(self) -> dict[str, datetime]:
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
        result = self.result
        with attrs.validators.disabled():  # A sum may be longer than any amount that the API sends.
            for column in columns:
                result = with_value(result, column.path, self.sums.get(column.name))
            return with_value(result, (OTHERS,), None)


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


__all__ = ["PeriodSums"]
