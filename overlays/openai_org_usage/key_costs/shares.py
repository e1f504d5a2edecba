"""Exact shares of an amount of money: they add up to it to the last digit. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction

_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
_DIGITS = 16
"""How many digits a share is worked out to at least, counted from the first of the amount."""
_PLACES = 30
"""How many digits after the point shares have at most, as the API's amounts do; more if the amount has."""


def shares_of(amount: Decimal, weights: Sequence[Fraction | int]) -> list[Decimal]:
    """`amount` in proportion to `weights`, of which none is negative and one at least is above zero.

    Shares are rounded towards zero, and what is left goes in steps of the last digit to those that lost the
    most by it, the first of them where they lost the same. So a negative amount has the shares of the
    positive one, negated.
    """
    if not amount:
        return [Decimal(0)] * len(weights)
    scale = math.lcm(*(weight.denominator for weight in weights))
    parts = [int(weight * scale) for weight in weights]
    step = _step(amount)
    units, whole = int(amount.copy_abs().scaleb(-step, _EXACT)), sum(parts)
    divided = [divmod(units * part, whole) for part in parts]
    left = units - sum(quotient for quotient, _ in divided)
    by_loss = sorted(range(len(parts)), key=lambda place: -divided[place][1])
    raised = set(by_loss[:left])
    sign = -1 if amount < 0 else 1
    return [
        Decimal(sign * (quotient + (place in raised))).scaleb(step, _EXACT)
        for place, (quotient, _) in enumerate(divided)
    ]


def _step(amount: Decimal) -> int:
    """The exponent of the last digit of each share: never above the amount's own, so that they can add up."""
    own = amount.as_tuple().exponent
    if not isinstance(own, int):
        raise ValueError(f"{amount} has no shares")
    return min(own, max(amount.adjusted() - _DIGITS, -_PLACES))


__all__ = ["shares_of"]
