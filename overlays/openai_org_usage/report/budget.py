"""A budget as it stands: the periods that a limit is for, what is spent of it, and the verdict. Pure.

There is no all-clear while anything of value is not counted: a currency without a limit, or what cannot
be added up. Nothing is converted, and no credit in one currency makes up for an excess in another.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from .forecast import Forecast
from .periods import DAY, Period
from .unknown_results import LeftOut


class BudgetPeriod(StrEnum):
    """What a limit is for: the running UTC day, week (from Monday) or calendar month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def around(self, today: date) -> Period:
        """The period that `today` is in."""
        if self is BudgetPeriod.MONTH:
            return Period.month(today.year, today.month)
        if self is BudgetPeriod.DAY:
            return Period(today, today + DAY)
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + 7 * DAY)


class BudgetState(StrEnum):
    """How a budget stands; a limit that is just reached is kept."""

    WITHIN = "within"
    """Not exceeded, and not expected to be; everything of value is counted."""
    FORECAST_EXCEEDS = "forecast_exceeds"
    """Not exceeded yet, but it will be if the forecast is right."""
    EXCEEDED = "exceeded"
    """Certainly, whatever else is not counted."""
    UNKNOWN = "unknown"
    """Nobody can say: something of value is not counted, or has no limit."""


@attrs.frozen
class CurrencyBudget:
    """What is spent in one currency, and the limit if it has one."""

    currency: str
    limit: Decimal | None
    """None if none was given although there are costs in it."""
    spent: Decimal
    """Exact and net of credits, the growing day so far included."""
    credits: Decimal
    """What of it is negative."""
    share: Decimal | None
    """Spent in parts of the limit, to six places; None without a limit, or for one of zero."""
    forecast: Forecast
    state: BudgetState

    @property
    def is_something(self) -> bool:
        """Whether anything was spent in the period, or will be by the forecast."""
        return bool(self.spent or self.forecast.expected)


@attrs.frozen
class Budget:
    """Limits and what is spent of them. `str` of it is the line that explains it.

    `limit`, `currency`, `spent`, `share` and `forecast` are those of the first limit.
    """

    period: Period
    limits: tuple[CurrencyBudget, ...]
    """One for each limit, in the order given."""
    unlimited: tuple[CurrencyBudget, ...]
    """Currencies with costs and without a limit."""
    left_out: tuple[LeftOut, ...]
    """What of the period is in no amount; where there is any, no limit is surely kept."""
    left_out_before: tuple[LeftOut, ...]
    """What of the days before is in no amount: it is missing in the forecast alone."""
    state: BudgetState
    """Exceeded if any limit is; else unknown if anything of value is not counted."""
    line: str

    @property
    def limit(self) -> Decimal:
        """The first limit."""
        return self.limits[0].limit or Decimal(0)

    @property
    def currency(self) -> str:
        """That of the first limit, in lower case."""
        return self.limits[0].currency

    @property
    def spent(self) -> Decimal:
        """What is spent in that currency; exact, the growing day so far included."""
        return self.limits[0].spent

    @property
    def share(self) -> Decimal | None:
        """What is spent in parts of the first limit, to six places; None for a limit of zero."""
        return self.limits[0].share

    @property
    def forecast(self) -> Forecast:
        """That of the first limit's currency."""
        return self.limits[0].forecast

    def __str__(self) -> str:
        return self.line
