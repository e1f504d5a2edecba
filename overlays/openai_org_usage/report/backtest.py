"""How far the forecast may miss: as far as it missed when it is tried on the past. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

from .seasonality import WEEK, Past, expect

FIRST_TRIAL = 2 * WEEK
"""Days that must be known before the first trial."""
LEVEL_OVER = 4 * WEEK
"""Days that misses are measured against, so that those of a smaller past count in proportion."""
WINDOWS = 3
"""Trials that do not overlap, at least; a longer distance is extrapolated from shorter ones."""

# Quantiles 0.9 of Student's t for 1, 2, … degrees of freedom: four results in five lie within ± that.
_STUDENT = ("3.078", "1.886", "1.638", "1.533", "1.476", "1.440", "1.415", "1.397", "1.383", "1.372")
_NORMAL = Decimal("1.2816")


class Trials:
    """The forecast tried on each day of the past, from the first with two weeks before it."""

    def __init__(self, past: Past, *, furthest: int) -> None:
        self._past = past
        self._level = _level(past.amounts)
        self._misses = [
            _misses(past, day, furthest)
            for day in range(FIRST_TRIAL, len(past))
            if _level(past.amounts[:day]) > 0
        ]

    def tried_distance(self, distance: int) -> int:
        """The longest distance up to `distance` that the past has enough trials of; 0 if there is none."""
        return min(distance, (len(self._past) - FIRST_TRIAL) // WINDOWS)

    def reach(self, distance: int) -> Decimal | None:
        """The amount that the sum of the next `distance` days is off by at most, four times in five.

        The root mean square of the misses, times Student's t for as few trials as do not overlap.
        Beyond the longest distance tried it grows in proportion. None if nothing could be tried, or if
        the last four weeks cost nothing.
        """
        tried = self.tried_distance(distance)
        misses = [trial[tried - 1] for trial in self._misses if tried <= len(trial)]
        if tried < 1 or not misses or self._level <= 0:
            return None
        typical = (sum((miss * miss for miss in misses), Decimal(0)) / len(misses)).sqrt()
        windows = Decimal(len(misses) + tried - 1) / tried
        factor = _student(windows) * (1 + 1 / windows).sqrt()
        return typical * self._level * factor * distance / tried


def _misses(past: Past, day: int, furthest: int) -> list[Decimal]:
    """By how many average days the sum of the next 1, 2, … days was off, forecast on the `day`th."""
    after = past.amounts[day : day + furthest]
    level = _level(past.amounts[:day])
    pairs = zip(after, expect(past.learned(day), len(after)), strict=True)
    return list(accumulate((actual - expected) / level for actual, expected in pairs))


def _level(past: Sequence[Decimal]) -> Decimal:
    recent = past[-LEVEL_OVER:]
    return sum(recent, Decimal(0)) / len(recent)


def _student(freedom: Decimal) -> Decimal:
    """The quantile 0.9 for a number of degrees of freedom that need not be whole."""
    below = int(freedom)
    if below >= len(_STUDENT):
        return _NORMAL + (_NORMAL**3 + _NORMAL) / (4 * freedom)
    here, after = Decimal(_STUDENT[max(below, 1) - 1]), Decimal(_STUDENT[max(below, 1)])
    return here + (after - here) * max(freedom - below, Decimal(0))
