"""Factors that change over time, and activity that is multiplied by one. Pure."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import pairwise

import attrs

from .activity import UNITS_PER_DAY, CumulativeActivity
from .buckets import SECONDS_PER_DAY

WHOLE = 1000
"""Factors are counted in thousandths."""


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


class EvenActivity:
    """Activity that is always the same, day and night: one working day's in every day."""

    def before(self, moment: int) -> int:
        """The activity in [1970, moment); `moment` is in Unix seconds, UTC."""
        return moment * UNITS_PER_DAY // SECONDS_PER_DAY
