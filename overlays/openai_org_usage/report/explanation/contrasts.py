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
_PER_SMALL_CELL = 3.0
"""The same for each cell that is too small to be looked at."""
_TIE = 0.01
"""Of what the best slice explains: slices that explain that much less are as good."""
_AT_LEAST = 5.0
"""The same as a multiple of the variance."""
_MANY_CELLS = 8
"""With fewer cells nothing is said of all alike."""
_LEAST_COMMON = 0.02
_CLEAR = 25.0
"""What a key must explain by itself, as a multiple of its variance."""
_ABOUT = 0.15
"""Of the excess of a slice: a key with that much more or less has all of it."""
_HARDLY_ANY = 0.08
"""Of what a slice usually costs: a rest that small tells nothing."""
_USUAL = 0.35
"""Of the proportion in which a key changed: a rest that changed in less stayed as usual."""
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

    A slice explains it if all of its cells changed in the same proportion, or if each of them clearly
    changed; cells outside are taken to be as usual.
    """
    found = [(one, _explained(one, contrasts)) for one in slices]
    best = max((explained for _, explained in found), default=0.0)
    if best <= 0:
        return None
    return next(one for one, explained in found if explained >= best - max(_AT_LEAST, _TIE * best))


def common_part(contrasts: Iterable[Contrast]) -> float:
    """By what part of the usual three cells in four changed at least, in one direction; zero if they did not.

    What happened to all alike, such as a holiday, is no cause that can be named.
    """
    ratios = sorted(each.excess / each.usual for each in contrasts if each.usual > 0)
    if len(ratios) < _MANY_CELLS:
        return 0.0
    low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
    common = max(low, 0.0) + min(high, 0.0)
    return common if abs(common) >= _LEAST_COMMON else 0.0


def is_alone(part: Contrast, whole: Contrast, *, project: Contrast) -> bool:
    """Whether all that `whole` cost beyond the usual is of `part`, and nothing of the rest of its project.

    Of a part that is nearly all of its project, or of a whole that is new, this cannot be told.
    """
    if part.excess**2 < _CLEAR * part.variance or not whole.usual > 0 < project.usual:
        return False
    if abs(part.excess - whole.excess) > _ABOUT * abs(whole.excess):
        return False
    rest = whole.usual - part.usual
    if rest > _HARDLY_ANY * whole.usual and part.usual > 0:
        return abs(whole.excess - part.excess) / rest < _USUAL * abs(part.excess) / part.usual
    return part.usual <= (1 - _HARDLY_ANY) * project.usual


def _explained(one: Slice, contrasts: Contrasts) -> float:
    """By how much the sum of squared misses falls, in variances, if the slice is what changed."""
    cells = [contrasts[number] for number in one.cells if number in contrasts]
    alone = sum(min(each.excess**2 / each.variance, _CAP) - _PER_CELL for each in cells)
    unseen = _PER_SMALL_CELL * (len(one.cells) - len(cells))
    by_usual = sum(each.usual**2 / each.variance for each in cells)
    if by_usual <= 0:
        return alone - unseen
    factor = sum(each.usual * each.excess / each.variance for each in cells) / by_usual
    together = sum(
        min(each.excess**2 / each.variance, _CAP)
        - min((each.excess - factor * each.usual) ** 2 / each.variance, _CAP)
        for each in cells
    )
    return max(alone, together - _PER_CELL) - unseen
