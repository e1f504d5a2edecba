"""Buckets and cursors: where pages begin and end."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Json, Parameters, api_of


def edges(buckets: list[Json]) -> list[tuple[int, int]]:
    """The start and end of each bucket."""
    return [(bucket["start_time"], bucket["end_time"]) for bucket in buckets]


def test_first_and_last_bucket_of_usage_are_clipped(api: Api, now: int) -> None:
    """Buckets are aligned in UTC, except where the range itself begins, to the minute, and ends."""
    midnight = now // DAY * DAY - 5 * DAY
    start, end = midnight + 3_600 + 60, midnight + DAY + 11

    page = api.page("completions", start_time=start + 7, end_time=end)

    assert edges(page["data"]) == [(start, midnight + DAY), (midnight + DAY, end)]
    assert page["data"] == api.page("completions", start_time=start, end_time=end)["data"]
    assert (page["object"], page["has_more"], page["next_page"]) == ("page", False, None)
    assert {bucket["object"] for bucket in page["data"]} == {"bucket"}


def test_costs_are_whole_days(api: Api, now: int) -> None:
    """Whatever second the range begins or ends at, each day it touches comes whole."""
    midnight = now // DAY * DAY - 5 * DAY
    whole = api.page("costs", start_time=midnight, end_time=midnight + 2 * DAY)

    for first, last in [(1, 1), (3_607, 11), (DAY - 1, DAY - 1)]:
        asked: Parameters = {"start_time": midnight + first, "end_time": midnight + DAY + last}
        assert api.page("costs", **asked) == whole
    assert edges(whole["data"]) == [(midnight + n * DAY, midnight + (n + 1) * DAY) for n in (0, 1)]


@pytest.mark.parametrize(
    ("name", "end", "last"),
    [
        ("completions", None, 0),
        ("completions", 4_000_000_000, 1),
        ("costs", None, 1),
        ("costs", 4_000_000_000, 1),
        ("costs", -1, 1),
    ],
)
def test_nothing_exists_after_now(api: Api, now: int, name: str, end: int | None, last: int) -> None:
    """The bucket that holds now is the last one: of usage it ends now, unless an end was asked for."""
    asked: Parameters = {} if end is None else {"end_time": now + end if end < 0 else end}
    today = now // DAY * DAY
    buckets = api.buckets(name, start_time=now - 2 * DAY, **asked)

    assert edges(buckets)[-1] == (today, today + DAY if last else now)
    assert len(buckets) == 3
    assert api.page(name, start_time=now + DAY)["data"] == []


def test_ranges_are_cut_as_in_the_recorded_answers() -> None:
    """OpenAI's cookbook, completions_usage_api.ipynb: thirty days, asked for at 17:31:03 UTC.

    Usage begins at the minute and ends at the second of the question; costs begin and end at midnight.
    """
    start = 1_736_616_663
    now = start + 30 * DAY
    with Emulator(now=lambda: now) as emulator, api_of(emulator) as api:
        usage = edges(api.buckets("completions", start_time=start, bucket_width="1d", limit=7))
        costs = edges(api.buckets("costs", start_time=start, bucket_width="1d", limit=30))

    midnights = list(range(1_736_640_000, 1_739_145_600 + 1, DAY))
    assert usage == list(pairwise([1_736_616_660, *midnights, 1_739_208_663]))
    assert costs == list(pairwise([1_736_553_600, *midnights, 1_739_232_000]))


def test_the_current_bucket_grows() -> None:
    """As the clock moves, today's bucket grows and yesterday's does not."""
    clock = datetime(2026, 11, 19, 12, tzinfo=UTC).timestamp()
    with Emulator(now=lambda: clock) as emulator, api_of(emulator) as api:
        asked: Parameters = {"start_time": int(clock) // DAY * DAY - DAY}
        noon = api.rows("completions", **asked)
        clock += 3_600
        later = api.rows("completions", **asked)

    assert noon[0] == later[0]
    assert noon[1]["num_model_requests"] < later[1]["num_model_requests"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_before_the_company_existed_buckets_are_empty(api: Api, name: str) -> None:
    """A bucket without usage is there, with no results."""
    page = api.page(name, start_time=0, limit=3)

    assert [bucket["results"] for bucket in page["data"]] == [[], [], []]
    assert page["has_more"]


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_a_walk_equals_one_big_page(api: Api, now: int, limit: int) -> None:
    """Following cursors gives the buckets of one large page, whatever the page size."""
    asked: Parameters = {
        "start_time": now - 100 * 3_600,
        "bucket_width": "1h",
        "group_by": ["model", "batch"],
    }

    assert api.buckets("completions", **asked, limit=limit) == api.buckets("completions", **asked, limit=168)


def test_a_cursor_is_bound_to_its_query(api: Api, now: int) -> None:
    """A cursor works for its own query in any spelling, and for no other query."""
    asked: Parameters = {"start_time": now - 30 * DAY, "group_by": ["model", "batch"]}
    cursor: str = api.page("completions", **asked)["next_page"]

    same: Parameters = {
        "start_time": now - 30 * DAY,
        "group_by[]": ["batch", "model"],
        "bucket_width": "1d",
    }
    assert api.page("completions", **same, limit=2, page=cursor)["data"]

    others: list[tuple[str, Parameters]] = [
        ("decisions", asked),
        ("completions", asked | {"group_by": "model"}),
        ("completions", asked | {"start_time": now - 31 * DAY}),
        ("completions", asked | {"end_time": now}),
        ("completions", asked | {"models": ["gpt-4o-2024-08-06"]}),
    ]
    for name, other in others:
        assert api.error(name, **other, page=cursor)["param"] == "page"


@pytest.mark.parametrize("how", ["cut", "longer", "bare", "upper", "foreign"])
def test_a_garbled_cursor_is_refused(api: Api, now: int, how: str) -> None:
    """A cursor that was cut, lengthened or rewritten is refused."""
    cursor: str = api.page("completions", start_time=now - 30 * DAY)["next_page"]
    garbled = {
        "cut": cursor[:-1],
        "longer": cursor + "A",
        "bare": cursor.removeprefix("page_"),
        "upper": cursor.upper(),
        "foreign": "page_é",
    }

    error = api.error("completions", start_time=now - 30 * DAY, page=garbled[how])
    assert (error["param"], error["code"]) == ("page", "invalid_value")


@pytest.mark.parametrize(
    ("name", "list_of", "values"),
    [
        ("images", "group_by", ["model", "size"]),
        ("images", "sizes", ["256x256", "512x512"]),
        ("completions", "models", ["gpt-4.1-2025-04-14", "gpt-5-2025-08-07"]),
        ("costs", "line_items", ["gpt-4o-2024-08-06, input", "Image models"]),
    ],
)
def test_all_forms_of_a_list_mean_the_same(
    api: Api, now: int, name: str, list_of: str, values: list[str]
) -> None:
    """Lists may be repeated, bracketed or joined by commas, even mixed; they then continue, too."""
    first, second = values
    repeated, *others = (
        api.buckets(name, start_time=now - 2 * DAY, limit=1, **form)
        for form in (
            {list_of: values},
            {f"{list_of}[]": values},
            {list_of: f"{first},{second}"},
            {f"{list_of}[]": f"{first},{second}"},
            {f"{list_of}[]": first, list_of: second},
        )
    )

    assert all(other == repeated for other in others)
    assert repeated != api.buckets(name, start_time=now - 2 * DAY, limit=1, **{list_of: first})


@pytest.mark.parametrize("name", OPERATIONS)
def test_cursors_have_to_be_escaped(api: Api, now: int, name: str) -> None:
    """Each has the characters that a query string gives other meanings; taken literally, it is refused."""
    asked: Parameters = {"start_time": now - 30 * DAY, "limit": 2}
    path = OPERATIONS[name].path.lstrip("/")
    for _ in range(5):
        cursor: str = api.page(name, **asked)["next_page"]
        assert re.fullmatch(r"page_[A-Za-z0-9+/]+=+", cursor)
        assert "+" in cursor
        assert "/" in cursor
        bare = api.http.get(f"{path}?start_time={now - 30 * DAY}&page={cursor}")
        assert bare.json()["error"]["param"] == "page"
        asked = {"start_time": now - 30 * DAY, "limit": 2, "page": cursor}


def test_sizes_that_no_document_lists_occur_and_can_be_asked_for(api: Api, now: int) -> None:
    """Images have sizes beyond the document's list; filtering by one gives what grouping shows."""
    documented = OPERATIONS["images"].parameter("sizes").allowed_values
    asked: Parameters = {"start_time": now - 3 * DAY}
    rows = api.rows("images", **asked, group_by="size")
    filtered = api.rows("images", **asked, sizes="1024x1536")

    assert {row["size"] for row in rows} == {*documented, "1024x1536"}
    images = sum(row["images"] for row in rows if row["size"] == "1024x1536")
    assert sum(row["images"] for row in filtered) == images > 0
    assert api.error("images", **asked, sizes="1024x1537")["param"] == "sizes"


def test_weekdays_and_office_hours_stand_out(api: Api, now: int) -> None:
    """Weekends have a tenth to a third of a working day, nights less than office hours."""
    monday = now // DAY * DAY - 12 * DAY
    days = [row["num_model_requests"] for row in api.rows("completions", start_time=monday, limit=7)]
    *working, saturday, sunday = days[:7]
    wednesday: Parameters = {"start_time": monday + 2 * DAY, "end_time": monday + 3 * DAY}
    rows = api.rows("completions", **wednesday, bucket_width="1h")
    hours = [row["num_model_requests"] for row in rows]

    assert all(0.10 < day / (sum(working) / 5) < 0.35 for day in (saturday, sunday))
    assert sum(hours[9:17]) > 1.5 * (sum(hours[:6]) + sum(hours[22:]))


def test_rows_have_every_field_of_the_registry(api: Api, now: int) -> None:
    """Every row has all fields in the registry's order, and null where it is not grouped."""
    for name, operation in OPERATIONS.items():
        (row,) = api.page(name, start_time=now - 2 * DAY, limit=1)["data"][0]["results"]
        assert list(row) == [field.name for field in operation.fields]
        assert row["object"] == operation.result_object
        assert {row[f.name] for f in operation.fields if f.role == "dimension"} == {None}
