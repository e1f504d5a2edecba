"""Factors that change over time, and activity that is multiplied by one. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import accumulate, pairwise
from operator import mul

import attrs

from .activity import FOUNDING_DAY, UNITS_PER_DAY, Activity, CumulativeActivity
from .buckets import SECONDS_PER_DAY

WHOLE = 1000
"""Factors are counted in thousandths."""
SPAN = 75 * 7
"""Days among which varied activity is shared out: whole weeks."""


@attrs.frozen
class Course:
    """A factor over time: `factors[i]` from `moments[i - 1]` to `moments[i]`, thousandths, Unix seconds."""

    moments: tuple[int, ...] = ()
    factors: tuple[int, ...] = (WHOLE,)

    def at(self, moment: int) -> int:
        """The factor at a moment."""
        return self.factors[bisect_right(self.moments, moment)]

    def times(self, other: Course) -> Course:
        """Both factors at once."""
        moments = tuple(sorted({*self.moments, *other.moments}))
        edges = (min(moments, default=0) - 1, *moments)
        return Course(moments, tuple(self.at(edge) * other.at(edge) // WHOLE for edge in edges))


@attrs.frozen(eq=False)
class ChangedActivity:
    """Activity that runs faster or slower from some moments on, and is the same before the first."""

    ordinary: CumulativeActivity
    course: Course

    def before(self, moment: int) -> int:
        """The activity until `moment`, in Unix seconds, UTC."""
        place = bisect_right(self.course.moments, moment)
        since, done = self._milestones[place]
        return (done + (self.ordinary.before(moment) - since) * self.course.factors[place]) // WHOLE

    @cached_property
    def _milestones(self) -> list[tuple[int, int]]:
        """The ordinary activity at each change of the factor, and what has been multiplied until then."""
        marks = [0, *map(self.ordinary.before, self.course.moments)]
        done = 0
        milestones = [(0, 0)]
        for (begin, end), factor in zip(pairwise(marks), self.course.factors, strict=False):
            done += (end - begin) * factor
            milestones.append((end, done))
        return milestones


@attrs.frozen
class VariedSpan:
    """`SPAN` days of varied activity, which are as much as the ordinary ones together."""

    begin: int
    """Activity before them."""
    whole: int
    """Activity in them."""
    days: tuple[tuple[int, int], ...]
    """For each day, the ordinary activity before it, each day's times its factor, and its factor."""
    weighted: int
    """All days' ordinary activity, each times its factor."""

    def before(self, day: int, so_far: int) -> int:
        """The activity until a moment of a day, before which there is `so_far` of its ordinary activity."""
        done, factor = self.days[day]
        return self.begin + (done + so_far * factor) * self.whole // self.weighted


class VariedActivity:
    """Activity that is multiplied by a factor of its own on each day.

    `factors` gives those of consecutive days, counted from the founding day. They say how activity is shared
    out among the `SPAN` days from a multiple of it on, so nothing before these has to be known.
    """

    def __init__(self, ordinary: Activity, factors: Callable[[range], Iterable[int]]) -> None:
        self._ordinary = ordinary
        self._factors = factors
        self._spans: dict[int, VariedSpan] = {}

    def before(self, moment: int) -> int:
        """The activity until `moment`, in Unix seconds, UTC."""
        place, second = divmod(moment - FOUNDING_DAY * SECONDS_PER_DAY, SECONDS_PER_DAY)
        if place < 0:
            return 0
        number, day = divmod(place, SPAN)
        if number not in self._spans:
            self._spans[number] = self._span(range(number * SPAN, (number + 1) * SPAN))
        so_far = self._ordinary.before(moment) - self._ordinary.before(moment - second) if second else 0
        return self._spans[number].before(day, so_far)

    def _span(self, days: range) -> VariedSpan:
        factors = list(self._factors(days))
        ordinary = self._ordinary.daily(days)
        *done, weighted = accumulate(map(mul, ordinary, factors), initial=0)
        begin = self._ordinary.before((FOUNDING_DAY + days.start) * SECONDS_PER_DAY)
        return VariedSpan(begin, sum(ordinary), tuple(zip(done, factors, strict=True)), weighted)


class EvenActivity:
    """Activity that is always the same, day and night: one working day's in every day."""

    def before(self, moment: int) -> int:
        """The activity in [1970, moment); `moment` is in Unix seconds, UTC."""
        return moment * UNITS_PER_DAY // SECONDS_PER_DAY
