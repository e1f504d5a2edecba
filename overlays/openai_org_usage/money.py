"""Exact sums of money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact
from functools import lru_cache
from typing import Protocol, TypeAlias, TypeGuard

_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
"""As many digits as a sum needs, and never a rounded one."""


class HasAmount(Protocol):
    """A row of costs."""

    @property
    def amount_value(self) -> Decimal | None: ...
    @property
    def amount_currency(self) -> str | None: ...


_NOTHING = Decimal(0)
_MANY_DECIMALS = 100


def exact_sum(values: Iterable[Decimal | int]) -> Decimal:
    """The sum without rounding; Decimal's default context would round amounts of more than 28 digits.

    It has no more digits than it needs: neither zeros such as `0E-6176` nor amounts that cancel each other
    leave thousands of zeros behind.
    """
    total, add = _NOTHING, _EXACT.add
    for value in values:
        if value:
            total = add(total, value) if total else Decimal(value)
    return _shortest(total)


def _added(total: Decimal, value: Decimal) -> Decimal:
    if not value:
        return total
    return _EXACT.add(total, value) if total else value


def _shortest(total: Decimal) -> Decimal:
    """`total`, without zeros at its end if it has more decimals than any amount that has been recorded."""
    exponent = total.as_tuple().exponent
    is_short = isinstance(exponent, int) and exponent > -_MANY_DECIMALS
    return total if is_short else total.normalize(_EXACT)


@lru_cache(maxsize=256)
def currency_of(text: str | None) -> str | None:
    """The currency that the API means by `text`: lower case, without blanks around; None if there is none."""
    return (text or "").strip().lower() or None


def currency_code(text: str) -> str | None:
    """The currency that somebody means by `text`, as `currency_of`; None unless it is three ASCII letters.

    What the API sends is taken as it is: `currency_of`.
    """
    code = text.strip()
    return code.lower() if len(code) == 3 and code.isascii() and code.isalpha() else None


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
        ValueError: an amount has no currency, or could not be read; it cannot be added to anything.
        TypeError: these are no costs.
    """
    totals: dict[str, Decimal] = {}
    for value, text in _amounts(costs):
        currency = currency_of(text)
        if currency is None:
            raise ValueError(f"the amount {value} has no currency")
        totals[currency] = _added(totals.get(currency, _NOTHING), value)
    return {currency: _shortest(total) for currency, total in totals.items()}


def _amounts(costs: Iterable[object]) -> Iterator[tuple[Decimal, str | None]]:
    """Value and currency of each amount."""
    if not hasattr(costs, "__iter__"):
        raise _no_costs(costs, "is no list of them")
    for item in costs:
        if _is_row(item):
            if item.amount_value is not None:
                yield item.amount_value, item.amount_currency
        elif _is_result(item):
            if item.amount is not None and item.amount.value is not None:
                yield item.amount.value, item.amount.currency
        elif _is_bucket(item):
            for unknown in getattr(item, "unknown_results", ()):
                if unknown.problem:
                    raise ValueError(f"a result of the bucket cannot be read: {unknown.problem}")
            yield from _amounts(item.results)
        else:
            raise _no_costs(item, "has no amount")


def _no_costs(given: object, problem: str) -> TypeError:
    return TypeError(
        "sum_amounts takes rows, results or buckets of costs, such as client.costs(...).rows(); "
        f"{type(given).__name__} {problem}"
    )


def _is_row(item: object) -> TypeGuard[HasAmount]:
    return hasattr(item, "amount_value")


def _is_result(item: object) -> TypeGuard[HasAmountObject]:
    return hasattr(item, "amount")


def _is_bucket(item: object) -> TypeGuard[HasResults]:
    return hasattr(item, "results")
