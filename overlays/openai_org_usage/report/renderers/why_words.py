"""The section that says why the spend changed, in rows that all forms write down. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from ...money import exact_sum
from ...printable import clean
from .. import formatting
from ..changes import change
from ..explanation.causes import CauseKind, ChangeCause, Subject
from ..explanation.effects import Effects
from ..explanation.explanation import Explanation
from ..explanation.movers import Mover, Movers, MoversRest
from ..explanation.unusual_days import UnusualDay
from ..periods import DAY, Period

HEADING = "Why it changed"
MOVERS = 5
"""How many entries a table of movers shows."""
UNUSUAL_DAYS = 8
"""How many days out of the ordinary are listed."""
NOTHING = "Nothing stands out: the change is made of what varies anyway."
_MOVING = ("project_id", "model", "api_key_id")
"""The dimensions that have a table; JSON has all."""
_KINDS = {
    CauseKind.SPIKE: "for some days",
    CauseKind.STEP: "a new level",
    CauseKind.DRIFT: "from day to day",
    CauseKind.PRICE: "a new price",
    CauseKind.NEW: "new",
    CauseKind.GONE: "gone",
}


def cause_name(cause: ChangeCause) -> str:
    """Such as `gpt-5-2025-08-07, output in Sandbox`."""
    return " in ".join(_called(subject) for subject in cause.subjects)


def cause_days(cause: ChangeCause) -> str:
    """How it shows, and when: such as `a new level, since 12 Nov` or `for some days, 3-5 November 2026`."""
    kind = _KINDS[cause.kind]
    if cause.began is None:
        return kind if cause.ended is None else f"{kind}, until {formatting.day(cause.ended)}"
    if cause.ended is None:
        return f"{kind}, since {formatting.day(cause.began)}"
    return f"{kind}, {formatting.span(Period(cause.began, cause.ended + DAY))}"


def effects(found: Effects) -> Iterator[tuple[str, Decimal]]:
    """Each part of the change that is not zero, with what it is called."""
    yield from (
        (name, amount)
        for name, amount in (
            ("more or fewer units", found.volume),
            ("dearer or cheaper line items", found.mix),
            ("other prices", found.price),
            ("line items that are new", found.new),
            ("line items that are gone", found.gone),
            ("line items without quantities", found.unmeasured),
            ("not broken down", found.difference),
        )
        if amount
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


def _called(subject: Subject) -> str:
    name = subject.label.shown_name or subject.key
    aside = f" ({clean(subject.label.id_end)})" if subject.label.id_end else ""
    return f"{clean(name)}{aside}"
