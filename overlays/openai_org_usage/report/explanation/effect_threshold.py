"""How much a jump must add to the change to be a cause: more than luck and slow drifts do. Pure.

Luck alone moves a project less than all costs, and a line item within a project less still. So a jump that
would be lost in the sum of all costs may be plain in the slice that it is in. What limits that is drift:
each slice wanders up and down over weeks, and the median of how far says what is usual here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from statistics import median

import attrs

from ..levels import Jump, Levels, Season
from .timeline import WEEK, Timeline

LEAST_SHARE = 0.02
"""Of what the period before cost: less is no cause."""
LEAST_NOISES = 2.75
"""How many times what all costs usually vary by between two such periods is always enough."""
LEAST_OWN_NOISES = 3.0
"""How many times what the slice usually varies and wanders by is enough as well."""
_SPREAD_OF_A_MEDIAN = 1.4826
"""The standard deviation of normal values that are 1 off in the median."""
_FEW = 2
_UNKNOWN_WANDERING = 0.2
"""Of the level, where there are too few weeks to tell."""


@attrs.frozen
class EffectThreshold:
    """What a jump must add to the change, by the slice that it is in."""

    signs: Sequence[float]
    """What each place adds to the change."""
    floor: float
    """`LEAST_SHARE` of the period before."""
    of_all: float
    """`LEAST_NOISES` of all costs."""
    wandering: float
    """By what part of their level slices usually change from one fortnight to the next."""

    @classmethod
    def of(
        cls, everything: Season, cells: Iterable[Season], timeline: Timeline, *, before: float
    ) -> EffectThreshold:
        """The threshold of a search in all costs and their large cells; `before` is the period before."""
        signs = timeline.signs()
        fortnight = 2 * WEEK // timeline.days_each
        steps = [step for cell in cells for step in _steps(cell, fortnight)]
        return cls(
            signs,
            LEAST_SHARE * abs(before),
            LEAST_NOISES * everything.noise * math.sqrt(sum(sign * sign for sign in signs)),
            _SPREAD_OF_A_MEDIAN * median(steps) if len(steps) > _FEW else _UNKNOWN_WANDERING,
        )

    def is_within_reach(self, levels: Levels) -> bool:
        """Whether a jump of `levels` may add enough: much faster than to look for one.

        No consecutive days of a jump are further from the usual than those that are furthest from the median;
        where a jump has moved the median itself, they are half as far, at least.
        """
        days = zip(self.signs, levels.values, levels.weights, strict=True)
        beyond = (sign * (value - levels.usual * weight) for sign, value, weight in days)
        sums = list(accumulate(beyond, initial=0.0))
        return max(sums) - min(sums) >= self.floor / 2

    def least(self, season: Season, jump: Jump) -> float:
        """What a jump of the level of `season` must add; hardly anything if the level was about zero.

        The two periods wander each in its own way, so a jump that spans both is not surer of itself.
        """
        luck = season.variation * math.sqrt(sum(sign * sign for sign in self.signs))
        inside = [self.signs[place] * season.weights[place] for place in range(jump.start, jump.end)]
        now, before = sum(each for each in inside if each > 0), sum(each for each in inside if each < 0)
        drift = self.wandering * math.hypot(now, before)
        own = LEAST_OWN_NOISES * abs(jump.usual) * math.hypot(luck, drift)
        return max(self.floor, min(self.of_all, own))


def _steps(season: Season, places: int) -> Iterator[float]:
    """By what part of both the level differs between fortnights, one after the other."""
    ends = range(len(season.values), places - 1, -places)
    levels = [season.level_at(range(end - places, end)) for end in ends]
    for later, earlier in pairwise(levels):
        if later > 0 < earlier:
            yield abs(later - earlier) * 2 / (later + earlier)
