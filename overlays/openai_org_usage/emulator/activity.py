"""When the synthetic company works: a cumulative, integer measure of activity over time.

Usage in any interval is a difference of two values of a cumulative function, so minutes add up to
hours and hours to days without any rounding. Activity is that function's clock: it runs fast in
office hours, slowly at night and at weekends, and stands still before the company was founded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import accumulate, pairwise
from threading import Lock
from typing import Protocol

import attrs

from .buckets import SECONDS_PER_DAY
from .seeded_random import draw_bytes

UNITS_PER_DAY = 10_000_000
"""Activity of one ordinary working day, seven years after founding."""

_AUGUST = 8
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
FOUNDING_DAY = date(2020, 1, 1).toordinal() - _EPOCH_ORDINAL
"""First day with any activity, in days since 1970-01-01."""


@attrs.frozen
class Rhythm:
    """The shape of a week: percent of an ordinary day for Monday to Sunday, and hourly weights."""

    weekdays: tuple[int, ...]
    hours: tuple[int, ...]


RHYTHMS: Mapping[str, Rhythm] = {
    # People at their desks, 08:00 to 18:00 UTC with a lunch dip.
    "office": Rhythm(
        (100, 106, 108, 104, 88, 8, 6),
        (1, 1, 1, 1, 1, 2, 6, 20, 55, 88, 100, 96, 68, 84, 98, 96, 84, 56, 26, 14, 9, 6, 3, 2),
    ),
    # Customers of a business product: the same week, a longer day.
    "product": Rhythm(
        (100, 103, 104, 102, 94, 31, 27),
        (12, 9, 8, 8, 10, 16, 28, 48, 72, 88, 96, 98, 90, 94, 98, 96, 88, 76, 64, 56, 48, 38, 26, 17),
    ),
    # Batch jobs that start after working days.
    "nightly": Rhythm(
        (70, 108, 108, 108, 106, 42, 12),
        (90, 100, 100, 90, 60, 30, 10, 5, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 8, 14, 24, 45, 70, 85),
    ),
    # Things that exist rather than happen, such as stored bytes.
    "constant": Rhythm((100,) * 7, (100,) * 24),
}


class CumulativeActivity(Protocol):
    """A measure of what has happened until a moment, which never falls."""

    def before(self, moment: int) -> int:
        """The activity until `moment`, in Unix seconds, UTC."""
        ...


class Activity:
    """Cumulative activity of one rhythm; integer, non-decreasing, zero before the founding day."""

    def __init__(self, rhythm: str, *, seed: int) -> None:
        self._name = rhythm
        self._rhythm = RHYTHMS[rhythm]
        self._seed = seed
        self._before_day = [0]
        self._days: dict[int, tuple[int, tuple[int, ...], tuple[int, ...]]] = {}
        self._lock = Lock()

    def before(self, moment: int) -> int:
        """The activity in [founding, moment); `moment` is in Unix seconds, UTC."""
        day, second = divmod(moment, SECONDS_PER_DAY)
        if day < FOUNDING_DAY:
            return 0
        total, hours, hours_before = self._day(day)
        hour, rest = divmod(second, 3600)
        done = hours_before[hour] * 3600 + hours[hour] * rest
        return self._days_before(day) + total * done // (hours_before[24] * 3600)

    def daily(self, days: range) -> list[int]:
        """The activity of each of these days, counted from the founding day."""
        self._days_before(FOUNDING_DAY + days.stop)
        return [end - begin for begin, end in pairwise(self._before_day[days.start : days.stop + 1])]

    def _days_before(self, day: int) -> int:
        index = day - FOUNDING_DAY
        if index >= len(self._before_day):
            with self._lock:
                while index >= len(self._before_day):
                    last = FOUNDING_DAY + len(self._before_day) - 1
                    self._before_day.append(self._before_day[-1] + self._day(last)[0])
        return self._before_day[index]

    def _day(self, day: int) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """A day's activity, its weight in each hour, and the weight before each hour."""
        known = self._days.get(day)
        if known is None:
            dice = draw_bytes(self._seed, "day", self._name, day, size=25)
            hours = tuple(
                weight * (192 + die // 2) for weight, die in zip(self._rhythm.hours, dice, strict=False)
            )
            known = (self._total(day, dice[24]), hours, tuple(accumulate(hours, initial=0)))
            self._days[day] = known
        return known

    def _total(self, day: int, die: int) -> int:
        """A day's activity: weekday, slow growth, holidays and ten percent of luck."""
        weekday = (day + 3) % 7  # 1970-01-01 was a Thursday.
        growth = 400 + (day - FOUNDING_DAY) * 6 // 25
        luck = 922 + die * 156 // 255
        percent = self._rhythm.weekdays[weekday] * self._season(day)
        return UNITS_PER_DAY * percent * growth * luck // 10_000_000_000

    def _season(self, day: int) -> int:
        """The percentage of an ordinary day that a calendar day reaches."""
        when = date.fromordinal(_EPOCH_ORDINAL + day)
        if self._rhythm.weekdays[0] == self._rhythm.weekdays[6]:
            return 100
        if (when.month, when.day) >= (12, 24) or (when.month, when.day) == (1, 1):
            return 30
        return 85 if when.month == _AUGUST else 100
