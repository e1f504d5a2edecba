"""What a token of each kind cost, as the billed amounts and quantities themselves say. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, TypeAlias

import attrs

from ..line_items import LineItem, read_line_item
from ..money import currency_of
from .key_usage import TOKENS

_TOKENS_IN: Mapping[str | None, int] = {"tokens": 1, "1000_tokens": 1000}
"""How many tokens a unit of the billed quantity is."""


class BilledRow(Protocol):
    """What is needed of a row of costs by project and line item."""

    @property
    def start_time(self) -> int: ...
    @property
    def end_time(self) -> int: ...
    @property
    def project_id(self) -> str | None: ...
    @property
    def line_item(self) -> str | None: ...
    @property
    def amount_value(self) -> Decimal | None: ...
    @property
    def amount_currency(self) -> str | None: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def quantity_unit(self) -> str | None: ...


_PriceKey: TypeAlias = tuple[int | None, str | None, str | None, str]
"""Day, None for all days; currency; model; the count that the tokens are in."""


@attrs.frozen
class TokenPrices:
    """The price of a token, by model and kind: of the day, or of all days where that day does not say."""

    prices: Mapping[_PriceKey, Fraction]

    @classmethod
    def of(cls, rows: Iterable[BilledRow]) -> TokenPrices:
        """The prices in `rows` of line items such as `gpt-5, input`: of no tier, product or modality."""
        sums: defaultdict[_PriceKey, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
        for row in rows:
            item, size = read_line_item(row.line_item or ""), _TOKENS_IN.get(row.quantity_unit)
            if row.amount_value and row.quantity and size and _is_plain(item):
                for day in (row.start_time, None):
                    found = sums[day, currency_of(row.amount_currency), item.model, TOKENS[item.kind or ""]]
                    found[0] += Fraction(row.amount_value)
                    found[1] += Fraction(row.quantity) * size
        return cls({key: paid / used for key, (paid, used) in sums.items() if paid > 0 and used > 0})

    def of_token(self, count: str, *, model: str, currency: str | None, day: int) -> Fraction | None:
        """What one token of `model` cost that is in `count`; None if nothing says so."""
        currency = currency_of(currency)
        of_all_days = self.prices.get((None, currency, model, count))
        return self.prices.get((day, currency, model, count), of_all_days)


def _is_plain(item: LineItem) -> bool:
    special = item.modality or item.tier or item.product or item.prompts
    return item.kind in TOKENS and not special


__all__ = ["BilledRow", "TokenPrices"]
