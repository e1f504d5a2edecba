"""Days out of the ordinary: how far they are beyond what their weekday usually costs. Pure.

A day is out of the ordinary if the level of all costs jumped on it and went back within two weeks, or jumped
less than a week ago, and if it is far from the usual besides. `docs/report.md` has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

import attrs

from ..changes import less, ratio
from ..estimates import rounded
from ..levels import WEEK, Jump, Levels
from ..periods import DAY, Period
from ..seasonality import BELIEVED_AFTER, MOST_SPIKE_DAYS

UNUSUAL = Decimal(4)
"""From how many usual distances on a day is out of the ordinary."""
_LEAST_RATIO = 0.1
"""Of the expected: a day that is nearer is usual, however regular the others are."""
_FURTHEST = 1000.0
"""Distances are not told apart beyond this."""


@attrs.frozen
class UnusualDay:
    """A complete day that cost far more, or far less, than such a day usually does."""

    day: date
    amount: Decimal
    """Exact."""
    expected: Decimal
    """What such a day usually costs: an estimate, rounded to the cent."""
    distance: Decimal
    """How many times as far from the expected as usual days are; to one place, above zero."""
    has_ended: bool
    """Whether usual days have followed; what has ended teaches the forecast nothing."""

    @property
    def by(self) -> Decimal:
        """What it cost beyond the expected; negative if it cost less."""
        return less(self.amount, self.expected)

    @property
    def ratio(self) -> Decimal | None:
        """`by` in parts of the expected, to six places: 0.25 is 25 % more; None where that is zero."""
        return ratio(self.by, self.expected)

    @property
    def is_extreme(self) -> bool:
        """Whether it is so far off that it should be marked boldly: twice as far as what is just unusual."""
        return self.distance >= 2 * UNUSUAL


@attrs.frozen
class DailyCosts:
    """What all complete days cost that are known, one after the other."""

    days: Mapping[date, Decimal]
    """Exact; a day without an entry cost nothing."""
    known: Period

    @cached_property
    def _scale(self) -> Decimal:
        return max(map(abs, self.days.values()), default=Decimal(0)) or Decimal(1)

    @cached_property
    def _levels(self) -> Levels:
        amounts = (self.days.get(day, Decimal(0)) for day in self.known.each_day())
        return Levels([float(amount / self._scale) for amount in amounts])

    def variation(self, days: int) -> Decimal:
        """How far the sum of `days` days usually is from what it should be: one standard deviation."""
        return Decimal(self._levels.noise * math.sqrt(days)) * self._scale

    def weekdays(self, period: Period) -> Decimal:
        """How many average days the days of `period` are worth, by their weekdays."""
        week = self._levels.weights[:WEEK]
        if len(week) < WEEK:
            return Decimal(period.days)
        places = ((day - self.known.start).days for day in period.each_day())
        return Decimal(sum(week[place % WEEK] for place in places))

    def unusual_days(self, within: Period) -> tuple[UnusualDay, ...]:
        """The days of `within` that are out of the ordinary, in order."""
        jumps = (jump for jump in self._levels.jumps() if _is_short(jump))
        found = (day for jump in jumps for day in self._days(jump) if day.day in within)
        return tuple(sorted(found, key=lambda unusual: unusual.day))

    def _days(self, jump: Jump) -> Iterator[UnusualDay]:
        levels = self._levels
        for place in range(jump.start, jump.end):
            weight = levels.weights[place]
            usual = jump.usual * weight
            off = abs(levels.values[place] - usual)
            distance = Decimal(min(off / (levels.noise * math.sqrt(weight)), _FURTHEST)).quantize(
                Decimal("0.1")
            )
            if distance >= UNUSUAL and off >= _LEAST_RATIO * abs(usual):
                day = self.known.start + place * DAY
                amount = self.days.get(day, Decimal(0))
                yield UnusualDay(day, amount, rounded(Decimal(usual) * self._scale), distance, jump.is_over)


def _is_short(jump: Jump) -> bool:
    """Whether its days are out of the ordinary, and no new level."""
    return (
        jump.end - jump.start <= MOST_SPIKE_DAYS if jump.is_over else jump.end - jump.start < BELIEVED_AFTER
    )
