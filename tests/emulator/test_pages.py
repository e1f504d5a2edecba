"""Buckets and cursors: where pages begin and end."""

from datetime import UTC, datetime

import pytest

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Json, Question, api_of


def edges(buckets: list[Json]) -> list[tuple[int, int]]:
    """Return the start and end of each bucket."""
    return [(bucket["start_time"], bucket["end_time"]) for bucket in buckets]


def test_first_and_last_bucket_are_clipped(api: Api, now: int) -> None:
    """Buckets are aligned in UTC, except where the range itself begins and ends."""
    midnight = now // DAY * DAY - 5 * DAY
    start, end = midnight + 3_600 + 7, midnight + DAY + 11

    page = api.page("completions", start_time=start, end_time=end)

    assert edges(page["data"]) == [(start, midnight + DAY), (midnight + DAY, end)]
    assert (page["object"], page["has_more"], page["next_page"]) == ("page", False, None)
    assert {bucket["object"] for bucket in page["data"]} == {"bucket"}


@pytest.mark.parametrize("end", [{}, {"end_time": 4_000_000_000}])
def test_nothing_exists_after_now(api: Api, now: int, end: Question) -> None:
    """The bucket that holds now is the last one and keeps its aligned end."""
    buckets = api.buckets("completions", start_time=now - 7_200, bucket_width="1h", **end)

    assert edges(buckets)[-1] == (now // 3_600 * 3_600, now // 3_600 * 3_600 + 3_600)
    assert api.page("completions", start_time=now + DAY, **end)["data"] == []


def test_the_current_bucket_grows() -> None:
    """As the clock moves, today's bucket grows and yesterday's does not."""
    clock = datetime(2026, 11, 19, 12, tzinfo=UTC).timestamp()
    with Emulator(now=lambda: clock) as emulator, api_of(emulator) as api:
        asked: Question = {"start_time": int(clock) // DAY * DAY - DAY}
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
    asked: Question = {
        "start_time": now - 100 * 3_600,
        "bucket_width": "1h",
        "group_by": ["model", "batch"],
    }

    assert api.buckets("completions", **asked, limit=limit) == api.buckets("completions", **asked, limit=168)


def test_a_cursor_is_bound_to_its_query(api: Api, now: int) -> None:
    """A cursor works for its own query in any spelling, and for no other query."""
    asked: Question = {"start_time": now - 30 * DAY, "group_by": ["model", "batch"]}
    cursor: str = api.page("completions", **asked)["next_page"]

    same: Question = {
        "start_time": now - 30 * DAY,
        "group_by[]": ["batch", "model"],
        "bucket_width": "1d",
    }
    assert api.page("completions", **same, limit=2, page=cursor)["data"]

    others: list[tuple[str, Question]] = [
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


def test_both_array_forms_mean_the_same(api: Api, now: int) -> None:
    """Arrays may be repeated or bracketed, even mixed."""
    arrays: list[Question] = [
        {"group_by": ["model", "size"]},
        {"group_by[]": ["model", "size"]},
        {"group_by[]": "model", "group_by": "size"},
    ]

    repeated, bracketed, mixed = (api.page("images", start_time=now - DAY, **a) for a in arrays)

    assert repeated == bracketed == mixed


def test_weekdays_and_office_hours_stand_out(api: Api, now: int) -> None:
    """Weekends have a tenth to a third of a working day, nights less than office hours."""
    monday = now // DAY * DAY - 12 * DAY
    days = [row["num_model_requests"] for row in api.rows("completions", start_time=monday, limit=7)]
    *working, saturday, sunday = days[:7]
    wednesday: Question = {"start_time": monday + 2 * DAY, "end_time": monday + 3 * DAY}
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
