"""Each fact of facts.yaml: the client reads it, and the emulator answers so."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Generator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from openai_org_usage import (
    BadRequestError,
    LookbackExceededError,
    PermissionDeniedError,
    RetryPolicy,
    ServerError,
    UsageClient,
    sum_amounts,
)
from openai_org_usage.emulator import Emulator, FaultPlan, faults
from openai_org_usage.money import exact_sum
from openai_org_usage.report.line_items import read_line_item

from ..conftest import DAY, MIDNIGHT, NOW
from .facts import FACTS

HOUR = 3_600
SHARED = Path(__file__).parents[3] / "shared" / "LIVE.md"
"""Where the facts were gathered; the tests do not need it."""


@contextlib.contextmanager
def emulated(fault: faults.Fault | None = None, **options: Any) -> Generator[UsageClient]:
    """A client of an emulator that stands still at NOW and has `fault` in every answer."""
    with (
        Emulator(now=lambda: NOW, faults=FaultPlan(fault) if fault else None, **options) as api,
        UsageClient(
            admin_key=api.admin_key,
            base_url=api.base_url,
            clock=lambda: NOW,
            retry=RetryPolicy(max_retries=0),
        ) as client,
    ):
        yield client


def answer(emulator: Emulator, path: str, query: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a plain program gets: the JSON body and the headers."""
    request = urllib.request.Request(f"{emulator.base_url}/organization/{path}?{query}")
    request.add_header("Authorization", f"Bearer {emulator.admin_key}")
    with urllib.request.urlopen(request) as response:
        return json.load(response), {name.lower(): value for name, value in response.headers.items()}


def results(page: dict[str, Any]) -> list[dict[str, Any]]:
    """All results of a page."""
    return [result for bucket in page["data"] for result in bucket["results"]]


def test_every_fact_has_its_test_and_its_evidence() -> None:
    """And says how sure it is; one that awaits something says what."""
    for name, fact in FACTS.items():
        assert fact["sure"] in ("recorded", "in use", "reported", "documented"), name
        assert fact["says"], name
        assert fact["evidence"], name
        assert f"test_{name}" in globals() or fact.get("awaits"), name


@pytest.mark.skipif(not SHARED.is_file(), reason="the collection of facts is not beside the repository")
def test_no_fact_of_the_collection_is_left_out() -> None:
    """As many lines of its tables as there are facts here."""
    lines = [line for line in SHARED.read_text("utf-8").splitlines() if line.startswith("| ")]
    facts = [line for line in lines if not line.startswith(("| fact", "| ---"))]
    assert len(facts) == len(FACTS)


# ---- Money and numbers ---------------------------------------------------------------------------------


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


# ---- Time ----------------------------------------------------------------------------------------------


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


# ---- Rows ----------------------------------------------------------------------------------------------


def test_fields_beside_the_documented(client: UsageClient) -> None:
    """They are typed on buckets and rows, where the organization gets them; no warning."""
    asked: Any = {"start_time": MIDNIGHT - DAY, "group_by": ["project_id", "user_id"]}
    for bucket in client.completions(**asked):
        assert bucket.start_time_iso == bucket.start.isoformat()
        assert bucket.end_time_iso == bucket.end.isoformat()
    rows = list(client.completions(**asked).rows())
    assert all(row.organization_id and row.organization_name for row in rows)
    assert all(row.project_name and row.user_email and "@" in row.user_email for row in rows)
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


# ---- Requests ------------------------------------------------------------------------------------------


def test_three_forms_of_lists(emulator: Emulator) -> None:
    """They mean the same."""
    start = f"start_time={MIDNIGHT - DAY}&end_time={MIDNIGHT}"
    forms = (
        "group_by=project_id,model",
        "group_by=project_id&group_by=model",
        "group_by[]=project_id&group_by[]=model",
    )
    first, *others = (answer(emulator, "usage/completions", f"{start}&{form}")[0] for form in forms)
    assert others == [first, first]


@pytest.mark.parametrize("dimension", ["api_key_id", "user_id"])
@pytest.mark.parametrize("beside", [[], ["line_item"]])
def test_refused_groupings(dimension: Any, beside: Any) -> None:
    """A 400 that names the parameter; other groupings are answered."""
    with emulated(faults.GroupingRefused(dimension)) as client:
        with pytest.raises(BadRequestError) as caught:
            list(client.costs(start_time="2d", group_by=[dimension, *beside]))
        assert caught.value.param == "group_by"
        assert list(client.costs(start_time="2d", group_by=["project_id"]))


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("count", [1, 2, None])
def test_pages_past_the_end(client: UsageClient, count: int | None, concurrency: int) -> None:
    """One, some or endlessly many: what is read is the same."""
    asked: Any = {"start_time": MIDNIGHT - 80 * DAY, "group_by": ["model"]}
    with emulated(faults.EmptyPages(count)) as other:
        assert list(other.with_options(concurrency=concurrency).completions(**asked)) == list(
            client.completions(**asked)
        )


def test_the_tail_is_known_after_an_interruption() -> None:
    """A walk that broke off in the tail goes on as one that has read the range."""
    plan = {number: faults.EmptyPages(None) for number in range(1, 20)}
    with (
        Emulator(now=lambda: NOW, faults=FaultPlan({**plan, 3: faults.Status(503)})) as api,
        UsageClient(
            admin_key=api.admin_key,
            base_url=api.base_url,
            clock=lambda: NOW,
            retry=RetryPolicy(max_retries=0),
            concurrency=1,
        ) as client,
    ):
        read: list[Any] = []
        with pytest.raises(ServerError) as caught:
            read.extend(client.costs(start_time="5d").pages())
        read.extend(client.resume(caught.value.resume).pages())
    assert sum(len(page.data) for page in read) == 5


def test_escaped_cursors(emulator: Emulator, client: UsageClient) -> None:
    """They have all three characters, and the client walks over them."""
    cursors: list[str] = []
    query = f"start_time={MIDNIGHT - 60 * DAY}&end_time={MIDNIGHT}&limit=1"
    page, _ = answer(emulator, "costs", query)
    while page["has_more"]:
        cursors.append(page["next_page"])
        page, _ = answer(emulator, "costs", f"{query}&page={quote(cursors[-1], safe='')}")
    assert set("=+/") <= set("".join(cursors))
    assert all(cursor.startswith("page_") for cursor in cursors)
    walked = client.with_options(concurrency=1).costs(
        start_time=MIDNIGHT - 60 * DAY, end_time=MIDNIGHT, limit=1
    )
    assert len(list(walked.pages())) == len(cursors) + 1


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("fault", [faults.MissingScope, faults.SessionKeyNeeded])
def test_keys_without_the_scope(fault: type[faults.MissingScope], status: int) -> None:
    """Both say what kind of key is needed."""
    with emulated(fault(status)) as client, pytest.raises(PermissionDeniedError, match="need an admin key"):
        list(client.costs(start_time="2d"))


def test_errors_in_words() -> None:
    """The text is kept."""
    with (
        emulated(faults.ErrorBody("try again")) as client,
        pytest.raises(ServerError, match="status 500: try again"),
    ):
        list(client.costs(start_time="2d"))


def test_organization_headers(emulator: Emulator) -> None:
    """They come with every answer, and the organization is the one of the rows."""
    page, headers = answer(emulator, "costs", f"start_time={MIDNIGHT - DAY}")
    assert {"openai-organization", "openai-version", "openai-processing-ms", "x-request-id"} <= headers.keys()
    assert {result["organization_id"] for result in results(page)} == {headers["openai-organization"]}
