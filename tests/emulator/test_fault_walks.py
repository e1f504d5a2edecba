"""Faults that take several pages: cursors that go round, empty pages, buckets in the wrong place."""

from typing import Any

import pytest

from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import (
    ContinuedBucket,
    CursorCycle,
    EmptyPages,
    Fault,
    RepeatedCursor,
    WrongBuckets,
)

from .asking import DAY, Api, Json, Parameters


def walk(faulty: Api, fault: Fault, *, pages: int, **asked: Any) -> list[Json]:
    """Follow up to `pages` pages of completions, each with the fault."""
    faulty.emulator.faults = FaultPlan(fault)
    answers: list[Json] = [faulty.page("completions", **asked)]
    while len(answers) < pages and answers[-1]["has_more"]:
        answers.append(faulty.page("completions", **asked, page=answers[-1]["next_page"]))
    return answers


def edges(buckets: list[Json]) -> list[tuple[int, int]]:
    """Start and end of each bucket."""
    return [(bucket["start_time"], bucket["end_time"]) for bucket in buckets]


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("days", [30, 2])
def test_cursors_go_round(faulty: Api, now: int, length: int, days: int) -> None:
    """A, B, A, B, whether the data has many pages or one."""
    pages = walk(faulty, CursorCycle(length), pages=7, start_time=now - days * DAY)

    cursors = [page["next_page"] for page in pages]
    assert all(page["has_more"] for page in pages)
    assert len(set(cursors)) == length
    assert cursors == (cursors[:length] * 7)[:7]


def test_a_page_names_itself(faulty: Api, now: int) -> None:
    """The same page comes again and again, under the same cursor."""
    first, second, third = walk(faulty, RepeatedCursor(), pages=3, start_time=now - 30 * DAY)

    assert first["next_page"] == second["next_page"] == third["next_page"]
    assert first["data"] == second["data"] == third["data"]


@pytest.mark.parametrize("count", [1, 3])
def test_empty_pages_follow_the_data(faulty: Api, now: int, count: int) -> None:
    """Each has a new cursor, and the data before them is complete."""
    asked: Parameters = {"start_time": now - 20 * DAY}
    true = faulty.buckets("completions", **asked)

    pages = walk(faulty, EmptyPages(count), pages=20, **asked)

    assert [bucket for page in pages for bucket in page["data"]] == true
    assert [bool(page["data"]) for page in pages[-count - 1 :]] == [True] + [False] * count
    assert len({page["next_page"] for page in pages}) == len(pages)
    assert pages[-1]["next_page"] is None
    assert len(faulty.emulator.dealt) == count


def test_empty_pages_may_not_end(faulty: Api, now: int) -> None:
    """Each has a new cursor, as many as are asked for, while the clock stands still or not."""
    pages = walk(faulty, EmptyPages(None), pages=40, start_time=now - 2 * DAY)

    assert [bool(page["data"]) for page in pages] == [True] + [False] * 39
    assert all(page["has_more"] for page in pages)
    assert len({page["next_page"] for page in pages}) == 40


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize("repeat", [False, True])
def test_a_bucket_is_continued_on_the_next_page(faulty: Api, now: int, limit: int, repeat: bool) -> None:
    """Put together, the halves are the true bucket; with `repeat`, they share one result."""
    asked: Parameters = {"start_time": now - 5 * DAY, "group_by": "model", "limit": limit}
    true = faulty.buckets("completions", **asked)

    pages = walk(faulty, ContinuedBucket(repeat=repeat), pages=50, **asked)

    rows: dict[tuple[int, int], list[Json]] = {}
    for page in pages:
        for bucket in page["data"]:
            known = rows.setdefault((bucket["start_time"], bucket["end_time"]), [])
            shared = repeat and known and known[-1] == bucket["results"][0]
            known += bucket["results"][1:] if shared else bucket["results"]
    assert rows == {(b["start_time"], b["end_time"]): b["results"] for b in true}
    shown = sum(len(bucket["results"]) for page in pages for bucket in page["data"])
    assert shown - sum(len(bucket["results"]) for bucket in true) == repeat * len(faulty.emulator.dealt)
    assert faulty.emulator.dealt


def test_buckets_are_in_the_wrong_place(faulty: Api, now: int) -> None:
    """Each disorder is what its name says."""
    asked: Parameters = {"start_time": now - 3 * DAY, "bucket_width": "1d"}
    true = edges(faulty.page("completions", **asked)["data"])

    disorder = {
        how: edges(walk(faulty, WrongBuckets(how), pages=1, **asked)[0]["data"])
        for how in ("overlapping", "backward", "repeated", "out-of-range")
    }

    assert disorder["backward"] == true[::-1]
    assert disorder["repeated"] == [*true, true[-1]]
    assert true[-2][0] < disorder["overlapping"][-1][0] < true[-2][1]
    assert disorder["overlapping"][:-1] == true[:-1]
    assert disorder["out-of-range"][0][1] <= now // DAY * DAY - 4 * DAY
    assert disorder["out-of-range"][1:] == true[1:]


def test_one_bucket_cannot_overlap(faulty: Api, now: int) -> None:
    """A page without two buckets is answered as it is."""
    (page,) = walk(faulty, WrongBuckets("overlapping"), pages=1, start_time=now)

    assert len(page["data"]) == 1
    assert faulty.emulator.dealt == []
