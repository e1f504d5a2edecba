"""The days that causes are looked for in, as places of a series, and what each adds to the change. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

import attrs

from ..periods import DAY, Period

WEEK = 7
_MANY_DAYS = 200
"""From so many days on, places are weeks: what lasts less is not what changes a year."""


@attrs.frozen
class Timeline:
    """Consecutive days, one for each place of a series, or whole weeks of a long time."""

    first: date
    end: date
    """The day after the last."""
    days_each: int
    period: Period
    """The complete days whose costs are compared."""
    before: Period

    @classmethod
    def of(cls, period: Period, before: Period, *, first: date) -> Timeline:
        """From `first`, or a few days later, to the end of `period`."""
        days_each = 1 if (period.end - first).days <= _MANY_DAYS else WEEK
        places = (period.end - first).days // days_each
        return cls(period.end - places * days_each * DAY, period.end, days_each, period, before)

    @property
    def places(self) -> int:
        """How many places a series has."""
        return (self.end - self.first).days // self.days_each

    @property
    def is_daily(self) -> bool:
        """Whether places are days."""
        return self.days_each == 1

    def place_of(self, day: date) -> int:
        """The place that `day` is at; negative, or `places` and more, outside."""
        return (day - self.first).days // self.days_each

    @cached_property
    def _place_by_day(self) -> Mapping[date, int]:
        return {day: self.place_of(day) for day in Period(self.first, self.end).each_day()}

    def day_at(self, place: int) -> date:
        """The first day of a place."""
        return self.first + place * self.days_each * DAY

    def signs(self) -> list[float]:
        """What part of each place is in the period, less what part is in the period before.

        A series multiplied by these adds up to its change.
        """
        each = [
            (day in self.period) - (day in self.before) for day in Period(self.first, self.end).each_day()
        ]
        return [
            sum(each[place : place + self.days_each]) / self.days_each
            for place in range(0, len(each), self.days_each)
        ]

    def series(self, days: Mapping[date, Decimal], *, scale: Decimal) -> list[float]:
        """The amounts of `days` in parts of `scale`, by place."""
        values = [0.0] * self.places
        place_by_day = self._place_by_day
        for day, amount in days.items():
            place = place_by_day.get(day)
            if place is not None:
                values[place] += float(amount / scale)
        return values
