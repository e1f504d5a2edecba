"""What the JSON form of a report has in many places: amounts, changes, periods. Pure."""

from __future__ import annotations

from decimal import Decimal

from .. import formatting
from ..changes import AmountChange
from ..periods import Period

Json = dict[str, object]
"""An object, as `json.dumps` takes it."""


def change_values(change: AmountChange | None) -> Json | None:
    """A change; None where nothing is compared."""
    if change is None:
        return None
    return {
        "before": formatting.plain(change.before),
        "by": formatting.plain(change.by),
        "ratio": digits(change.ratio),
    }


def period_values(period: Period) -> Json:
    """A period, whose end is not part of it."""
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "days": period.days}


def digits(value: Decimal | None) -> str | None:
    """All digits of an amount or ratio; None if it is not known."""
    return None if value is None else formatting.plain(value)
