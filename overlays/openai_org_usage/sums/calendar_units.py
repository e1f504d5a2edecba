"""Days, weeks, months and years of the calendar. Pure."""

from __future__ import annotations

import enum
from datetime import date, timedelta
from typing import Final


class CalendarUnit(enum.StrEnum):
    """A piece of the calendar that follows on the one before; weeks begin on Monday, as in ISO 8601."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def first(self, day: date) -> date:
        """The first day of the one that `day` is in."""
        if self is CalendarUnit.DAY:
            return day
        if self is CalendarUnit.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self is CalendarUnit.MONTH else day.replace(month=1, day=1)

    def after(self, day: date) -> date:
        """The first day of the one after that of `day`."""
        return self.first(self.first(day) + timedelta(days=_LONGEST[self]))

    def before(self, day: date) -> date:
        """The first day of the one before that of `day`."""
        return self.first(self.first(day) - timedelta(days=1))


_LONGEST: Final = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7, CalendarUnit.MONTH: 31, CalendarUnit.YEAR: 366}
"""How many days one has at most."""


__all__ = ["CalendarUnit"]
