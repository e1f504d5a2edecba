"""Effective prices, and tokens that are counted once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_org_usage import UsageClient
from openai_org_usage.emulator.prices import TOKEN_PRICES
from openai_org_usage.report import Period, collect, render_terminal

from .figures import DAY, NOW, cost, report_of, tokens
from .sizes import A_DAY, report_over

NOVEMBER = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "per"),
    [
        ("3", "tokens", "333333.33333333", "1M tokens"),
        ("4", "1000_tokens", "250", "1M tokens"),
        ("8", "characters", "125000", "1M characters"),
        ("8", "images", "0.125", "image"),
        ("30", "duration_seconds", "2", "minute"),
        ("0.5", "gibibyte_hours", "2", "GiB hour"),
        ("4", "widgets", "0.25", "widgets"),
    ],
)
def test_a_price_is_amount_over_quantity(quantity: str, unit: str, price: str, per: str) -> None:
    """Rounded to eight places; an unknown unit is priced as it is."""
    row = cost(NOVEMBER, 1, line_item="a-1, input", quantity=Decimal(quantity), quantity_unit=unit)
    (found,) = report_of([row]).spends[0].prices
    assert (found.price, found.per, found.amount) == (Decimal(price), per, Decimal(1))


def test_prices_are_over_the_whole_period_and_leave_out_what_has_none() -> None:
    """Quantities without a unit cannot be compared, those of zero not divided by."""
    given = {"line_item": "a-1, input", "quantity_unit": "tokens"}
    rows = [
        cost(NOVEMBER, 1, quantity=Decimal(1_000_000), **given),
        cost(NOVEMBER + DAY, 2, quantity=Decimal(500_000), **given),
        cost(NOVEMBER - DAY, 9, quantity=Decimal(1), **given),
        cost(NOVEMBER, 9, quantity=Decimal(1), line_item="calls"),
        cost(NOVEMBER, 9, quantity=Decimal(0), line_item="none", quantity_unit="tokens"),
        cost(NOVEMBER, None, quantity=Decimal(7), **given),
    ]
    (price,) = report_of(rows).spends[0].prices
    assert (price.price, price.quantity) == (Decimal(2), Decimal(1_500_000))


def test_the_emulators_prices_are_found_again(client: UsageClient) -> None:
    """Whatever was used: amount over quantity is the price list."""
    report = collect(client, period=Period.last_days(3, now=NOW), now=NOW)
    found = {price.line_item: price.price for price in report.spends[0].prices}
    expected = {f"{model}, output": Decimal(price.output) for model, price in TOKEN_PRICES.items()}
    assert found.items() >= {item: price for item, price in expected.items() if item in found}.items()
    assert len(found.keys() & expected.keys()) > 5


COUNT = st.none() | st.integers(0, 10**12)


@st.composite
def token_counts(draw: st.DrawFn) -> dict[str, Any]:
    """What an answer may say: totals always, parts perhaps, and not always rightly."""
    names = ["uncached", "cached", "cache_write", "text", "audio", "image"]
    names += ["cached_text", "cached_audio", "cached_image"]
    counts = {f"input_{name}_tokens": draw(COUNT) for name in names}
    counts |= {f"output_{name}_tokens": draw(COUNT) for name in ("text", "audio", "image")}
    return {
        **counts,
        "input_tokens": draw(st.integers(0, 10**13)),
        "output_tokens": draw(st.integers(0, 10**13)),
    }


@settings(max_examples=80, deadline=None)
@given(st.lists(token_counts(), max_size=4))
def test_parts_add_up_to_all_tokens(rows: list[dict[str, Any]]) -> None:
    """Nothing is counted twice and nothing is lost, whatever is stated."""
    mix = report_of([], completions=[tokens(NOVEMBER, model="m", **row) for row in rows]).tokens
    assert sum(part.tokens for part in mix.parts) == mix.sums.total
    assert mix.sums.total == sum(row["input_tokens"] + row["output_tokens"] for row in rows)


def test_nested_counts_are_taken_apart() -> None:
    """Cached and written tokens are not input again."""
    row = tokens(
        NOVEMBER,
        model="gpt-6",
        input_tokens=100,
        input_uncached_tokens=60,
        input_cached_tokens=30,
        input_cache_write_tokens=10,
        input_text_tokens=50,
        input_audio_tokens=10,
        input_cached_text_tokens=30,
        output_tokens=20,
        output_text_tokens=15,
        output_image_tokens=5,
    )
    mix = report_of([], completions=[row]).tokens
    assert [(part.kind, part.modality, part.tokens) for part in mix.parts] == [
        ("input", "text", 50),
        ("input", "audio", 10),
        ("cached input", "text", 30),
        ("cache write", None, 10),
        ("output", "text", 15),
        ("output", "image", 5),
    ]
    assert mix.sums.cached_share == Decimal("0.3")


def test_the_cached_share_is_of_what_says_how_much_was_cached() -> None:
    """Not stated is not zero."""
    rows = [
        tokens(NOVEMBER, model="a", input_tokens=10, input_cached_tokens=5),
        tokens(NOVEMBER, model="b", input_tokens=90),
    ]
    mix = report_of([], completions=rows).tokens
    assert mix.sums.cached_share == Decimal("0.5")
    assert {each.model: each.sums.cached_share for each in mix.models} == {"a": Decimal("0.5"), "b": None}


@pytest.mark.parametrize("a_day", A_DAY)
def test_a_week_reads_alike_at_every_size(a_day: str) -> None:
    """Averages are as exact, tokens are counted one by one, and a fall says its weekdays."""
    report = report_over(a_day, 7)
    (spend,) = report.spends
    assert spend.change is not None
    assert spend.daily_change is not None
    assert spend.daily_change.ratio == pytest.approx(spend.change.ratio, abs=Decimal("0.00001"))
    text = " ".join(render_terminal(report).split())
    assert "(17.2%), with 4 weekdays against 5." in text
    assert "thousand" not in text
    assert "$0.1427 1M tokens" in text
