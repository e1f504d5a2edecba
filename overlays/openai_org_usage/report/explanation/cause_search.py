"""Finding the causes of a change: what left its usual level, and the narrowest slice that explains it. Pure.

`docs/report.md` has the rule. In short: each slice of the costs is followed over the days; where its level
jumps by an amount that matters beside what usually varies, the slice that explains the jump best is a cause.
Its part is taken off, and the search goes on in what is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import mul

import attrs

from ...money import exact_sum
from ..changes import AmountChange, change, ratio
from ..cost_cells import CostCells
from ..estimates import rounded
from ..ledger import Key
from ..levels import Jump, Levels, Season
from ..periods import DAY
from .cause_kinds import kind_of, price_share
from .causes import ChangeCause, Subject
from .comparison import PeriodComparison
from .contrasts import Contrast, Contrasts, EventDays, best_slice, common_part
from .key_series import KeySeries
from .slices import API_KEY, CellCosts, Slice, project_of, with_key
from .timeline import Timeline

MOST_CAUSES = 4
"""How many are named."""
LEAST_SHARE = 0.02
"""Of what the period before cost: less is no cause."""
LEAST_NOISES = 2.75
"""How many times what usually varies between two such periods a cause must explain."""
_LEAST_CELL = 0.002
"""Of all costs: smaller cells are not looked at by themselves."""
_LEAST_NOISE = 0.05
"""Of the noise of all costs: no cell is more regular than that."""
_ROUNDS = 12
"""How many events are looked at, causes or not."""
_MOST = 0.5
"""Of an event's part of the change: a slice's own jump that is as much is that event."""
_ALMOST = 0.7
_MUCH_HIGHER = 1.5
"""A step is named rather than an earlier one if it adds so much of what that adds, and is so much higher."""
_NEAR = 3
"""Days that the same event may begin earlier or later in one slice than in another."""


@attrs.frozen
class LevelEvent:
    """A jump of a slice's level, and what it adds to the change."""

    slice: Slice
    jump: Jump
    days: EventDays
    effect: float


@attrs.define
class CauseSearch:
    """The search in one currency; `series` are what is left of the cells after the causes found so far."""

    timeline: Timeline
    costs: CellCosts
    keys: Mapping[Key, Mapping[date, Decimal]]
    """Costs by API key, where they are not estimates."""
    total: AmountChange
    """Of the spend."""
    series: list[list[float]]
    scale: Decimal
    """What amounts are measured in while searching."""
    _levels: dict[frozenset[int], Levels] = attrs.field(factory=dict[frozenset[int], Levels], init=False)
    _seasons: dict[int, Season] = attrs.field(factory=dict[int, Season], init=False)

    def causes(self) -> tuple[ChangeCause, ...]:
        """The causes, those that explain most money first."""
        self._take_off_common()
        found: list[ChangeCause] = []
        for _ in range(_ROUNDS):
            event = self._largest(self._slices[1:])
            if event is None or len(found) == MOST_CAUSES:
                break
            contrasts = self._contrasts(event.days)
            best = self._seen_in(best_slice(self._slices[1:], contrasts) or event.slice, event)
            if abs(best.effect) >= self._least:
                found.extend(self._cause(best))
            self._take_off(best)
        return tuple(sorted(found, key=lambda cause: cause.amount.copy_abs().copy_negate()))

    def _take_off_common(self) -> None:
        """Go on as if what happened to all alike had not."""
        for _ in range(_ROUNDS):
            event = self._largest(self._slices[:1])
            if event is None:
                return
            common = common_part(self._contrasts(event.days).values())
            if not common:
                return
            for cell in self._cells:
                season = self._season_of(cell)
                usual = season.level_at(event.days.around)
                for place in range(event.jump.start, event.jump.end):
                    self.series[cell][place] -= common * usual * season.weights[place]
            self._forget(self._cells)

    def _largest(self, slices: Sequence[Slice]) -> LevelEvent | None:
        """The jump that adds most to the change; of a staircase, its highest step, if that is most of it."""
        event = max(self._events(slices), key=lambda each: abs(each.effect), default=None)
        if event is None:
            return None
        least = _ALMOST * event.effect**2
        steps = (
            each
            for each in self._jumps_of(event.slice)
            if each.jump.is_over == event.jump.is_over and each.effect * event.effect >= least
        )
        highest = max(steps, key=lambda each: each.jump.height)
        return highest if highest.jump.height > _MUCH_HIGHER * event.jump.height else event

    @cached_property
    def _signs(self) -> list[float]:
        return self.timeline.signs()

    @cached_property
    def _all(self) -> Season:
        return Season([sum(day) for day in zip(*self.series, strict=True)], is_daily=self.timeline.is_daily)

    @cached_property
    def _least(self) -> float:
        """What a cause must add to the change, at least."""
        noise = self._all.noise * math.sqrt(sum(sign * sign for sign in self._signs))
        return max(LEAST_NOISES * noise, LEAST_SHARE * abs(float(self.total.before / self.scale)))

    @cached_property
    def _cells(self) -> frozenset[int]:
        """Those that are large enough."""
        whole = sum(map(abs, self._all.values))
        sizes = (sum(map(abs, values)) for values in self.series)
        return frozenset(cell for cell, size in enumerate(sizes) if size > _LEAST_CELL * whole)

    @cached_property
    def _slices(self) -> tuple[Slice, ...]:
        """All costs, and what they can be divided into."""
        return self.costs.slices(large=self._cells)

    @cached_property
    def _sizes(self) -> list[float]:
        """What each cell cost in both periods: none adds more to the change."""
        return [sum(map(abs, map(mul, values, self._signs))) for values in self.series]

    def _levels_of(self, one: Slice) -> Levels:
        if one.cells not in self._levels:
            days = zip(*(self.series[cell] for cell in one.cells), strict=True)
            self._levels[one.cells] = Levels([sum(day) for day in days], is_daily=self.timeline.is_daily)
        return self._levels[one.cells]

    def _events(self, slices: Sequence[Slice]) -> Iterator[LevelEvent]:
        """The jumps that matter, of `slices`."""
        for one in slices:
            if sum(self._sizes[cell] for cell in one.cells) >= self._least:
                yield from (each for each in self._jumps_of(one) if abs(each.effect) >= self._least)

    def _jumps_of(self, one: Slice) -> Iterator[LevelEvent]:
        """All jumps of a slice."""
        since = 0
        for jump in self._levels_of(one).jumps():
            yield self._event(one, jump, since=since)
            since = since if jump.is_over else jump.start

    def _event(self, one: Slice, jump: Jump, *, since: int) -> LevelEvent:
        days = EventDays.of(jump, places=self.timeline.places, since=since)
        return LevelEvent(one, jump, days, self._effect(self._levels_of(one), jump))

    def _effect(self, levels: Levels, jump: Jump) -> float:
        """What the days of a jump cost beyond the usual, less those of the period before.

        Spikes within what goes on are causes of their own.
        """
        values = levels.values if jump.is_over else levels.without_spikes()
        return sum(
            self._signs[place] * (values[place] - jump.usual * levels.weights[place])
            for place in range(jump.start, jump.end)
        )

    def _contrasts(self, days: EventDays) -> Contrasts:
        least = _LEAST_NOISE * self._all.noise
        return {cell: Contrast.of(self._season_of(cell), days, least_noise=least) for cell in self._cells}

    def _season_of(self, cell: int) -> Season:
        if cell not in self._seasons:
            self._seasons[cell] = Season(self.series[cell], is_daily=self.timeline.is_daily)
        return self._seasons[cell]

    def _seen_in(self, one: Slice, event: LevelEvent) -> LevelEvent:
        """The event as the days of `one` show it: in its own jump then, if that is most of it."""
        levels = self._levels_of(one)
        usual, level = levels.level_at(event.days.around), levels.level_at(event.days.inside)
        jump = attrs.evolve(event.jump, usual=usual, level=level)
        seen = LevelEvent(one, jump, event.days, self._effect(levels, jump))
        own = max(
            self._jumps_within(one, event.jump), key=lambda each: each.effect * seen.effect, default=seen
        )
        return own if own.effect * seen.effect >= _MOST * seen.effect**2 else seen

    def _jumps_within(self, one: Slice, jump: Jump) -> Iterator[LevelEvent]:
        """The jumps of a slice at the time of another jump."""
        for event in self._jumps_of(one):
            if jump.start - _NEAR <= event.jump.start < jump.end:
                yield event

    def _key_of(self, event: LevelEvent) -> str | None:
        """The API key that the event is of, where one key alone explains what several together cost."""
        around = project_of(event.slice, self._slices)
        whole, project = (self._levels_of(one) for one in (event.slice, around))
        return self._keys.alone(whole, project, event.days, least_noise=_LEAST_NOISE * self._all.noise)

    @cached_property
    def _keys(self) -> KeySeries:
        return KeySeries(self.keys, self.timeline, self.scale)

    def _take_off(self, event: LevelEvent) -> None:
        """Go on as if the days of the event had been usual in its slice."""
        spikes = frozenset[int]() if event.jump.is_over else self._levels_of(event.slice).spike_places()
        for cell in event.slice.cells:
            season = self._season_of(cell)
            usual = season.level_at(event.days.around)
            beyond = season.level_at([place for place in event.days.inside if place not in spikes]) - usual
            for place in range(event.jump.start, event.jump.end):
                weight = season.weights[place]
                is_apart = place in spikes
                self.series[cell][place] = (
                    season.values[place] - beyond * weight if is_apart else usual * weight
                )
        self._forget(event.slice.cells)

    def _forget(self, cells: frozenset[int]) -> None:
        for changed in [each for each in self._levels if each & cells]:
            del self._levels[changed]
        for cell in cells:
            self._seasons.pop(cell, None)

    def _cause(self, event: LevelEvent) -> Iterator[ChangeCause]:
        """The event as a cause, if there is anything to name."""
        subjects = with_key(event.slice.subjects, self._key_of(event))
        if not subjects:
            return
        jump, cells = event.jump, event.slice.cells
        share = price_share(self.costs.rows(cells), event.days, self.timeline)
        amount = rounded(Decimal(event.effect) * self.scale)
        changed, now = self._compared(subjects, cells)
        yield ChangeCause(
            subjects,
            kind_of(jump, self._levels_of(event.slice), price_share=share),
            self.timeline.day_at(jump.start) if jump.start else None,
            self.timeline.day_at(jump.end) - DAY if jump.is_over else None,
            amount,
            ratio(amount, self.total.by),
            changed,
            now,
        )

    def _compared(self, subjects: tuple[Subject, ...], cells: frozenset[int]) -> tuple[AmountChange, Decimal]:
        """The exact change of what is named, and what it cost now."""
        periods = self.timeline.period, self.timeline.before
        if len(subjects) == 1 and subjects[0].dimension == API_KEY:
            days = self.keys[subjects[0].key]
            now, before = (exact_sum(days[day] for day in days if day in period) for period in periods)
        else:
            now, before = (self.costs.amount(cells, period) for period in periods)
        return change(now, before), now


def find_causes(
    cells: CostCells, keys: Mapping[Key, Mapping[date, Decimal]], compared: PeriodComparison
) -> tuple[ChangeCause, ...]:
    """The causes of a change, from costs by line item and project of the days compared, and of those before.

    `keys` are costs by API key; empty where they are not known.
    """
    costs = CellCosts.of(cells, currency=compared.currency)
    days = [day for known in costs.days for day in known if day < compared.period.end]
    scale = max((abs(amount) for known in costs.days for amount in known.values()), default=Decimal(0))
    if not days or not scale:
        return ()
    timeline = Timeline.of(compared.period, compared.before, first=min(days))
    series = costs.series(timeline, scale=scale)
    return CauseSearch(timeline, costs, keys, compared.total, series, scale).causes()
