"""What a unit really cost: amount over quantity, for each line item that has both. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Protocol

import attrs

from ..money import currency_of, exact_sum
from .changes import quotient
from .ledger import CostRow
from .periods import Period

PRICE_PLACES = Decimal("0.00000001")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MILLION = 1_000_000
_PER: dict[str, tuple[int, str]] = {
    "tokens": (_MILLION, "1M tokens"),
    "1000_tokens": (1000, "1M tokens"),
    "characters": (_MILLION, "1M characters"),
    "images": (1, "image"),
    "duration_seconds": (60, "minute"),
    "duration_minutes": (1, "minute"),
    "duration_hours": (1, "hour"),
    "gibibyte_hours": (1, "GiB hour"),
}
"""How many of a unit a price is given for, and what that is called."""


class PricedRow(CostRow, Protocol):
    """A row of costs by line item."""

    @property
    def line_item(self) -> str | None: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def quantity_unit(self) -> str | None: ...


@attrs.frozen
class UnitPrice:
    """The effective price of a line item: after discounts and over all price changes of the period."""

    line_item: str
    currency: str
    quantity: Decimal
    """Exact, in `unit`."""
    unit: str
    """As the API sends it, such as `tokens`."""
    amount: Decimal
    """Exact: what was charged for `quantity`."""
    price: Decimal
    """For as much as `per` says; rounded half to even to eight places."""
    per: str
    """Such as `1M tokens`."""


def unit_prices(rows: Iterable[PricedRow], *, currency: str, period: Period) -> tuple[UnitPrice, ...]:
    """The effective prices of line items within `period`, those with the largest amounts first.

    A row counts if it has an amount, a quantity above zero and a unit: without a unit, quantities
    cannot be compared.
    """
    parts: defaultdict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    days = range(period.start_time, period.end_time)
    for row in rows:
        if row.start_time in days and currency_of(row.amount_currency) == currency:
            amount, quantity = row.amount_value, row.quantity
            if row.line_item and row.quantity_unit and amount is not None and quantity is not None:
                parts[row.line_item, row.quantity_unit].append((amount, quantity))
    prices = (_priced(item, unit, currency, amounts) for (item, unit), amounts in parts.items())
    return tuple(
        sorted(
            (price for price in prices if price is not None),
            key=lambda price: (price.amount.copy_negate(), price.line_item, price.unit),
        )
    )


def units_of(quantity: Decimal | None, unit: str | None) -> tuple[Decimal, str | None]:
    """How much a quantity is in what prices are given for, and what that is called, such as `1M tokens`.

    Zero of nothing where the API gives no quantity or no unit. Rounded to sixty digits.
    """
    if quantity is None or not unit:
        return Decimal(0), None
    size, per = _PER.get(unit, (1, unit))
    return _CONTEXT.divide(quantity, size), per


def _priced(
    line_item: str, unit: str, currency: str, parts: Iterable[tuple[Decimal, Decimal]]
) -> UnitPrice | None:
    amounts, quantities = zip(*parts, strict=True)
    amount, quantity = exact_sum(amounts), exact_sum(quantities)
    if quantity <= 0:
        return None
    size, per = _PER.get(unit, (1, unit))
    price = quotient(_CONTEXT.multiply(amount, size), quantity, places=PRICE_PLACES)
    return UnitPrice(line_item, currency, quantity, unit, amount, price, per)
