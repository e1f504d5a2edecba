"""The figures of one screen, as values that can be kept in a file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from ...money import exact_sum
from ...report.changes import AmountChange
from ...report.periods import DAY, Period


@attrs.frozen
class TopEntry:
    """One of the largest entries of a breakdown."""

    name: str
    amount: Decimal
    share: Decimal | None
    """Of the total; None if that is zero."""


@attrs.frozen
class TopList:
    """The largest entries by one dimension."""

    dimension: str
    """`project_id` or `model`."""
    period: Period
    entries: tuple[TopEntry, ...]


@attrs.frozen
class BudgetFigures:
    """A limit of the configuration, and how it stands."""

    name: str
    """Such as `month`, or `month, project Search`."""
    currency: str
    limit: Decimal
    share: Decimal | None
    """Of the limit, spent; None for a limit of zero."""
    state: str
    """As `BudgetState` has it."""


@attrs.frozen
class MonthFigures:
    """The running month."""

    period: Period
    spent: Decimal
    """Exact: today so far included."""
    change: AmountChange | None
    """Of its complete days; None where nothing is compared."""
    compared_with: Period | None
    expected: Decimal | None
    """What it will have cost at its end; None without a forecast."""
    low: Decimal | None
    high: Decimal | None


@attrs.frozen
class SpendFigures:
    """What was spent in one currency."""

    currency: str
    today: Decimal
    """Exact, as far as it has come."""
    today_at_end: Decimal | None
    """What today will have cost at its end; None without a forecast."""
    yesterday: AmountChange
    """From the same weekday a week before."""
    week: AmountChange
    """Of the last seven complete days, from the seven before."""
    days: tuple[Decimal, ...]
    """Exact: the last complete days, the oldest first."""
    month: MonthFigures | None
    """None where its first days are not kept."""
    top: tuple[TopList, ...]
    unusual: tuple[str, ...]
    """Sentences on days that are out of the ordinary, the last one first."""
    why: str | None = None
    """What explains most of the month's change; None where nothing changed that much."""


@attrs.frozen
class Overview:
    """What an organization spends, as far as it has a place on one screen."""

    read_at: float
    """When it was read, in Unix seconds."""
    today: date
    spends: tuple[SpendFigures, ...]
    """The largest first."""
    budgets: tuple[BudgetFigures, ...]
    warning: str | None
    """What has to be read before any figure."""
    is_archived: bool = False
    """Whether an archive said it, and not the API."""

    def with_causes(self, causes: Mapping[str, str]) -> Overview:
        """The same with what explains the changes, by currency."""
        spends = (attrs.evolve(each, why=causes.get(each.currency)) for each in self.spends)
        return attrs.evolve(self, spends=tuple(spends))

    @property
    def yesterday(self) -> date:
        """The last complete day."""
        return self.today - DAY


def amount_after(change: AmountChange) -> Decimal:
    """The amount that has become of the one before; exact."""
    return exact_sum((change.before, change.by))


__all__ = ["BudgetFigures", "MonthFigures", "Overview", "SpendFigures", "TopEntry", "TopList", "amount_after"]
