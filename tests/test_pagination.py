"""Walking over pages: nothing lost, nothing twice, and an error where that cannot be told."""

from __future__ import annotations

import asyncio
import pickle
import warnings
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, UnknownFieldWarning, UsageClient
from openai_org_usage.errors import (
    APIStatusError,
    BadRequestError,
    OpenAIUsageError,
    PaginationError,
    ResponseDecodeError,
    ServerError,
)

from .conftest import DAY, MIDNIGHT
from .scripted import START, Json, bucket, error, page, result, scripted, scripted_async


def test_pages_are_followed_until_has_more_is_false() -> None:
    """Three pages give all their buckets in order, whatever next_page says on the last one."""
    client, script = scripted(
        page(bucket(0), bucket(1), cursor="A"),
        page(bucket(2), cursor="B"),
        page(bucket(3), cursor=None, next_page="left over"),
    )
    starts = [b.start_time for b in client.completions(start_time=START)]
    assert starts == [START + day * DAY for day in range(4)]
    assert [dict(query).get("page") for query in script.queries] == [None, "A", "B"]


def test_filters_are_kept_on_every_request() -> None:
    """Each request repeats all parameters; only the cursor changes."""
    client, script = scripted(page(bucket(0), cursor="A"), page(bucket(1)))
    query = client.completions(
        start_time=START, end_time=START + 5 * DAY, models=["a", "b"], group_by=["model"], batch=False
    )
    list(query)
    first, second = script.queries
    assert [pair for pair in second if pair[0] != "page"] == first
    assert ("models", "a") in first
    assert ("models", "b") in first
    assert ("batch", "false") in first


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_largest_documented_page_is_asked_for(name: str, client: UsageClient) -> None:
    """For each endpoint and width, `limit` is the documented maximum, and the server accepts it."""
    operation = OPERATIONS[name]
    for limit in operation.parameter("limit").limits:
        query = getattr(client, name)(start_time=MIDNIGHT - DAY, bucket_width=limit.bucket_width)
        first = next(query.pages())
        span = {"1d": DAY, "1h": 3600, "1m": 60}[limit.bucket_width]
        expected = -(-(DAY + 15 * 3600 + 30 * 60) // span)
        assert len(first.data) == min(expected, limit.maximum)


def test_a_limit_of_the_caller_is_kept() -> None:
    """What the caller sets is sent on every page."""
    client, script = scripted(page(bucket(0), cursor="A"), page(bucket(1)), concurrency=1)
    list(client.completions(start_time=START, limit=1))
    assert [dict(query)["limit"] for query in script.queries] == ["1", "1"]


def test_a_refused_limit_is_stepped_down_once() -> None:
    """A 400 that names our limit is answered by the server's default, from where the walk was."""
    refusal = error(400, "limit is too large", param="limit")
    client, script = scripted(
        page(bucket(0), cursor="A"), refusal, page(bucket(1), cursor="B"), page(bucket(2))
    )
    assert len(list(client.completions(start_time=START))) == 3
    assert [dict(query).get("limit") for query in script.queries] == ["31", "31", None, None]
    assert [dict(query).get("page") for query in script.queries] == [None, "A", "A", "B"]


@pytest.mark.parametrize("limit", [None, 20])
def test_a_limit_is_not_stepped_down_twice_or_against_the_caller(limit: int | None) -> None:
    """A second refusal, or one of the caller's own limit, is the caller's to see."""
    refusal = error(400, "Invalid 'limit'", param="limit")
    client, script = scripted(refusal, error(400, "Invalid 'limit'", param="limit"))
    with pytest.raises(BadRequestError, match="limit"):
        list(client.completions(start_time=START, limit=limit))
    assert len(script.requests) == (2 if limit is None else 1)


def _no_more_has_more(body: Json) -> Json:
    return {key: value for key, value in body.items() if key != "has_more"}


FAULTS: dict[str, list[Json]] = {
    "null cursor": [page(bucket(0), has_more=True)],
    "empty cursor": [page(bucket(0), cursor="")],
    "cursor A, A": [page(bucket(0), cursor="A"), page(bucket(1), cursor="A")],
    "cursor A, B, A": [
        page(bucket(0), cursor="A"),
        page(bucket(1), cursor="B"),
        page(bucket(2), cursor="A"),
    ],
    "bucket goes back": [page(bucket(2), cursor="A"), page(bucket(1))],
    "bucket goes back on one page": [page(bucket(2), bucket(1))],
    "bucket twice on one page": [page(bucket(1), bucket(1))],
    "buckets overlap": [page(bucket(0), bucket(1, start_time=START + DAY - 1))],
    "bucket before the range": [page(bucket(-1))],
    "bucket after the range": [page(bucket(6))],
    "bucket without length": [page(bucket(0, end_time=START))],
    "continued with other numbers": [
        page(bucket(0, result(model="m", tokens=1)), cursor="A"),
        page(bucket(0, result(model="m", tokens=2))),
    ],
}
MALFORMED: dict[str, list[Json]] = {
    "number as cursor": [page(bucket(0), cursor=7)],
    "has_more is a string": [page(bucket(0), has_more="false")],
    "has_more is a number": [page(bucket(0), has_more=1)],
    "no has_more": [_no_more_has_more(page(bucket(0)))],
    "no data": [{"object": "page", "has_more": False, "next_page": None}],
}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [pytest.param(answers, PaginationError, id=name) for name, answers in FAULTS.items()]
    + [pytest.param(answers, ResponseDecodeError, id=name) for name, answers in MALFORMED.items()],
)
def test_contradictory_pages_fail_closed(answers: list[Json], expected: type[OpenAIUsageError]) -> None:
    """Each fault raises, and what was handed out, kept and still to come adds up to everything."""
    client, _ = scripted(*answers)
    handed_out: list[Any] = []
    with pytest.raises(expected) as caught:
        handed_out.extend(client.completions(start_time=START, end_time=START + 6 * DAY))
    pages_read = len(answers) - 1
    assert len(handed_out) + len(caught.value.partial) == pages_read
    assert caught.value.resume.cursor == (answers[-2]["next_page"] if pages_read else None)


@pytest.mark.parametrize("fault", ["A, A", "A, B, A"])
def test_pages_fail_closed_too(fault: str) -> None:
    """Reading page by page applies the same rules as reading buckets."""
    client, _ = scripted(*FAULTS[f"cursor {fault}"])
    with pytest.raises(PaginationError, match="circle"):
        list(client.completions(start_time=START).pages())


def test_the_page_cap_is_an_error() -> None:
    """More pages than max_pages is taken for an endless walk."""
    client, _ = scripted(*(page(bucket(i), cursor=f"c{i}") for i in range(5)), max_pages=3)
    with pytest.raises(PaginationError, match="more than 3 pages"):
        list(client.completions(start_time=START))


def test_an_empty_page_before_the_end_is_survived() -> None:
    """An empty page with a fresh cursor, as the API sends it past the last data, is no end."""
    client, _ = scripted(page(bucket(0), cursor="A"), page(cursor="B"), page(cursor="C"), page(bucket(1)))
    assert len(list(client.completions(start_time=START))) == 2


def test_empty_pages_without_end_are_an_error() -> None:
    """Fresh cursors alone cannot keep a walk going."""
    client, script = scripted(*(page(cursor=f"c{i}") for i in range(50)))
    with pytest.raises(PaginationError, match="empty pages"):
        list(client.completions(start_time=START))
    assert len(script.requests) == 11


def test_a_bucket_continued_on_the_next_page_comes_as_one() -> None:
    """Results of both parts are there once each, also the one that stands in both."""
    client, _ = scripted(
        page(bucket(0), bucket(1, result(model="a"), result(model="b")), cursor="A"),
        page(bucket(1, result(model="b"), result(model="c")), bucket(2)),
    )
    buckets = list(client.completions(start_time=START))
    assert [b.start_time for b in buckets] == [START + day * DAY for day in range(3)]
    assert [r.model for r in buckets[1].results] == ["a", "b", "c"]


def test_a_bucket_over_three_pages_comes_as_one() -> None:
    """A continuation can itself be continued."""
    parts = [bucket(0, result(model=name)) for name in "abc"]
    client, _ = scripted(page(parts[0], cursor="A"), page(parts[1], cursor="B"), page(parts[2]))
    (only,) = client.completions(start_time=START)
    assert [r.model for r in only.results] == ["a", "b", "c"]


def test_todays_bucket_may_grow_between_two_pages() -> None:
    """In the bucket that is not over, the later numbers for the same dimensions win."""
    today = 10
    client, _ = scripted(
        page(bucket(today, result(model="m", tokens=1)), cursor="A"),
        page(bucket(today, result(model="m", tokens=2))),
    )
    (only,) = client.completions(start_time=START)
    assert [r.input_tokens for r in only.results] == [2]


def test_empty_results_are_a_bucket() -> None:
    """A bucket without usage is there, with no rows."""
    client, _ = scripted(page(bucket(0, results=[])))
    (only,) = client.completions(start_time=START)
    assert only.results == []
    assert list(scripted(page(bucket(0, results=[])))[0].completions(start_time=START).rows()) == []


def _failing_then_working() -> list[Any]:
    return [
        page(bucket(0), bucket(1, result(model="a")), cursor="A"),
        error(500, "sorry"),
        page(bucket(1, result(model="b")), bucket(2)),
    ]


def test_a_walk_can_be_resumed_without_gap_or_repetition() -> None:
    """What was handed out before the error and what resuming gives are all buckets, once each."""
    client, script = scripted(*_failing_then_working())
    before: list[Any] = []
    with pytest.raises(ServerError) as caught:
        before.extend(client.completions(start_time=START))
    after = list(client.resume(pickle.loads(pickle.dumps(caught.value.resume))))
    assert [b.start_time for b in before + after] == [START + day * DAY for day in range(3)]
    assert [r.model for r in after[0].results] == ["a", "b"]
    assert dict(script.queries[2])["page"] == "A"


def test_the_asynchronous_walk_is_the_same() -> None:
    """Buckets, rows, errors and resuming are those of the synchronous client."""

    async def walk() -> tuple[list[int], list[str | None]]:
        client, _ = scripted_async(*_failing_then_working())
        async with client:
            starts: list[int] = []
            with pytest.raises(APIStatusError) as caught:
                starts.extend([b.start_time async for b in client.completions(start_time=START)])
            rest = client.resume(caught.value.resume)
            return starts, [row.model async for row in rest.rows()]

    starts, models = asyncio.run(walk())
    assert starts == []  # A list comprehension hands nothing on before it is complete.
    assert models == ["a", "b", None]


def test_rows_are_flat_and_know_their_bucket() -> None:
    """A row has the result's fields, unknown ones included, and its bucket's times."""
    client, _ = scripted(page(bucket(3, result(model="m", tokens=5, project_name="Search"))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)  # Told once, maybe to another test.
        (row,) = client.completions(start_time=START).rows()
    assert (row.model, row.input_tokens, row.start_time) == ("m", 5, START + 3 * DAY)
    assert row.start.isoformat() == "2026-11-13T00:00:00+00:00"
    record = row.to_record()
    assert list(record)[:3] == ["start_time", "end_time", "object"]
    assert record["project_name"] == "Search"


@pytest.mark.parametrize("read", ["__iter__", "rows", "pages"])
def test_nothing_is_sent_before_iterating_and_all_again_after(read: str) -> None:
    """A query is lazy, and each iteration is a new walk."""
    client, script = scripted(page(bucket(0)), page(bucket(0)))
    query = client.completions(start_time=START)
    assert script.requests == []
    for sent in (1, 2):
        assert len(list(getattr(query, read)())) == 1
        assert len(script.requests) == sent
