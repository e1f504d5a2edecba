"""At which level a daily series was when: where it jumped, and which jumps were taken back. Pure.

Each day is taken to be its weekday's usual share of a level that stays the same for a while. Where the level
changes is found by optimal partitioning: the fewest changes that explain the days, as each costs as much as
a clear miss. Every beginning of the series is partitioned on the way, so what was known on any day is known.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heappush, heapreplace
from itertools import accumulate, pairwise
from operator import mul
from statistics import fmean, median

import attrs

WEEK = 7
STRICTNESS = 4.0
"""What a change of the level must explain, as a multiple of the noise's variance and of the logarithm of the
days: rather a change too few than one too many."""
_FLAT = (1.0,) * WEEK
_WORKDAY = 0.5
"""Of an average day: days that cost less say little of the level."""
_MIN_FACTOR = 0.05
"""Of an average day: less is too small to divide by."""
_SPREAD_OF_A_DIFFERENCE = 1.4826 / math.sqrt(2)
"""The standard deviation of normal values whose neighbours differ by 1 in the median."""
_UNKNOWN_NOISE = 0.3
"""Of the level, where there are too few days to tell."""
_LEAST_NOISE = 0.02
"""Of the level: nothing is more regular than that."""
_FAR = 0.2
"""Of the furthest level of a spike: days nearer to the usual are no part of it."""
_LONGEST = 4 * WEEK
"""Days after which a jump is no longer taken back, but the next one."""
_RETURNED = 0.4
"""Of a jump: if less is left when it is over, it was taken back."""


@attrs.frozen
class Segment:
    """Consecutive days at one level, from the `start`th up to the `end`th, which is not part of it."""

    start: int
    end: int
    level: float
    """What an average day of the week costs."""

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.end - self.start


@attrs.frozen
class Jump:
    """A change of the level, from the `start`th day on."""

    start: int
    end: int
    """The day after the last at another level: where the series ends, if it goes on."""
    usual: float
    """The level that it left."""
    level: float
    """The level that it reached."""
    is_over: bool
    """Whether the level went back: a spike, or a dip; else a step."""

    @property
    def height(self) -> float:
        """By how much the level changed, up or down."""
        return abs(self.level - self.usual)


class Season:
    """The week of a daily series, the first day of which may be any weekday, and how much its days vary."""

    def __init__(self, values: Sequence[float], *, is_daily: bool = True) -> None:
        self.values = values
        factors = weekday_factors(values) if is_daily else _FLAT
        self.weights = [factors[day % WEEK] for day in range(len(values))]
        """What each day is of an average day."""
        self.noise = self._noise()
        """The standard deviation of an average day, as most days show it."""

    def level_at(self, places: Collection[int]) -> float:
        """The level of the days at `places`; zero if there are none."""
        weight = sum(self.weights[place] for place in places)
        return sum(self.values[place] for place in places) / weight if weight else 0.0

    def _noise(self) -> float:
        """From how much days differ from the day before, in parts of both: a jump is one such difference."""
        scaled = [value / weight for value, weight in zip(self.values, self.weights, strict=True)]
        usual = [day for day, weight in zip(scaled, self.weights, strict=True) if day and weight >= _WORKDAY]
        differences = [
            abs(day - before) * 2 / abs(day + before) for before, day in pairwise(usual) if day + before
        ]
        relative = _SPREAD_OF_A_DIFFERENCE * median(differences) if len(differences) > 2 else _UNKNOWN_NOISE
        return max(relative, _LEAST_NOISE) * abs(median(usual or [1.0])) or 1.0


class Levels(Season):
    """The levels that a daily series has had."""

    def __init__(
        self, values: Sequence[float], *, is_daily: bool = True, strictness: float = STRICTNESS
    ) -> None:
        super().__init__(values, is_daily=is_daily)
        weights = self.weights
        usual = [value / weight for value, weight in zip(values, weights, strict=True) if weight >= _WORKDAY]
        self._usual = median(usual) if usual else 0.0
        beyond = [value - self._usual * weight for value, weight in zip(values, weights, strict=True)]
        self._products = _running(map(mul, values, weights))
        self._weight_squares = _running(map(mul, weights, weights))
        self._squares = _running(map(mul, values, values))
        self._beyond = _running(beyond)
        self._beyond_squares = _running(map(mul, beyond, beyond))
        self._last_changes = self._partitioned(strictness * math.log(max(3, len(values))))

    def segments(self, known: int | None = None) -> list[Segment]:
        """The levels of all days, or of the first `known` as if no other were known."""
        end = len(self.values) if known is None else known
        found: list[Segment] = []
        while end > 0:
            start = self._last_changes[end]
            found.append(Segment(start, end, self._level(start, end)))
            end = start
        return found[::-1]

    def jumps(self, known: int | None = None) -> list[Jump]:
        """The changes of the level in order; those that were taken back lie within what they interrupt."""
        return list(_jumps(self.segments(known)))

    def spike_places(self) -> frozenset[int]:
        """The days whose level was taken back."""
        jumps = (jump for jump in self.jumps() if jump.is_over)
        return frozenset(place for jump in jumps for place in range(jump.start, jump.end))

    def without_spikes(self) -> list[float]:
        """The days, those whose level was taken back as they usually are."""
        values = list(self.values)
        for jump in self.jumps():
            if jump.is_over:
                for place in range(jump.start, jump.end):
                    values[place] = jump.usual * self.weights[place]
        return values

    def _level(self, start: int, end: int) -> float:
        """The level of the days from `start` up to `end`, as what explains them better has it."""
        in_proportion, added = self._missed(start, end)
        if added < in_proportion:
            return self._usual + (self._beyond[end] - self._beyond[start]) / (end - start)
        squares = self._weight_squares[end] - self._weight_squares[start]
        return (self._products[end] - self._products[start]) / squares

    def _missed(self, start: int, end: int) -> tuple[float, float]:
        """The squared misses of days that follow the week, and of days with the same amount in addition."""
        product = self._products[end] - self._products[start]
        weight = self._weight_squares[end] - self._weight_squares[start]
        beyond = self._beyond[end] - self._beyond[start]
        return (
            self._squares[end] - self._squares[start] - product * product / weight,
            self._beyond_squares[end] - self._beyond_squares[start] - beyond * beyond / (end - start),
        )

    def _partitioned(self, penalty: float) -> list[int]:
        """For each number of first days, where their last segment begins.

        The cost of a segment is the sum of squared misses, and each costs `penalty` variances more. One day
        more never makes it less. So what the days cost, by where the last segment begins, is at least what it
        was when that was last found, and is found anew only while that is the least.
        """
        each = penalty * self.noise * self.noise
        best, last = [-each], [0]
        candidates: list[tuple[float, int, int]] = []
        for end in range(1, len(self.values) + 1):
            heappush(candidates, (best[-1], end - 1, end - 1))
            least, start, until = candidates[0]
            while until < end:
                heapreplace(candidates, (best[start] + min(self._missed(start, end)), start, end))
                least, start, until = candidates[0]
            last.append(start)
            best.append(least + each)
        return last


def _running(values: Iterable[float]) -> list[float]:
    """The sums of the first none, one, two, … of `values`."""
    return list(accumulate(values, initial=0.0))


def weekday_factors(values: Sequence[float]) -> tuple[float, ...]:
    """What each weekday is of an average day, beginning with that of the first day: medians over all weeks.

    All are one where there are fewer than three weeks, or where most days cost nothing.
    """
    if len(values) < 3 * WEEK:
        return _FLAT
    shares: list[list[float]] = [[] for _ in _FLAT]
    for day, value in enumerate(values):
        start = max(0, min(day - WEEK // 2, len(values) - WEEK))
        week = sum(values[start : start + WEEK])
        if week > 0:
            shares[day % WEEK].append(WEEK * value / week)
    if not all(len(found) > 1 for found in shares):
        return _FLAT
    medians = [median(found) for found in shares]
    average = fmean(medians)
    return _FLAT if average <= 0 else tuple(max(each / average, _MIN_FACTOR) for each in medians)


def _jumps(segments: Sequence[Segment]) -> Iterator[Jump]:
    place = 0
    base = segments[0] if segments else None
    while base is not None and place + 1 < len(segments):
        back = _return(base.level, segments[place + 1 :])
        jump = segments[place + 1]
        if back is None:
            yield Jump(jump.start, segments[-1].end, base.level, jump.level, is_over=False)
            place, base = place + 1, jump
        else:
            inside = _far(segments[place + 1 : place + 1 + back], base.level)
            level = sum(each.level * each.days for each in inside) / sum(each.days for each in inside)
            yield Jump(inside[0].start, inside[-1].end, base.level, level, is_over=True)
            place += 1 + back
            after = segments[place]
            share = base.days / (base.days + after.days)
            base = Segment(base.start, after.end, share * base.level + (1 - share) * after.level)


def _far(segments: Sequence[Segment], base: float) -> Sequence[Segment]:
    """`segments` without those at both ends that are much nearer to `base` than the furthest."""
    least = _FAR * max(abs(each.level - base) for each in segments)
    far = [number for number, each in enumerate(segments) if abs(each.level - base) >= least]
    return segments[far[0] : far[-1] + 1]


def _return(base: float, later: Sequence[Segment]) -> int | None:
    """How many segments lie between a jump and the level's return to `base`; None if it does not return."""
    up = later[0].level > base
    for number, segment in enumerate(later):
        if segment.start - later[0].start > _LONGEST:
            return None
        if number and abs(segment.level - base) <= _RETURNED * abs(later[0].level - base):
            return number
        if (segment.level > base) != up:
            return None
    return None
