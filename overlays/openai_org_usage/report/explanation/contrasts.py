"""What changed where: each cell on the days of an event beside the usual days around it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from ..levels import Jump, Season
from .slices import Slice

_AROUND = 28
"""Days before an event, and after it, that say what is usual."""
_PER_CELL = 9.0
"""What a cell must explain, as a multiple of its variance, to be taken for changed by itself."""
_TIE = 0.03
"""Of what the best slice explains: slices that explain that much less are as good."""
_AT_LEAST = 6.0
"""The same as a multiple of the variance."""
_CAP = 400.0
"""What one cell explains at most, so that no small cell decides by its regularity."""


@attrs.frozen
class EventDays:
    """The places of an event, and the usual ones around it."""

    inside: range
    around: tuple[int, ...]

    @classmethod
    def of(cls, jump: Jump, *, places: int, since: int = 0) -> EventDays:
        """The days of `jump`, where the level jumped the time before at `since`."""
        end = jump.end if jump.is_over else min(jump.end, places)
        before = range(max(since, jump.start - _AROUND), jump.start)
        after = range(end, min(places, end + _AROUND)) if jump.is_over else range(0)
        return cls(range(jump.start, end), (*before, *after))


@attrs.frozen
class Contrast:
    """One series on the days of an event."""

    excess: float
    """What it cost beyond the usual."""
    usual: float
    """What it would have cost."""
    variance: float
    """Of the excess, if nothing had happened."""

    @classmethod
    def of(cls, season: Season, days: EventDays, *, least_noise: float) -> Contrast:
        """The contrast of a series; `least_noise` is that of an average day."""
        weights = season.weights
        around = sum(weights[place] for place in days.around)
        inside = sum(weights[place] for place in days.inside)
        level = sum(season.values[place] for place in days.around) / around if around else 0.0
        noise = max(season.noise if level else 0.0, least_noise)
        variance = noise * noise * (inside + (inside * inside / around if around else 0.0))
        return cls(
            sum(season.values[place] for place in days.inside) - level * inside, level * inside, variance
        )


Contrasts: TypeAlias = Mapping[int, Contrast]
"""By the number of the cell."""


def best_slice(slices: Iterable[Slice], contrasts: Contrasts) -> Slice | None:
    """The slice that explains the event best; the first of those that are as good.

    A slice explains it if all of its cells changed in the same proportion, or if each of them clearly changed;
    cells outside are taken to be as usual.
    """
    found = [(one, _explained(one, contrasts)) for one in slices]
    best = max((explained for _, explained in found), default=0.0)
    if best <= 0:
        return None
    return next(one for one, explained in found if explained >= best - max(_AT_LEAST, _TIE * best))


def _explained(one: Slice, contrasts: Contrasts) -> float:
    """By how much the sum of squared misses falls, in variances, if the slice is what changed."""
    cells = [contrasts[number] for number in one.cells]
    alone = sum(min(each.excess**2 / each.variance, _CAP) - _PER_CELL for each in cells)
    by_usual = sum(each.usual**2 / each.variance for each in cells)
    if by_usual <= 0:
        return alone
    factor = sum(each.usual * each.excess / each.variance for each in cells) / by_usual
    together = sum(
        min(each.excess**2 / each.variance, _CAP)
        - min((each.excess - factor * each.usual) ** 2 / each.variance, _CAP)
        for each in cells
    )
    return max(alone, together - _PER_CELL)
