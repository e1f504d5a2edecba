"""One case of costs that a budget is judged by: what came, what is asked, and what must be said."""

from __future__ import annotations

from typing import Any

import attrs

from .ledgers import Days, cost, every_day

WITHIN, EXPECTED, EXCEEDED, NO_VERDICT, BAD_ANSWER, TOO_LONG_AGO = 0, 30, 31, 32, 26, 22
NET = "Amounts are net: credits of "
SEVERAL = "The costs are in several currencies"
TEN = every_day(cost("10"))
"""Ten dollars a day: 200 in the month so far, and 300 expected."""


@attrs.frozen
class Case:
    """What came, what is asked, and what is said."""

    what: str
    days: Days
    code: int
    says: tuple[str, ...] = ()
    """In the line of `budget`, or its error."""
    options: str = attrs.field(default="--limit 500", kw_only=True)
    notes: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """In the report."""
    incomplete: str | None = attrs.field(default=None, kw_only=True)
    """What the report says is in no sum."""
    report: int = attrs.field(default=0, kw_only=True)
    """The exit code of `report`."""
    keeps: int = attrs.field(default=365, kw_only=True)
    today: bool = attrs.field(default=False, kw_only=True)
    """Whether the report is of today, and not of the month's complete days."""


def today(*results: Any) -> Days:
    """Costs of today alone."""
    return {0: results}
