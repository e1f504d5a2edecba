"""Facts of what stands in an answer, money, times and rows: the client reads it, the emulator answers so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage import (
    LookbackExceededError,
    UsageClient,
    sum_amounts,
)
from openai_org_usage.emulator import Emulator, faults
from openai_org_usage.money import exact_sum
from openai_org_usage.report import read_line_item

from ..conftest import DAY, MIDNIGHT, NOW
from .emulated import answer, emulated, results

HOUR = 3_600


def test_zero_amounts(emulator: Emulator, client: UsageClient) -> None:
    """They come as "0E-6176" and are Decimal(0), with one digit, in rows and sums."""
    query = f"start_time={MIDNIGHT - 7 * DAY}&end_time={MIDNIGHT}&group_by=line_item"
    sent = [result["amount"]["value"] for result in results(answer(emulator, "costs", query)[0])]
    rows = list(client.costs(start_time=MIDNIGHT - 7 * DAY, end_time=MIDNIGHT, group_by=["line_item"]).rows())
    zeros = [row for row in rows if row.amount_value == 0]
    assert sent.count("0E-6176") == len(zeros) > 0
    assert {str(row.amount_value) for row in zeros} == {"0"}
    assert {str(row.quantity) for row in zeros} == {"0"}
    assert "E" not in str(sum_amounts(rows)["usd"])


@pytest.mark.parametrize("kind", ["string", "number"])
@pytest.mark.parametrize("style", ["plain", "padded", "long", "exponent", "scientific"])
def test_decimals_in_any_form(client: UsageClient, kind: Any, style: Any) -> None:
    """The same money to the last digit, however it is written."""
    asked: Any = {"start_time": MIDNIGHT - 3 * DAY, "end_time": MIDNIGHT, "group_by": ["line_item"]}
    with emulated(faults.AmountForm(kind, style=style)) as other:
        assert sum_amounts(other.costs(**asked)) == sum_amounts(client.costs(**asked))


def test_credits() -> None:
    """Negative amounts are taken off."""
    with emulated(faults.Credit("-0.01")) as client:
        rows = list(client.costs(start_time=MIDNIGHT - 2 * DAY, group_by=["line_item"]).rows())
    amounts = [row.amount_value for row in rows if row.amount_value is not None]
    assert amounts.count(Decimal("-0.01")) == 3
    assert sum_amounts(rows)["usd"] == exact_sum(amounts)


@pytest.mark.parametrize("batch", [True, "true", "True"])
def test_fractions_and_texts(batch: Any) -> None:
    """Fractions stay exact, and `batch` is a boolean either way."""
    with emulated(faults.Field("batch", batch)) as client:
        assert {row.batch for row in client.completions(start_time="1d").rows()} == {True}
    with emulated(faults.Field("seconds", Decimal("12.75"))) as client:
        assert {row.seconds for row in client.audio_transcriptions(start_time="1d").rows()} == {
            Decimal("12.75")
        }
    with emulated(faults.Field("quantity", Decimal("0.1"))) as client:
        assert {row.quantity for row in client.costs(start_time="1d").rows()} == {Decimal("0.1")}


def test_lower_case_currency(client: UsageClient) -> None:
    """It is so here, too."""
    assert {row.amount_currency for row in client.costs(start_time="3d").rows()} == {"usd"}


@pytest.mark.parametrize("end", [None, MIDNIGHT - DAY + 5])
def test_whole_days_of_costs(client: UsageClient, end: int | None) -> None:
    """The first bucket begins before the start, at midnight, and has the whole day's amount."""
    ragged = list(client.costs(start_time=MIDNIGHT - 3 * DAY + 57_063, end_time=end))
    whole = list(client.costs(start_time=MIDNIGHT - 3 * DAY, end_time=None if end is None else MIDNIGHT))
    assert ragged == whole
    assert all(bucket.start_time % DAY == bucket.end_time % DAY == 0 for bucket in ragged)


@pytest.mark.parametrize(("width", "seconds"), [("1h", HOUR), ("1d", DAY)])
def test_usage_from_the_minute_to_the_present(client: UsageClient, width: Any, seconds: int) -> None:
    """The edges between are whole; the buckets are read whether windows are cut or not."""
    start = MIDNIGHT - 40 * seconds + 663
    buckets = list(client.completions(start_time=start, bucket_width=width))
    one_by_one = client.with_options(concurrency=1).completions(start_time=start, bucket_width=width)
    assert buckets == list(one_by_one)
    assert buckets[0].start_time == start // 60 * 60
    assert buckets[0].end_time == -(-start // seconds) * seconds
    assert buckets[-1].end_time == NOW
    assert all(bucket.start_time % seconds == 0 for bucket in buckets[1:])


def test_days_without_usage(client: UsageClient) -> None:
    """They are buckets, with no rows."""
    founded = 1_577_836_800
    buckets = list(client.completions(start_time=founded - 3 * DAY, end_time=founded + DAY))
    assert [len(bucket.results) > 0 for bucket in buckets] == [False, False, False, True]


def test_restated_days() -> None:
    """A day reads as more when it is read again later; one that is old enough does not."""

    def read(*, now: int) -> list[int]:
        with (
            Emulator(now=lambda: now, restate_days=3) as api,
            UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=lambda: now) as client,
        ):
            rows = client.completions(start_time=MIDNIGHT - 6 * DAY, end_time=MIDNIGHT).rows()
            return [row.input_tokens for row in rows]

    early, late = read(now=MIDNIGHT), read(now=MIDNIGHT + 10 * DAY)
    grown = [a < b for a, b in zip(early, late, strict=True)]
    assert grown[:3] == [False] * 3
    assert grown[-1]


@pytest.mark.parametrize("period", ["days", "year"])
def test_lookback_of_a_year(period: Any) -> None:
    """Whatever its words, it is its own error, with the earliest start where it is named."""
    with (
        emulated(faults.LookbackExceeded(365, period=period)) as client,
        pytest.raises(LookbackExceededError) as caught,
    ):
        list(client.costs(start_time=MIDNIGHT - 500 * DAY))
    assert caught.value.earliest_start == MIDNIGHT - 365 * DAY


def test_fields_beside_the_documented(client: UsageClient) -> None:
    """They are typed on buckets and rows, where the organization gets them; no warning."""
    asked: Any = {"start_time": MIDNIGHT - DAY, "group_by": ["project_id", "user_id"]}
    for bucket in client.completions(**asked):
        assert bucket.start_time_iso == bucket.start.isoformat()
        assert bucket.end_time_iso == bucket.end.isoformat()
    rows = list(client.completions(**asked).rows())
    assert all(row.organization_id and row.organization_name for row in rows)
    assert all(row.project_name for row in rows)
    assert {row.user_id for row in rows if "@" in (row.user_email or "")} > {"user-amara", "user-bruno"}
    assert not any(row.additional_properties for row in rows)
    with emulated(observed_fields=False) as without:
        assert {row.project_name for row in without.completions(**asked).rows()} == {None}


def test_empty_project_id() -> None:
    """It stays what came: an empty text is not null."""
    with emulated(faults.BlankProject()) as client:
        rows = list(client.costs(start_time=MIDNIGHT - DAY, group_by=["line_item"]).rows())
    assert {row.project_id for row in rows} == {""}


def test_project_beside_line_item(client: UsageClient) -> None:
    """The rows are more, the money is the same."""
    asked: Any = {"start_time": MIDNIGHT - 3 * DAY, "end_time": MIDNIGHT, "group_by": ["line_item"]}
    with emulated(faults.ProjectsByLineItem()) as older:
        rows = list(older.costs(**asked).rows())
    assert all(row.project_id for row in rows)
    assert sum_amounts(rows) == sum_amounts(client.costs(**asked))


@pytest.mark.parametrize(
    ("line_item", "model", "kind"),
    [
        ("gpt-4o-mini-2024-07-18, input", "gpt-4o-mini-2024-07-18", "input"),
        ("chat-latest , input", "chat-latest", "input"),
        ("gpt-4.1, cached input tokens", "gpt-4.1", "cached input"),
        ("evals | gpt-4o-mini-2024-07-18, output", "gpt-4o-mini-2024-07-18", "output"),
    ],
)
def test_spellings_of_line_items(client: UsageClient, line_item: str, model: str, kind: str) -> None:
    """One reader knows them; the emulator's company is billed by all of these forms."""
    found = read_line_item(line_item)
    assert (found.model, found.kind) == (model, kind)
    billed = {row.line_item or "" for row in client.costs(start_time="30d", group_by=["line_item"]).rows()}
    assert any(" , " in item for item in billed)
    assert any(item.endswith("tokens") for item in billed)
    assert any(" | " in item for item in billed)
    assert any("," not in item for item in billed)


def test_sizes_beyond_the_document(client: UsageClient) -> None:
    """They are read, and can be asked for by `extra_query`."""
    sizes = {row.size for row in client.images(start_time="7d", group_by=["size"]).rows()}
    assert "1024x1536" in sizes
    asked = client.images(start_time="7d", group_by=["size"], extra_query={"sizes": ["1024x1536"]})
    assert {row.size for row in asked.rows()} == {"1024x1536"}
