"""What the synthetic company pays: the price table, as exact decimals in US dollars.

Costs are usage times these prices and nothing else: batch, service tier, image size and modality
do not change a price, so costs can be recomputed from usage grouped by model alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import attrs

from .._generated import Operation
from .metrics import count_name, metric_fields

CURRENCY = "usd"
FRACTION_DIGITS = 30
"""Digits after the point of an amount, as the real API sends it."""


@attrs.frozen
class Price:
    """What one unit of a metric costs, and under which line item it is billed; 0 if it is free."""

    line_item: str
    metric: str
    usd: Decimal
    """US dollars for one unit of the metric."""
    quantity_unit: str | None
    """Unit of the billed quantity; None where the API documents no unit, as for calls."""
    quantity: Decimal = Decimal(1)
    """Billed quantity for one unit of the metric."""


@attrs.frozen
class TokenPrice:
    """US dollars for a million tokens of each kind."""

    input: str
    cached_input: str
    cache_write: str
    output: str


TOKEN_PRICES: Mapping[str, TokenPrice] = {
    "gpt-4o-mini-2024-07-18": TokenPrice("0.15", "0.075", "0.15", "0.60"),
    "gpt-4o-2024-08-06": TokenPrice("2.50", "1.25", "2.50", "10.00"),
    "gpt-4.1-2025-04-14": TokenPrice("2.00", "0.50", "2.00", "8.00"),
    "gpt-4.1-mini-2025-04-14": TokenPrice("0.40", "0.10", "0.40", "1.60"),
    "gpt-5-2025-08-07": TokenPrice("1.25", "0.125", "1.25", "10.00"),
    "gpt-5-mini-2025-08-07": TokenPrice("0.25", "0.025", "0.25", "2.00"),
    "gpt-5-nano-2025-08-07": TokenPrice("0.05", "0.005", "0.05", "0.40"),
    "o4-mini-2025-04-16": TokenPrice("1.10", "0.275", "1.10", "4.40"),
    "chat-latest": TokenPrice("1.25", "0.125", "1.25", "10.00"),
    "gpt-audio-2025-08-28": TokenPrice("32.00", "2.50", "32.00", "64.00"),
    "gpt-4.1-nano-2025-04-14": TokenPrice("0.10", "0.025", "0.10", "0.40"),
    "o3-2025-04-16": TokenPrice("2.00", "0.50", "2.00", "8.00"),
    "o3-mini-2025-01-31": TokenPrice("1.10", "0.55", "1.10", "4.40"),
    "o1-2024-12-17": TokenPrice("15.00", "7.50", "15.00", "60.00"),
    "gpt-4-turbo-2024-04-09": TokenPrice("10.00", "10.00", "10.00", "30.00"),
    "gpt-3.5-turbo-0125": TokenPrice("0.50", "0.50", "0.50", "1.50"),
    "ft:gpt-4o-mini-2024-07-18:emulated::9xTriage": TokenPrice("0.30", "0.15", "0.30", "1.20"),
    "text-embedding-3-small": TokenPrice("0.02", "0", "0", "0"),
    "text-embedding-3-large": TokenPrice("0.13", "0", "0", "0"),
    "omni-moderation-2024-09-26": TokenPrice("0", "0", "0", "0"),
}
"""Token prices by model. What is free has a line item, too, of zero amount and quantity."""

OTHER_TOKEN_PRICE = TokenPrice("1.00", "0.25", "1.00", "4.00")
"""Token price of a model that has no entry in `TOKEN_PRICES`."""

_UNIT_PRICES: Mapping[str, Price] = {
    # Recorded line items are not all of one form; `_TOKEN_LINE_ITEMS` has more of the odd ones.
    "images": Price("Image models", "images", Decimal("0.04"), "images"),
    "audio_speeches": Price("{model}, characters", "characters", Decimal("0.000015"), "characters"),
    "audio_transcriptions": Price(
        "{model}, audio duration", "seconds", Decimal("0.0001"), "duration_seconds"
    ),
    "web_search_calls": Price("Web search tool calls", "num_requests", Decimal("0.01"), None),
    "file_search_calls": Price("assistants api | file search", "num_requests", Decimal("0.0025"), None),
    "code_interpreter_sessions": Price("Code interpreter sessions", "num_sessions", Decimal("0.03"), None),
    # 0.10 dollars for a gigabyte and day; 24 hours over 2**30 bytes is a finite decimal.
    "vector_stores": Price(
        "Vector store storage",
        "usage_bytes",
        Decimal("0.0000000001"),
        "gibibyte_hours",
        Decimal(24) / Decimal(2**30),
    ),
}

_TOKEN_LINE_ITEMS: Mapping[tuple[str, str], str] = {
    ("chat-latest", "input"): "chat-latest , input",
    ("chat-latest", "output"): "chat-latest , output",
    ("gpt-4.1-2025-04-14", "cached input"): "gpt-4.1-2025-04-14, cached input tokens",
    ("gpt-4.1-mini-2025-04-14", "cached input"): "gpt-4.1-mini-2025-04-14, cached input tokens",
}
"""Line items of tokens that are not written `MODEL, KIND`."""

_EVALUATED = "gpt-4o-mini-2024-07-18"
_EVALS_SHARE = Decimal("0.125")
"""How much of that model's use is for evals, which are billed under line items of their own."""

_OTHER_USD = Decimal("0.001")


def prices_for(operation: Operation, *, model: str | None = None) -> tuple[Price, ...]:
    """The prices of what an operation's results count, for one model where it has models.

    The sum of price times metric over all usage of a day is exactly what the costs endpoint
    reports for that day and line item. What is stored costs as much for a day as there is at its end.
    """
    prices = list(_prices(operation, model or ""))
    names = {field.name for field in metric_fields(operation)}
    return tuple(price for price in prices if price.metric in names)


def _prices(operation: Operation, model: str) -> Iterator[Price]:
    names = {field.name for field in metric_fields(operation)}
    if operation.name in _UNIT_PRICES:
        price = _UNIT_PRICES[operation.name]
        yield attrs.evolve(price, line_item=price.line_item.format(model=model))
    elif "input_tokens" in names or "output_tokens" in names:
        yield from _token_prices(TOKEN_PRICES.get(model, OTHER_TOKEN_PRICE), model, names)
    elif names:
        metric = count_name(operation) or min(names)
        yield Price(operation.name.replace("_", " ").capitalize(), metric, _OTHER_USD, None)


def _token_prices(price: TokenPrice, model: str, names: set[str]) -> Iterator[Price]:
    # Without the split into cached and uncached, all input has the price of uncached input.
    split = "input_uncached_tokens" in names
    kinds = [
        ("input", "input_uncached_tokens" if split else "input_tokens", price.input),
        ("output", "output_tokens", price.output),
    ]
    if split:
        kinds += [
            ("cached input", "input_cached_tokens", price.cached_input),
            ("cache write", "input_cache_write_tokens", price.cache_write),
        ]
    for kind, metric, per_million in kinds:
        usd = Decimal(per_million).scaleb(-6)
        item = _TOKEN_LINE_ITEMS.get((model, kind), f"{model}, {kind}")
        billed = Price(item, metric, usd, "tokens", Decimal(1) if usd else Decimal(0))
        yield from _with_evals(billed) if model == _EVALUATED else [billed]


def _with_evals(price: Price) -> Iterator[Price]:
    """A price in two parts, one of them for evals."""
    for item, share in ((price.line_item, 1 - _EVALS_SHARE), (f"evals | {price.line_item}", _EVALS_SHARE)):
        yield attrs.evolve(price, line_item=item, usd=price.usd * share, quantity=price.quantity * share)
