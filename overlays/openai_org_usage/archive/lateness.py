"""How late usage comes: how old buckets were when they were seen to have changed, as a distribution.

A look-back of the age at which a change was seen catches it, however seldom one syncs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Final

import attrs

from ..money import exact_sum
from .manifest import ArchiveManifest
from .partition_paths import RESTATEMENTS, partition_path
from .partitions import read_partition
from .restated_rows import Restatement, restatements_in
from .storage.storage import Storage

DAY: Final = 86_400
UP_TO: Final = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 60, 90)
"""Where the classes of age end, in days; the last one has no end."""
PERCENT: Final = (90, 99, 100)


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
        table: its name.
        changes: how many rows have changed.
        currency: of the amounts; None if there are none, or several.
        amount: by how much money they have changed, either way.
        classes: the changes by the age of their buckets.
        by_number: which look-back would have caught so many of the changes.
        by_amount: which would have caught so much of the amount; empty without one.
    """

    table: str
    changes: int
    currency: str | None
    amount: Decimal | None
    classes: tuple[AgeClass, ...]
    by_number: tuple[NeededLookback, ...]
    by_amount: tuple[NeededLookback, ...]


@attrs.frozen(kw_only=True)
class Lateness:
    """How late usage was seen to come.

    There are no sums over tables, as several may have the same usage or money, in other groups.

    Attributes:
        tables: of each that something has changed in, by name.
        first_seen_at: when the first change was seen; None if nothing has changed.
        last_seen_at: when the last one was.
        lookback: the longest look-back in seconds that a table was read with: what comes later than that is
            seen by nobody. None if nothing was read.
    """

    tables: tuple[TableLateness, ...]
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    lookback: int | None

    @property
    def changes(self) -> int:
        """How many rows have changed in all files."""
        return sum(table.changes for table in self.tables)

    @property
    def by_number(self) -> tuple[NeededLookback, ...]:
        """Which look-back would have caught so many of the changes of every table."""
        return tuple(_longest(each for table in self.tables for each in table.by_number))

    @property
    def by_amount(self) -> tuple[NeededLookback, ...]:
        """Which would have caught so much of the amount of every table."""
        return tuple(_longest(each for table in self.tables for each in table.by_amount))


def lateness_of(restatements: Iterable[Restatement], *, lookback: int | None) -> Lateness:
    """How late `restatements` came. Pure."""
    found = list(restatements)
    tables = sorted({each.table for each in found})
    seen = [each.seen_at for each in found]
    return Lateness(
        tables=tuple(_of_table(table, [each for each in found if each.table == table]) for table in tables),
        first_seen_at=min(seen, default=None),
        last_seen_at=max(seen, default=None),
        lookback=lookback,
    )


def read_lateness(
    storage: Storage, manifest: ArchiveManifest, *, organization: str | None = None
) -> Lateness:
    """How late usage came to the organizations of an archive, or to one of them.

    Raises:
        ArchiveError: there is no such organization.
        ArchiveDamagedError: a file is missing or not whole.
    """
    chosen = dict(manifest.organizations)
    if organization is not None:
        chosen = {organization: manifest.kept(organization, location=storage.location)}
    found: list[Restatement] = []
    for name, state in chosen.items():
        kept = state.tables.get(RESTATEMENTS)
        for month, expected in kept.months.items() if kept else ():
            path = partition_path(RESTATEMENTS, name, month)
            found += restatements_in(read_partition(storage, path, expected=expected).to_pylist())
    lookbacks = [
        table.lookback
        for state in chosen.values()
        for table in state.tables.values()
        if table.lookback is not None
    ]
    return lateness_of(found, lookback=max(lookbacks, default=None))


def _of_table(table: str, found: Sequence[Restatement]) -> TableLateness:
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


def _longest(needed: Iterable[NeededLookback]) -> Iterator[NeededLookback]:
    """The longest for each percentage."""
    every = list(needed)
    for percent in PERCENT if every else ():
        own = [each for each in every if each.percent == percent]
        yield NeededLookback(
            percent=percent,
            seconds=max(each.seconds for each in own),
            least_seconds=max(each.least_seconds for each in own),
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
    "TableLateness",
    "lateness_of",
    "read_lateness",
]
