"""Rounding of estimates: they claim no digits that nobody knows. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

_WIDE = Context(prec=400)
_WHOLE = 300
"""Estimates with more digits before the point have none after it."""


def rounded(amount: Decimal, *, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """`amount` to the cent; below 1 to four digits."""
    if amount.adjusted() > _WHOLE:
        return amount
    places = 2 if abs(amount) >= 1 or not amount else 3 - amount.adjusted()
    return amount.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_WIDE)
