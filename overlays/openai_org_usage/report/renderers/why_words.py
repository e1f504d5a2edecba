"""The section that says why the spend changed, in rows that all forms write down. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import attrs

from ...money import exact_sum
from ..changes import change
from ..explanation.causes import CauseKind, ChangeCause
from ..explanation.comparison import ChangeSize
from ..explanation.effects import Effects
from ..explanation.explanation import Explanation
from ..explanation.movers import Mover, Movers, MoversRest
from ..explanation.unusual_days import UnusualDay
from ..periods import Period
from ..view import Section, View

HEADING = "Why it changed"
MOVERS = 5
"""How many entries a table of movers shows."""
UNUSUAL_DAYS = 8
"""How many days out of the ordinary are listed."""
_LEAST = 10_000
"""A part of the change that is smaller than one in so many is not shown."""
_EFFECTS = (
    "more or fewer units",
    "a shift to dearer or cheaper line items",
    "other prices",
    "line items that are new",
    "line items that are gone",
    "line items without quantities",
    "not broken down",
)
"""What the parts of the change are called, in the order of `Effects`."""
_MOVING = ("project_id", "model", "api_key_id")
"""The dimensions that have a table; JSON has all."""
_KINDS = {
    CauseKind.SPIKE: "for a time",
    CauseKind.STEP: "a new level",
    CauseKind.DRIFT: "from day to day",
    CauseKind.PRICE: "a new price",
    CauseKind.NEW: "new",
    CauseKind.GONE: "gone",
}


def is_in_full(explanation: Explanation, period: Period, view: View) -> bool:
    """Whether there is more to show people than that nothing stands out, or they asked for this section.

    There is more if the change is not small, or has a cause, or a day of `period` is out of the ordinary.
    """
    is_large = explanation.size not in (ChangeSize.SAME, ChangeSize.SLIGHT)
    stands_out = is_large or explanation.causes or unusual_days(explanation, period)
    return bool(stands_out) or view.singles_out(Section.WHY)


def cause_days(cause: ChangeCause) -> str:
    """How it shows, and when: such as `a new level, since 12 Nov` or `for some days, 3 to 5 Nov`."""
    kind = _KINDS[cause.kind]
    if cause.began is None:
        return kind if cause.ended is None else f"{kind}, until {_day(cause.ended)}"
    if cause.ended is None:
        return f"{kind}, since {_day(cause.began)}"
    if cause.began == cause.ended:
        return f"{kind}, on {_day(cause.began)}"
    is_one_month = cause.began.replace(day=1) == cause.ended.replace(day=1)
    first = f"{cause.began.day}" if is_one_month else _day(cause.began)
    return f"{kind}, {first} to {_day(cause.ended)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def effects(explanation: Explanation) -> Iterator[tuple[str, Decimal]]:
    """The parts of the change, with what they are called; without those too small to be seen beside it."""
    least = explanation.by.copy_abs() / _LEAST
    return ((name, amount) for name, amount in every_effect(explanation) if amount.copy_abs() > least)


def every_effect(explanation: Explanation) -> Iterator[tuple[str, Decimal]]:
    """All parts of the change, which add up to it, with what they are called."""
    return zip(_EFFECTS, _amounts(explanation.effects), strict=True)


def _amounts(found: Effects) -> tuple[Decimal, ...]:
    return (
        found.volume,
        found.mix,
        found.price,
        found.new,
        found.gone,
        found.unmeasured,
        found.difference,
    )


def movers(explanation: Explanation) -> Iterator[Movers]:
    """What moved, by the dimensions that have a table: a few entries, and the rest as one."""
    found = {each.dimension: each for each in explanation.movers}
    yield from (_first(found[dimension]) for dimension in _MOVING if dimension in found)


def unusual_days(explanation: Explanation, period: Period) -> list[UnusualDay]:
    """Those of `period` that are furthest from the usual, in order."""
    inside = [day for day in explanation.unusual_days if day.day in period]
    furthest = sorted(inside, key=lambda day: day.distance, reverse=True)[:UNUSUAL_DAYS]
    return sorted(furthest, key=lambda day: day.day)


def _first(found: Movers) -> Movers:
    # A rest of one takes the same room as the entry itself.
    hidden = found.entries[MOVERS:] if len(found.entries) > MOVERS + 1 or found.rest else ()
    if not hidden:
        return found
    parts: list[Mover | MoversRest] = [*hidden, *([found.rest] if found.rest else [])]
    amount = exact_sum(part.amount for part in parts)
    before = exact_sum(part.change.before for part in parts)
    count = len(hidden) + (found.rest.count if found.rest else 0)
    rest = MoversRest(count, amount, change(amount, before))
    return attrs.evolve(found, entries=found.entries[:MOVERS], rest=rest)
