"""Ranges as people call them: today, this week, last month. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final, Self

import attrs

from ...sums.calendar_units import CalendarUnit
from ..click_base import Option, dashed
from ..parameters import RANGE


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


__all__ = ["CALENDAR_WORDS", "CalendarWord", "DayRange", "calendar_options"]
