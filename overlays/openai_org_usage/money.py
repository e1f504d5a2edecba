"""Exact sums of money."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact
from typing import Protocol

_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
"""As many digits as a sum needs, and never a rounded one."""


class HasAmount(Protocol):
    """A row of costs."""

    @property
    def amount_value(self) -> Decimal | None: ...
    @property
    def amount_currency(self) -> str | None: ...


def exact_sum(values: Iterable[Decimal | int]) -> Decimal:
    """The sum without rounding; 30-digit amounts would be rounded by Decimal's default context."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, Decimal(value))
    return total


def sum_amounts(rows: Iterable[HasAmount]) -> dict[str, Decimal]:
    """The sums of money in `rows`, exact, by currency (lower-case ISO 4217).

    A row without an amount counts as no amount, not as zero: it adds no currency.

    Raises:
        ValueError: an amount has no currency; it cannot be added to anything.
    """
    totals: dict[str, Decimal] = {}
    for row in rows:
        if row.amount_value is not None:
            if not row.amount_currency:
                raise ValueError(f"the amount {row.amount_value} has no currency")
            so_far = totals.get(row.amount_currency, Decimal(0))
            totals[row.amount_currency] = _EXACT.add(so_far, row.amount_value)
    return totals
