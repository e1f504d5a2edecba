"""The periods that a limit is for."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from .periods import DAY, Period


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
