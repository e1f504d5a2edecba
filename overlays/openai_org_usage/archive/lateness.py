"""How late usage comes: how old buckets were when they were seen to have changed.

A change happened at some time between two readings. Its age counts from the end of its bucket: at least
until the reading that saw the old value, at most until the one that saw the new. A look-back of the latter
catches it however seldom one syncs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Final

import attrs
import msgspec

from ..money import currency_of, exact_sum
from .manifest import ArchiveManifest
from .partition_paths import RESTATEMENTS, partition_path
from .partitions import read_partition
from .storage.storage import Storage

DAY: Final = 86_400
UP_TO: Final = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 60, 90)
"""Where the classes of age end, in days; the last one has no end."""
PERCENT: Final = (90, 99, 100)
_AMOUNT, _CURRENCY = "amount_value", "amount_currency"


@attrs.frozen(kw_only=True)
class Restatement:
    """A row of a bucket that has changed.

    Attributes:
        table: that it is in.
        least_age: seconds from the bucket's end to the reading that saw it unchanged.
        age: seconds from the bucket's end to the reading that saw it changed.
        amount: by how much its amount of money has changed, either way; None if it has none.
        currency: of the amount.
        seen_at: when it was seen.
    """

    table: str
    least_age: float
    age: float
    amount: Decimal | None
    currency: str | None
    seen_at: datetime


@attrs.frozen(kw_only=True)
class AgeClass:
    """Changes that were seen at about the same age.

    Attributes:
        from_days: how old the buckets were at least.
        to_days: how old they were at most; None without end.
        changes: how many rows have changed.
        amount: by how much money; None if there is none, or if it is of several currencies.
    """

    from_days: int
    to_days: int | None
    changes: int
    amount: Decimal | None


@attrs.frozen(kw_only=True)
class NeededLookback:
    """The look-back that would have caught so much.

    Attributes:
        percent: of all that was seen.
        seconds: the look-back with which nothing of it is missed, however seldom one syncs.
        least_seconds: what it took at least: the buckets had not changed before.
    """

    percent: int
    seconds: float
    least_seconds: float


@attrs.frozen(kw_only=True)
class TableLateness:
    """How late it comes in one table.

    Attributes:
        table: None for all together.
        changes: how many rows have changed.
        currency: of the amounts; None if there are none, or several.
        amount: by how much money they have changed, either way.
        classes: the changes by the age of their buckets.
        by_number: which look-back would have caught so many of the changes.
        by_amount: which would have caught so much of the amount; empty without one.
    """

    table: str | None
    changes: int
    currency: str | None
    amount: Decimal | None
    classes: tuple[AgeClass, ...]
    by_number: tuple[NeededLookback, ...]
    by_amount: tuple[NeededLookback, ...]


@attrs.frozen(kw_only=True)
class Lateness:
    """How late usage was seen to come.

    Attributes:
        total: of all tables.
        tables: of each that something has changed in, by name.
        first_seen_at: when the first change was seen; None if nothing has changed.
        last_seen_at: when the last one was.
        lookback: the longest look-back in seconds that a table was read with: what comes later than that is
            seen by nobody. None if nothing was read.
    """

    total: TableLateness
    tables: tuple[TableLateness, ...]
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    lookback: int | None


def lateness_of(restatements: Iterable[Restatement], *, lookback: int | None) -> Lateness:
    """How late `restatements` came. Pure."""
    found = list(restatements)
    tables = sorted({each.table for each in found})
    seen = [each.seen_at for each in found]
    return Lateness(
        total=_of_table(None, found),
        tables=tuple(_of_table(table, [each for each in found if each.table == table]) for table in tables),
        first_seen_at=min(seen, default=None),
        last_seen_at=max(seen, default=None),
        lookback=lookback,
    )


def read_lateness(storage: Storage, manifest: ArchiveManifest) -> Lateness:
    """How late usage came to all organizations of an archive.

    Raises:
        ArchiveDamagedError: a file is missing or not whole.
    """
    found: list[Restatement] = []
    for organization, state in manifest.organizations.items():
        kept = state.tables.get(RESTATEMENTS)
        for month, expected in kept.months.items() if kept else ():
            path = partition_path(RESTATEMENTS, organization, month)
            found += restatements_in(read_partition(storage, path, expected=expected).to_pylist())
    lookbacks = [
        table.lookback
        for state in manifest.organizations.values()
        for table in state.tables.values()
        if table.lookback is not None
    ]
    return lateness_of(found, lookback=max(lookbacks, default=None))


@attrs.frozen(kw_only=True)
class _ChangedField:
    """What is needed of a row of the table `restatements`."""

    source_table: str
    start_time: datetime
    end_time: datetime
    dimensions: str
    field: str
    before: str | None
    after: str | None
    read_before_at: datetime | None
    seen_at: datetime

    @property
    def change(self) -> Decimal:
        """By how much the number changed, whichever way."""
        return exact_sum([Decimal(self.after or 0), Decimal(self.before or 0).copy_negate()]).copy_abs()


def restatements_in(rows: Iterable[Mapping[str, object]]) -> Iterator[Restatement]:
    """The changed rows that `rows` of the table `restatements` tell of, each of one field. Pure."""
    fields: dict[tuple[object, ...], list[_ChangedField]] = {}
    for row in rows:
        one = msgspec.convert(row, _ChangedField)
        key = (one.source_table, one.start_time, one.dimensions, one.seen_at)
        fields.setdefault(key, []).append(one)
    for first, *others in fields.values():
        end, before = first.end_time, first.read_before_at
        amounts = [one.change for one in (first, *others) if one.field == _AMOUNT]
        yield Restatement(
            table=first.source_table,
            least_age=0.0 if before is None else max(0.0, (before - end).total_seconds()),
            age=max(0.0, (first.seen_at - end).total_seconds()),
            amount=exact_sum(amounts) if amounts else None,
            currency=_currency(first.dimensions),
            seen_at=first.seen_at,
        )


def _currency(dimensions: str) -> str | None:
    stated = msgspec.json.decode(dimensions, type=dict[str, object]).get(_CURRENCY)
    return currency_of(stated if isinstance(stated, str) else None)


def _of_table(table: str | None, found: Sequence[Restatement]) -> TableLateness:
    paid = [each for each in found if each.amount is not None]
    currencies = {each.currency for each in paid}
    currency = currencies.pop() if len(currencies) == 1 else None
    return TableLateness(
        table=table,
        changes=len(found),
        currency=currency,
        amount=_amount(paid, currency),
        classes=tuple(_classes(found, currency)),
        by_number=tuple(_needed([(each, Decimal(1)) for each in found])),
        by_amount=tuple(_needed([(each, each.amount or Decimal(0)) for each in paid] if currency else [])),
    )


def _amount(paid: Sequence[Restatement], currency: str | None) -> Decimal | None:
    return exact_sum(each.amount or 0 for each in paid) if currency else None


def _classes(found: Sequence[Restatement], currency: str | None) -> Iterator[AgeClass]:
    """All classes up to the last that has a change."""
    oldest = max((each.age for each in found), default=0)
    start = 0
    for end in (*UP_TO, None):
        if start * DAY >= oldest:
            return
        own = [
            each
            for each in found
            if start * DAY < max(each.age, 1) and (end is None or each.age <= end * DAY)
        ]
        yield AgeClass(from_days=start, to_days=end, changes=len(own), amount=_amount(own, currency))
        start = end or start


def _needed(weighed: Sequence[tuple[Restatement, Decimal]]) -> Iterator[NeededLookback]:
    total = exact_sum(weight for _, weight in weighed)
    for percent in PERCENT if total else ():
        yield NeededLookback(
            percent=percent,
            seconds=_quantile([(each.age, weight) for each, weight in weighed], total * percent / 100),
            least_seconds=_quantile(
                [(each.least_age, weight) for each, weight in weighed], total * percent / 100
            ),
        )


def _quantile(weighed: Sequence[tuple[float, Decimal]], wanted: Decimal) -> float:
    """The least age up to which the weights are as much as is wanted."""
    ordered = sorted(weighed)
    sums = accumulate(weight for _, weight in ordered)
    return next((age for (age, _), sum in zip(ordered, sums, strict=True) if sum >= wanted), ordered[-1][0])


__all__ = [
    "AgeClass",
    "Lateness",
    "NeededLookback",
    "Restatement",
    "TableLateness",
    "lateness_of",
    "read_lateness",
    "restatements_in",
]
