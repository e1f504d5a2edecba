"""Whatever is billed and used: shares add up to what is billed, and stay within project, day and model."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from random import Random

import attrs
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage.key_costs import KeyCost, estimate_key_costs, sum_by_key
from openai_org_usage.line_items import read_line_item

from ..contract.profiles import examples
from .rows import DAY, DAY_ONE, Billed, Used, sums

MODELS = ("gpt-5-2025-08-07", "gpt-5", "whisper-1")
ITEMS = st.sampled_from(
    [
        "gpt-5-2025-08-07, input",
        "gpt-5-2025-08-07, cached input tokens",
        "gpt-5 , output",
        "priority | gpt-5, output",
        "gpt-5 audio, input",
        "gpt-5",
        "whisper-1, audio duration",
        "Image models",
        "Vector store storage",
        "",
        None,
    ]
)
AMOUNTS = st.one_of(
    st.decimals(-100, 1000, allow_nan=False, places=2),
    st.decimals(-1, 1, allow_nan=False, places=39),
    st.sampled_from([Decimal(text) for text in ("0", "0E-6176", "1E-6176", "-1E-30", "9E+6000")]),
    st.none(),
)
PROJECTS = st.sampled_from(["proj_a", "proj_b", "", None])
DAYS = st.sampled_from([DAY_ONE, DAY_ONE + DAY])
COUNTS = st.integers(0, 10**12)
QUANTITIES = st.one_of(st.none(), st.decimals(0, 10**6, allow_nan=False, places=3))
BILLED = st.builds(
    Billed,
    line_item=ITEMS,
    amount_value=AMOUNTS,
    amount_currency=st.sampled_from(["usd", "usd", "eur", None]),
    project_id=PROJECTS,
    quantity=QUANTITIES,
    quantity_unit=st.sampled_from(["tokens", "1000_tokens", "images", None]),
    start_time=DAYS,
)
USED = st.builds(
    Used,
    api_key_id=st.sampled_from(["1", "2", "3", None]),
    project_id=PROJECTS,
    model=st.sampled_from([*MODELS, None]),
    batch=st.sampled_from([True, False, None]),
    service_tier=st.sampled_from(["default", "priority", None]),
    start_time=DAYS,
    input_tokens=COUNTS,
    input_cached_tokens=st.one_of(st.none(), COUNTS),
    output_tokens=COUNTS,
    input_audio_tokens=st.one_of(st.none(), COUNTS),
    seconds=st.one_of(COUNTS, st.decimals(0, 10**6, allow_nan=False, places=3)),
    images=COUNTS,
).map(lambda row: attrs.evolve(row, api_key_id=row.api_key_id and f"{row.project_id}/{row.api_key_id}"))
"""Keys have the name of their project."""
BILLS = st.lists(BILLED, max_size=8)
USAGE = st.dictionaries(
    st.sampled_from(["completions", "images", "audio_transcriptions"]), st.lists(USED, max_size=8)
)


@examples(150, 5000)
@given(BILLS, USAGE)
def test_shares_add_up_to_what_is_billed(billed: list[Billed], usage: dict[str, list[Used]]) -> None:
    """To the last digit: for each day, project, line item and currency, and over line items."""
    costs = estimate_key_costs(billed, usage)
    assert sums(costs) == sums(billed)
    assert all(cost.is_estimate for cost in costs)
    whole = [attrs.evolve(cost, line_item=None) for cost in costs]
    assert sums(attrs.evolve(cost, line_item=None) for cost in sum_by_key(costs)) == sums(whole)


@examples(100, 3000)
@given(BILLS, USAGE)
def test_nothing_goes_to_others(billed: list[Billed], usage: dict[str, list[Used]]) -> None:
    """A key that has a share used something in that project on that day, of the model if one is named."""
    models: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for rows in usage.values():
        for row in rows:
            models[row.start_time, row.project_id or None, row.api_key_id].add(row.model or "")
    for cost in estimate_key_costs(billed, usage):
        if cost.shared_by is not None:
            names = models[cost.start_time, cost.project_id, cost.api_key_id]
            model = read_line_item(cost.line_item or "").model
            assert names
            assert model is None or any(name.startswith(model) or model.startswith(name) for name in names)


@examples(100, 3000)
@given(BILLS, USAGE, st.randoms(use_true_random=False))
def test_order_is_of_no_consequence(
    billed: list[Billed], usage: dict[str, list[Used]], random: Random
) -> None:
    """Of rows, and of endpoints."""
    costs = estimate_key_costs(billed, usage)
    shuffled = list(billed)
    random.shuffle(shuffled)
    mixed = {name: [*reversed(rows)] for name, rows in reversed(usage.items())}
    assert estimate_key_costs(shuffled, mixed) == costs


@examples(100, 3000)
@given(BILLS, USAGE)
def test_credits_are_shared_like_charges(billed: list[Billed], usage: dict[str, list[Used]]) -> None:
    """Amounts negated have their shares negated, where no price depends on them."""
    charges = [row for row in billed if row.line_item != "gpt-5"]
    negated = [
        attrs.evolve(row, amount_value=None if row.amount_value is None else row.amount_value.copy_negate())
        for row in charges
    ]
    opposite = [
        attrs.evolve(cost, amount_value=cost.amount_value.copy_negate())
        for cost in estimate_key_costs(negated, usage)
    ]
    assert sorted(opposite, key=_text) == sorted(estimate_key_costs(charges, usage), key=_text)


def _text(cost: KeyCost) -> str:
    return repr(attrs.evolve(cost, amount_value=cost.amount_value + 0))
