"""An amount beside that of the period before: by how much, and by how many percent. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

import attrs

from ..money import exact_sum

RATIO_PLACES = Decimal("0.000001")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_WHOLE = 50
"""Ratios with more digits before the point have none after it."""


@attrs.frozen
class AmountChange:
    """How an amount differs from the one before."""

    before: Decimal
    """Exact."""
    by: Decimal
    """Exact; positive if it has grown."""
    ratio: Decimal | None
    """`by` in parts of `before`, to six places: 0.25 is 25 % more. None where `before` is zero."""


def change(amount: Decimal, before: Decimal) -> AmountChange:
    """The change from `before` to `amount`."""
    by = less(amount, before)
    return AmountChange(before, by, ratio(by, before.copy_abs()))


def less(whole: Decimal, *parts: Decimal) -> Decimal:
    """`whole` without `parts`, exactly; a plain minus would round to 28 digits."""
    return exact_sum((whole, *(part.copy_negate() for part in parts)))


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` over `whole`, rounded half to even to six places; None for a `whole` of zero."""
    return quotient(part, whole, places=RATIO_PLACES) if whole else None


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """`ratio` where `whole` can be shared out; None for one of zero, or of credits beyond what was spent."""
    return ratio(part, whole) if whole > 0 else None


def quotient(part: Decimal, whole: Decimal, *, places: Decimal) -> Decimal:
    """`part` over `whole`, rounded half to even to `places` such as 0.01, and to sixty digits in all."""
    exact = _CONTEXT.divide(part, whole)
    return exact if exact.adjusted() > _WHOLE else exact.quantize(places, context=_CONTEXT)
