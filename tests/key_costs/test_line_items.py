"""What each kind of line item is shared out by, and what is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from .rows import DAY, DAY_ONE, bill, shares, used


def halves(count: str) -> dict[tuple[str, str], str]:
    """A third for one key and two for the other, of twelve dollars."""
    return {("key_1", count): "4", ("key_2", count): "8"}


@pytest.mark.parametrize(
    ("line_item", "count"),
    [
        ("gpt-5-2025-08-07, input", "input_uncached_tokens"),
        ("gpt-5-2025-08-07 , input tokens", "input_uncached_tokens"),
        ("gpt-5-2025-08-07, cached input", "input_cached_tokens"),
        ("gpt-5-2025-08-07, cache writes", "input_cache_write_tokens"),
        ("gpt-5-2025-08-07, output", "output_tokens"),
        ("evals | gpt-5-2025-08-07, output", "output_tokens"),
        ("flex | gpt-5-2025-08-07, output, long context", "output_tokens"),
        ("gpt-5-2025-08-07 audio, input", "input_audio_tokens"),
        ("gpt-5-2025-08-07 audio, output", "output_audio_tokens"),
        ("gpt-5, output", "output_tokens"),
    ],
)
def test_tokens(line_item: str, count: str) -> None:
    """Of the kind and modality that the line item names; without a date, of the version with one."""
    equal = {name: 7 for name in ("input_uncached_tokens", "output_tokens") if name != count}
    usage = [used("key_1", **{**equal, count: 100}), used("key_2", **{**equal, count: 200})]
    assert shares([bill(line_item)], {"completions": usage}) == halves(count)


@pytest.mark.parametrize(
    ("line_item", "endpoint", "count"),
    [
        ("Image models", "images", "images"),
        ("Web search tool calls", "web_search_calls", "num_requests"),
        ("web search tool calls", "web_search_calls", "num_requests"),
        ("assistants api | file search", "file_search_calls", "num_requests"),
        ("whisper-1, audio duration", "audio_transcriptions", "seconds"),
        ("whisper-1, audio", "audio_transcriptions", "seconds"),
        ("tts-1, characters", "audio_speeches", "characters"),
        ("gpt-image-2 image, output", "images", "images"),
        ("gpt-4o-transcribe, input", "audio_transcriptions", "seconds"),
        ("text-embedding-3-small, input", "embeddings", "input_tokens"),
    ],
)
def test_other_counts(line_item: str, endpoint: str, count: str) -> None:
    """Of the endpoint that serves the model, or that the category is about; and of no other."""
    model = line_item.partition(",")[0].removesuffix(" image")
    usage = [used("key_1", model=model, **{count: 1}), used("key_2", model=model, **{count: 2})]
    elsewhere = [used("key_3", model="gpt-4", num_requests=9, output_tokens=9)]
    found = shares([bill(line_item)], {endpoint: usage, "completions": elsewhere})
    assert found == halves("input_uncached_tokens" if count == "input_tokens" else count)


def test_seconds_may_be_fractional() -> None:
    """As they are in answers."""
    usage = [used("key_1", model="whisper-1", seconds=Decimal("0.125"))]
    usage += [used("key_2", model="whisper-1", seconds=Decimal("0.25"))]
    assert shares([bill("whisper-1, audio duration")], {"audio_transcriptions": usage}) == halves("seconds")


@pytest.mark.parametrize(
    "line_item",
    [
        "Vector store storage",
        "Code interpreter sessions",
        "gpt-5-2025-08-07, something new",
        "gpt-5-2024-01-01, output",
        "gpt-6, output",
        "gpt-5-2025-08-07, cached input",
        None,
    ],
)
def test_what_nothing_explains_is_not_shared_out(line_item: str | None) -> None:
    """Storage, unknown kinds, other versions and models, and kinds of which there were no tokens."""
    usage = {"completions": [used("key_1", output_tokens=5), used("key_2", output_tokens=5)]}
    assert shares([bill(line_item)], usage) == {(None, None): "12"}


@pytest.mark.parametrize("other", [{"project_id": "proj_b"}, {"start_time": DAY_ONE + DAY}])
def test_another_project_or_day_explains_nothing(other: dict[str, Any]) -> None:
    """Not even where a key of the same name used the same model."""
    usage = {"completions": [used("key_1", output_tokens=5, **other)]}
    assert shares([bill("gpt-5-2025-08-07, output")], usage) == {(None, None): "12"}


def test_usage_may_be_by_the_hour() -> None:
    """It counts to its day."""
    hours = [used("key_1", output_tokens=1), *[used("key_2", output_tokens=1, start_time=DAY_ONE + 3600)] * 2]
    assert shares([bill("gpt-5, output")], {"completions": hours}) == halves("output_tokens")


def test_usage_without_a_key_has_its_share() -> None:
    """As in the playground; it is not what could not be shared out. No project is written in two ways."""
    usage = [
        used(None, output_tokens=1, project_id=None),
        used("", output_tokens=1, project_id=""),
        used("key_1", output_tokens=2, project_id=None),
    ]
    found = shares([bill("gpt-5-2025-08-07, output", project_id="")], {"completions": usage})
    assert found == {(None, "output_tokens"): "6", ("key_1", "output_tokens"): "6"}


def test_a_tier_is_shared_by_its_own_usage() -> None:
    """And the others have what no tier of its own is billed for; batch jobs are a tier, too."""
    usage = {
        "completions": [
            used("key_1", output_tokens=100, service_tier="default"),
            used("key_2", output_tokens=100, service_tier="priority"),
            used("key_3", output_tokens=100, batch=True, service_tier="default"),
        ]
    }
    items = ("gpt-5, output", "priority | gpt-5, output", "batch | gpt-5, output")
    for item, key in zip(items, ("key_1", "key_2", "key_3"), strict=True):
        assert shares(map(bill, items), usage, of=item) == {(key, "output_tokens"): "12"}
    thirds = {(key, "output_tokens"): "4" for key in ("key_1", "key_2", "key_3")}
    assert shares([bill("gpt-5, output")], usage) == thirds  # All at one price.
    assert shares([bill("scale | gpt-5, output")], usage) == thirds  # No usage says so.
    assert shares([bill("standard | gpt-5, output")], usage) == {("key_1", "output_tokens"): "12"}


def test_a_modality_is_billed_once() -> None:
    """Tokens that another line item is for do not count."""
    usage = {
        "completions": [
            used("key_1", input_tokens=100),
            used("key_2", input_tokens=100, input_audio_tokens=100),
        ]
    }
    items = ("gpt-5, input", "gpt-5 audio, input")
    counts = ("input_uncached_tokens", "input_audio_tokens")
    for item, key, count in zip(items, ("key_1", "key_2"), counts, strict=True):
        assert shares(map(bill, items), usage, of=item) == {(key, count): "12"}

    other_kind = ("gpt-5, input", "gpt-5 audio, output")
    both = {("key_1", counts[0]): "6", ("key_2", counts[0]): "6"}
    assert shares(map(bill, other_kind), usage, of="gpt-5, input") == both


def test_uncached_input_is_the_rest_where_it_is_not_stated() -> None:
    """As in older answers; of one that has more of the parts than of the whole it is nothing."""
    usage = {
        "completions": [
            used("key_1", input_tokens=100, input_cached_tokens=60, input_cache_write_tokens=30),
            used("key_2", input_tokens=20),
            used("key_3", input_tokens=5, input_cached_tokens=10),
        ]
    }
    assert shares([bill("gpt-5, input")], usage) == halves("input_uncached_tokens")


def test_a_version_is_billed_once() -> None:
    """The line item without a date is for versions that no other names, or for the one without a date."""
    dated = [used("key_1", output_tokens=1), used("key_2", output_tokens=1, model="gpt-5-2026-01-01")]
    items = ("gpt-5, output", "gpt-5-2025-08-07, output")
    assert shares(map(bill, items), {"completions": dated}, of=items[0]) == {("key_2", "output_tokens"): "12"}
    undated = [used("key_1", output_tokens=1, model="gpt-5")]
    assert shares([bill(items[1])], {"completions": undated}) == {("key_1", "output_tokens"): "12"}
    all_three = {"completions": [*dated, *undated]}
    assert shares([bill(items[0])], all_three) == {("key_1", "output_tokens"): "12"}


def test_a_model_without_a_kind_is_shared_by_priced_tokens() -> None:
    """At what a token of each kind cost that day, else on the other days; per thousand or not."""
    usage = {
        "completions": [
            used("key_1", input_tokens=1_000_000),
            used("key_2", output_tokens=200_000),
        ]
    }
    billed = [
        bill("gpt-5-2025-08-07"),
        bill("gpt-5-2025-08-07, input", "2", quantity=Decimal(10**6), quantity_unit="tokens"),
        bill(
            "gpt-5-2025-08-07, output",
            "20",
            quantity=Decimal(1000),
            quantity_unit="1000_tokens",
            start_time=DAY_ONE + DAY,
        ),
    ]
    million = {"quantity": Decimal(10**6), "quantity_unit": "tokens"}
    later = bill("gpt-5-2025-08-07, input", "6", start_time=DAY_ONE + DAY, **million)
    long = bill("gpt-5-2025-08-07, input, long context", "6", **million)
    # 2 dollars of input and 4 of output.
    assert shares([*billed, later, long], usage, of="gpt-5-2025-08-07")["key_2", "priced_tokens"] == "8"
    assert shares(billed, usage, of="gpt-5-2025-08-07") == halves("priced_tokens")
    assert shares(billed[:2], usage, of="gpt-5-2025-08-07") == {(None, None): "12"}  # What is output worth?
    credited = bill("gpt-5-2025-08-07, output", "-20", quantity=Decimal(1000), quantity_unit="1000_tokens")
    assert shares([*billed[:2], credited], usage, of="gpt-5-2025-08-07") == {(None, None): "12"}  # No price.
    alone = {"completions": usage["completions"][1:]}
    assert shares(billed[:1], alone) == {("key_2", "output_tokens"): "12"}  # There is nothing to weigh.


def test_currencies_are_never_added() -> None:
    """Each amount is shared out by itself."""
    usage = {"completions": [used("key_1", output_tokens=1), used("key_2", output_tokens=2)]}
    item = "gpt-5-2025-08-07, output"
    for currency in ("usd", "eur", None):
        assert shares([bill(item, amount_currency=currency)], usage) == halves("output_tokens")


@pytest.mark.parametrize(("tokens", "first"), [((1, 1, 1), 1), ((1, 2, 3), 3), ((1, 3, 2), 2)])
def test_the_last_digit_goes_to_who_lost_it(tokens: tuple[int, ...], first: int) -> None:
    """To the largest remainder; where they are equal, to the first key."""
    usage = [used(f"key_{number}", output_tokens=used_up) for number, used_up in enumerate(tokens, 1)]
    found = shares([bill("gpt-5-2025-08-07, output", "1E-39")], {"completions": usage[::-1]})
    assert {key: amount for (key, _), amount in found.items() if amount != "0"} == {
        f"key_{first}": f"0.{'0' * 38}1"
    }


def test_a_cent_has_finer_shares() -> None:
    """Or the first of three keys would have it all."""
    usage = {"completions": [used(f"key_{number}", output_tokens=1) for number in (1, 2, 3)]}
    found = shares([bill("gpt-5-2025-08-07, output", "0.01")], usage)
    assert [amount[:10] for amount in found.values()] == ["0.00333333"] * 3


def test_what_has_no_amount_has_no_share() -> None:
    """It is no zero."""
    usage = {"completions": [used("key_1", output_tokens=1)]}
    assert shares([bill("gpt-5-2025-08-07, output", None)], usage) == {}
