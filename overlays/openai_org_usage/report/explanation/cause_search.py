"""Finding the causes of a change: what left its usual level, and the narrowest slice that explains it. Pure.

`docs/report.md` has the rule. In short: each slice of the costs is followed over the days; where its level
jumps by an amount that matters beside what usually varies, the slice that explains the jump best is a cause.
Its part is taken off, and the search goes on in what is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Context, Decimal
from functools import cached_property

import attrs

from ..changes import AmountChange, change, ratio
from ..ledger import Key
from ..levels import Jump, Levels, Season
from ..periods import DAY, Period
from .causes import CauseKind, ChangeCause
from .contrasts import Contrast, EventDays, best_slice
from .slices import CellCosts, Slice
from .timeline import Timeline

MOST_CAUSES = 4
"""How many are named."""
LEAST_SHARE = 0.02
"""Of what the period before cost: less is no cause."""
LEAST_NOISES = 5.0
"""How many times what usually varies between two such periods a cause must explain."""
_LEAST_CELL = 0.002
"""Of all costs: smaller cells are not looked at by themselves."""
_LEAST_NOISE = 0.05
"""Of the noise of all costs: no cell is more regular than that."""
_NEAR = 3
"""Days that the same event may begin earlier or later in one slice than in another."""
_WIDE = Context(prec=400)
_WIDEST = 300
"""Estimates with more digits before the point have none after it."""


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
    _levels: dict[frozenset[int], Levels] = attrs.field(factory=dict, init=False)

    def causes(self) -> tuple[ChangeCause, ...]:
        """The causes, those that explain most money first."""
        found: list[ChangeCause] = []
        for _ in range(2 * MOST_CAUSES):
            event = max(self._events(), key=lambda each: abs(each.effect), default=None)
            if event is None or len(found) == MOST_CAUSES:
                break
            best = self._explained(event)
            if best.slice.subjects and abs(best.effect) >= self._least:
                found.append(self._cause(best))
            self._take_off(best)
        return tuple(sorted(found, key=lambda cause: cause.amount.copy_abs().copy_negate()))

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
    def _slices(self) -> tuple[Slice, ...]:
        whole = sum(map(abs, self._all.values))
        cells = [
            number for number, values in enumerate(self.series) if sum(map(abs, values)) > _LEAST_CELL * whole
        ]
        return self.costs.slices(cells)

    def _levels_of(self, one: Slice) -> Levels:
        if one.cells not in self._levels:
            days = zip(*(self.series[cell] for cell in one.cells), strict=True)
            self._levels[one.cells] = Levels([sum(day) for day in days], is_daily=self.timeline.is_daily)
        return self._levels[one.cells]

    def _events(self) -> Iterator[LevelEvent]:
        """The jumps that matter, of all slices."""
        for one in self._slices:
            since = 0
            for jump in self._levels_of(one).jumps():
                event = self._event(one, jump, since=since)
                if abs(event.effect) >= self._least:
                    yield event
                since = since if jump.is_over else jump.start

    def _event(self, one: Slice, jump: Jump, *, since: int) -> LevelEvent:
        levels = self._levels_of(one)
        days = EventDays.of(jump, places=self.timeline.places, since=since)
        effect = sum(
            self._signs[place]
            * ((levels.values[place] if jump.is_over else jump.level * weight) - jump.usual * weight)
            for place, weight in enumerate(levels.weights[jump.start : jump.end], start=jump.start)
        )
        return LevelEvent(one, jump, days, effect)

    def _explained(self, event: LevelEvent) -> LevelEvent:
        """The same event in the slice that explains it best."""
        contrasts = {
            cell: Contrast.of(
                Season(self.series[cell], is_daily=self.timeline.is_daily),
                event.days,
                least_noise=_LEAST_NOISE * self._all.noise,
            )
            for cell in frozenset().union(*(one.cells for one in self._slices))
        }
        best = best_slice(self._slices, contrasts) or event.slice
        return self._seen_in(best, event)

    def _seen_in(self, one: Slice, event: LevelEvent) -> LevelEvent:
        """The event as the days of `one` show it."""
        levels = self._levels_of(one)
        since = 0
        for jump in levels.jumps():
            is_same = (jump.level > jump.usual) == (event.jump.level > event.jump.usual)
            if is_same and abs(jump.start - event.jump.start) <= _NEAR and jump.is_over == event.jump.is_over:
                return self._event(one, jump, since=since)
            since = since if jump.is_over else jump.start
        around, inside = event.days.around, event.days.inside
        usual = levels.level_at(around)
        jump = attrs.evolve(event.jump, usual=usual, level=levels.level_at(inside))
        return attrs.evolve(self._event(one, jump, since=0), days=event.days)

    def _take_off(self, event: LevelEvent) -> None:
        """Go on as if the event had not happened."""
        stop = event.jump.end if event.jump.is_over else self.timeline.places
        for cell in event.slice.cells:
            season = Season(self.series[cell], is_daily=self.timeline.is_daily)
            excess = season.level_at(event.days.inside) - season.level_at(event.days.around)
            for place in range(event.jump.start, stop):
                self.series[cell][place] -= excess * season.weights[place]
        for cells in [cells for cells in self._levels if cells & event.slice.cells]:
            del self._levels[cells]

    def _cause(self, event: LevelEvent) -> ChangeCause:
        cells, jump = event.slice.cells, event.jump
        now = self.costs.amount(cells, self.timeline.period)
        changed = change(now, self.costs.amount(cells, self.timeline.before))
        amount = rounded(Decimal(event.effect) * self.scale)
        return ChangeCause(
            event.slice.subjects,
            CauseKind.SPIKE if jump.is_over else CauseKind.STEP,
            self.timeline.day_at(jump.start),
            self.timeline.day_at(jump.end) - DAY if jump.is_over else None,
            amount,
            ratio(amount, self.total.by),
            changed,
            now,
        )


def find_causes(
    costs: CellCosts,
    keys: Mapping[Key, Mapping[date, Decimal]],
    *,
    period: Period,
    before: Period,
    total: AmountChange,
) -> tuple[ChangeCause, ...]:
    """The causes of the change `total` from `before` to `period`, as `costs` and all days before show them."""
    days = [day for known in costs.days for day in known if day < period.end]
    amounts = [abs(amount) for known in costs.days for amount in known.values()]
    if not days or not max(amounts):
        return ()
    timeline = Timeline.of(period, before, first=min(days))
    scale = max(amounts)
    return CauseSearch(timeline, costs, keys, total, costs.series(timeline, scale=scale), scale).causes()


def rounded(amount: Decimal) -> Decimal:
    """An estimate, to the cent; below 1 to four digits."""
    if not amount or abs(amount.adjusted()) > _WIDEST:
        return amount
    places = 2 if abs(amount) >= 1 else 3 - amount.adjusted()
    return amount.quantize(Decimal(1).scaleb(-places), context=_WIDE)
