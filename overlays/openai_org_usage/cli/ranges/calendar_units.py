"""Days, weeks, months and years of the calendar, and the ranges that people name by them. Pure."""

from __future__ import annotations

import enum
from datetime import date, timedelta
from typing import Final, Self

import attrs

from ..click_base import Option, dashed
from ..parameters import RANGE


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


@attrs.frozen
class DayRange:
    """Whole days from `first` up to `end`, which is not part of it."""

    first: date
    end: date | None = None
    """None: up to now."""
    unit: CalendarUnit | None = None
    """What it is one of, begun or whole; None for any days."""
    is_moved: bool = False
    """Whether no whole days were asked for, and these are the nearest."""
    notes: tuple[str, ...] = ()
    """What the reader has to know of it."""

    @classmethod
    def of(cls, unit: CalendarUnit, day: date) -> Self:
        """The whole `unit` that `day` is in."""
        return cls(unit.first(day), unit.after(day), unit)


@attrs.frozen
class CalendarWord:
    """A range as it is called: the running day, week, month or year, or the one before."""

    name: str
    unit: CalendarUnit
    help: str
    is_running: bool

    @property
    def option(self) -> str:
        """The option that asks for it."""
        return f"--{dashed(self.name)}"

    def days(self, today: date) -> DayRange:
        """Its days, seen from `today`; the running one goes up to now."""
        if self.is_running:
            return DayRange(self.unit.first(today), None, self.unit)
        return DayRange.of(self.unit, self.unit.before(today))


_RUNNING: Final = {
    CalendarUnit.DAY: ("today", "Today, up to now."),
    CalendarUnit.WEEK: ("this_week", "The running week, from Monday up to now."),
    CalendarUnit.MONTH: ("this_month", "The running month, up to now."),
    CalendarUnit.YEAR: ("this_year", "The running year, up to now."),
}
_BEFORE: Final = {
    CalendarUnit.DAY: ("yesterday", "Yesterday, all of it."),
    CalendarUnit.WEEK: ("last_week", "The week before this one, from Monday to Sunday."),
    CalendarUnit.MONTH: ("last_month", "The calendar month before this one."),
    CalendarUnit.YEAR: ("last_year", "The calendar year before this one."),
}
CALENDAR_WORDS: Final = tuple(
    CalendarWord(name, unit, text, is_running)
    for unit in CalendarUnit
    for named, is_running in ((_RUNNING, True), (_BEFORE, False))
    for name, text in [named[unit]]
)
"""From the shortest to the longest, the running one first."""


def calendar_options() -> list[Option]:
    """An option for each of the words."""
    return [Option([word.option], section=RANGE, is_flag=True, help=word.help) for word in CALENDAR_WORDS]


__all__ = ["CALENDAR_WORDS", "CalendarUnit", "CalendarWord", "DayRange", "calendar_options"]
