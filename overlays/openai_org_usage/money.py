"""Exact sums of money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact
from typing import Protocol, TypeAlias, TypeGuard

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


class Amount(Protocol):
    """An amount of money."""

    @property
    def value(self) -> Decimal | None: ...
    @property
    def currency(self) -> str | None: ...


class HasAmountObject(Protocol):
    """A result of costs."""

    @property
    def amount(self) -> Amount | None: ...


class HasResults(Protocol):
    """A bucket of costs."""

    @property
    def results(self) -> Iterable[HasAmountObject]: ...


Costs: TypeAlias = HasAmount | HasAmountObject | HasResults


def sum_amounts(costs: Iterable[Costs]) -> dict[str, Decimal]:
    """The sums of money in `costs`, exact, by currency (lower-case ISO 4217).

    `costs` are rows, results or buckets of costs, or a query for them. One without an amount counts as
    no amount, not as zero: it adds no currency.

    Raises:
        ValueError: an amount has no currency; it cannot be added to anything.
        TypeError: these are no costs.
    """
    totals: dict[str, Decimal] = {}
    for value, currency in _amounts(costs):
        if not currency:
            raise ValueError(f"the amount {value} has no currency")
        so_far = totals.get(currency.lower(), Decimal(0))
        totals[currency.lower()] = _EXACT.add(so_far, value)
    return totals


def _amounts(costs: Iterable[object]) -> Iterator[tuple[Decimal, str | None]]:
    """Value and currency of each amount."""
    for item in costs:
        if _is_row(item):
            if item.amount_value is not None:
                yield item.amount_value, item.amount_currency
        elif _is_result(item):
            if item.amount is not None and item.amount.value is not None:
                yield item.amount.value, item.amount.currency
        elif _is_bucket(item):
            yield from _amounts(item.results)
        else:
            raise TypeError(
                "sum_amounts takes rows, results or buckets of costs, such as client.costs(...).rows(); "
                f"{type(item).__name__} has no amount"
            )


def _is_row(item: object) -> TypeGuard[HasAmount]:
    return hasattr(item, "amount_value")


def _is_result(item: object) -> TypeGuard[HasAmountObject]:
    return hasattr(item, "amount")


def _is_bucket(item: object) -> TypeGuard[HasResults]:
    return hasattr(item, "results")
