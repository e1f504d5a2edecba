"""How a cause shows in the days: new, gone, a price, a spike, a drift or a step. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from ..levels import Jump, Season
from ..periods import day_of
from ..prices import PricedRow, units_of
from .causes import CauseKind
from .contrasts import EventDays
from .timeline import Timeline

_STRAIGHT = 0.7
"""A line that misses the days by less than so much of what a new level misses them by is a drift."""
_LEAST_DRIFT = 6
"""Days; a rise that takes fewer looks like a step."""
_MOSTLY_PRICE = 0.6
"""Of the excess: if other unit prices explain as much, a cause is one of price."""


def kind_of(jump: Jump, season: Season, *, price_share: float) -> CauseKind:
    """The kind of a jump in the days of `season`; `price_share` is what other prices explain of it."""
    if jump.is_over:
        return CauseKind.SPIKE
    if not any(season.values[jump.start :]):
        return CauseKind.GONE
    if not any(season.values[: jump.start]):
        return CauseKind.NEW
    if price_share >= _MOSTLY_PRICE:
        return CauseKind.PRICE
    return CauseKind.DRIFT if _is_drift(jump, season) else CauseKind.STEP


def _is_drift(jump: Jump, season: Season) -> bool:
    """Whether a line from the usual level explains the days better than one new level."""
    places = range(jump.start, jump.end)
    if len(places) < _LEAST_DRIFT:
        return False
    weights = [season.weights[place] for place in places]
    rises = [season.values[place] / season.weights[place] - jump.usual for place in places]
    steps = [number + 1.0 for number in range(len(rises))]
    flat = _misses(rises, [1.0] * len(rises), weights)
    return _misses(rises, steps, weights) < _STRAIGHT * flat


def _misses(values: list[float], shape: list[float], weights: list[float]) -> float:
    """The sum of squared misses of the multiple of `shape` that fits `values` best."""
    rows = list(zip(values, shape, weights, strict=True))
    factor = sum(w * v * s for v, s, w in rows) / sum(w * s * s for _, s, w in rows)
    return sum(w * (v - factor * s) ** 2 for v, s, w in rows)


def price_share(rows: Iterable[PricedRow], days: EventDays, timeline: Timeline) -> float:
    """What other unit prices explain of what `rows` cost more, or less, on the days of an event than around.

    Zero where quantities are not known.
    """
    inside, around = set(days.inside), set(days.around)
    sums: defaultdict[object, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
    for row in rows:
        place = timeline.place_of(day_of(row.start_time))
        units, unit = units_of(row.quantity, row.quantity_unit)
        if unit is not None and units > 0 and row.amount_value is not None:
            at = 0 if place in inside else 2 if place in around else None
            if at is not None:
                found = sums[row.line_item, unit]
                found[at] += row.amount_value
                found[at + 1] += units
    by_price = by_volume = 0.0
    shares = len(inside) / len(around) if around else 0.0
    for amount, units, usual, usual_units in sums.values():
        if units and usual_units:
            at_usual_price = float(usual / usual_units * units)
            by_price += float(amount) - at_usual_price
            by_volume += at_usual_price - float(usual) * shares
    both = by_price + by_volume
    return by_price / both if both and by_price * both > 0 else 0.0
