"""What a query asks for, settled when it is made."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_org_usage._generated import (
    InvalidParameterError,
    Operation,
    Parameter,
    Request,
    usage_completions,
    usage_costs,
)
from openai_org_usage.pagination.plan import QueryPlan, plan_of
from openai_org_usage.pagination.rules import ResumePoint

DAY = 86_400
NOW = 1000 * DAY + 55


def asking(start: int, end: int | None = None, **arguments: Any) -> Request[Any, Any, Any]:
    """A request for completions."""
    return usage_completions.request(start_time=start, end_time=end, **arguments)


def begin(
    start: int = 0,
    end: int | None = None,
    *,
    now: float = NOW,
    concurrency: int = 8,
    rest: Request[Any, Any, Any] | None = None,
    held: Any = None,
    **arguments: Any,
) -> QueryPlan[Any, Any, Any]:
    """The plan for completions, from a point on."""
    point = ResumePoint(asking(start, end, **arguments), rest=rest, held=held)
    return plan_of(point, now=now, concurrency=concurrency)


def spans(plan: QueryPlan[Any, Any, Any]) -> list[tuple[object, object]]:
    """Start and end of each window; that there are as many as said is checked, too."""
    found = list(plan.windows())
    assert len(found) == plan.count
    return [(window.request.get("start_time"), window.request.get("end_time")) for window in found]


@pytest.mark.parametrize(
    ("start", "end", "cuts"),
    [
        (0, 10 * DAY, [3 * DAY, 6 * DAY, 9 * DAY]),
        (0, 9 * DAY, [3 * DAY, 6 * DAY]),
        (0, 4 * DAY, [3 * DAY]),
        (0, 4 * DAY - 1, []),
        (0, 3 * DAY, []),
        (5, 10 * DAY, [3 * DAY, 6 * DAY, 9 * DAY]),
        (DAY - 1, 5 * DAY, [3 * DAY]),
        (DAY, 5 * DAY, [4 * DAY]),
        (990 * DAY, None, [993 * DAY, 996 * DAY, 999 * DAY]),
        (997 * DAY, None, []),
        (996 * DAY, None, [999 * DAY]),
        (990 * DAY, 2000 * DAY, [993 * DAY, 996 * DAY, 999 * DAY]),
        (3000 * DAY, None, []),
    ],
)
def test_cuts_lie_at_bucket_boundaries_in_the_past(start: int, end: int | None, cuts: list[int]) -> None:
    """Every `buckets` widths; no piece is narrower than a bucket, and nothing is cut after the present."""
    plan = begin(start, end, limit=3)
    assert list(plan.cuts) == cuts
    assert plan.count == len(cuts) + 1


def test_the_present_is_rounded_down() -> None:
    """A cut just at the bucket that is one width old is allowed, half a second earlier is not."""
    assert list(begin(0, limit=1, now=3 * DAY + 0.9).cuts) == [DAY, 2 * DAY]
    assert list(begin(0, limit=1, now=3 * DAY - 0.1).cuts) == [DAY]


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    start=st.integers(0, 20_000),
    length=st.one_of(st.none(), st.integers(1, 20_000)),
    buckets=st.integers(1, 40),
    now=st.integers(0, 50_000),
)
def test_windows_cover_the_range_without_overlap(
    start: int, length: int | None, buckets: int, now: int
) -> None:
    """Strictly increasing cuts inside of the range; none has more than `limit` + 1 past buckets."""
    end, width = None if length is None else start + length, 60
    plan = begin(start, end, bucket_width="1m", limit=buckets, now=now)
    cuts = list(plan.cuts)
    assert all(cut % width == 0 and start < cut <= now - width for cut in cuts)
    assert all(after - before == width * buckets for before, after in pairwise(cuts))
    assert not cuts or cuts[0] - start <= width * buckets
    last = min(now, end) if end is not None else now
    assert last - (cuts[-1] if cuts else start) < width * (buckets + 1)
    assert end is None or all(cut <= end - width for cut in cuts)
    assert spans(plan) == list(pairwise([start, *cuts, end]))


def test_windows_follow_each_other_and_know_the_rest() -> None:
    """What is left after each window is the request of all that follow; filters are kept."""
    given: dict[str, Any] = {"models": ["a"], "limit": 3}
    found = list(begin(5, 10 * DAY, **given).windows())
    assert [window.request for window in found] == [
        asking(5, 3 * DAY, **given),
        asking(3 * DAY, 6 * DAY, **given),
        asking(6 * DAY, 9 * DAY, **given),
        asking(9 * DAY, 10 * DAY, **given),
    ]
    assert [window.rest for window in found] == [
        asking(3 * DAY, 10 * DAY, **given),
        asking(6 * DAY, 10 * DAY, **given),
        asking(9 * DAY, 10 * DAY, **given),
        None,
    ]
    assert [window.held for window in found] == [None] * 4


def test_an_open_range_stays_open_at_its_end() -> None:
    """Only the last window has no end."""
    assert spans(begin(994 * DAY, limit=3)) == [(994 * DAY, 997 * DAY), (997 * DAY, None)]


def test_one_request_at_a_time_needs_no_windows() -> None:
    """One window; from a resume point all of its range, or what has begun and what follows it."""
    rest = asking(6 * DAY, 99 * DAY)
    assert spans(begin(0, 99 * DAY, concurrency=1)) == [(0, 99 * DAY)]
    assert spans(begin(3 * DAY, 6 * DAY, rest=rest, concurrency=1)) == [(3 * DAY, 99 * DAY)]
    begun = begin(3 * DAY, 6 * DAY, page="X", rest=rest, concurrency=1)
    assert spans(begun) == [(3 * DAY, 6 * DAY), (6 * DAY, 99 * DAY)]


def test_a_resumed_query_that_has_not_begun_is_cut_anew() -> None:
    """Its range and the rest are one range again, also an open one."""
    closed = begin(3 * DAY, 6 * DAY, rest=asking(6 * DAY, 12 * DAY), limit=4)
    assert spans(closed) == [(3 * DAY, 7 * DAY), (7 * DAY, 11 * DAY), (11 * DAY, 12 * DAY)]
    ahead = begin(990 * DAY, 992 * DAY, rest=asking(992 * DAY), limit=5)
    assert spans(ahead) == [(990 * DAY, 995 * DAY), (995 * DAY, None)]


def test_a_resumed_query_that_has_begun_ends_its_window_first() -> None:
    """By cursor, with the bucket it holds; what comes after is cut."""
    held, rest = object(), asking(3 * DAY, 9 * DAY)
    for plan in (
        begin(0, 3 * DAY, page="X", rest=rest, limit=3),
        begin(0, 3 * DAY, held=held, rest=rest, limit=3),
    ):
        first, *others = plan.windows()
        assert first == plan.start
        assert plan.count == 3
        assert [other.request for other in others] == [asking(3 * DAY, 6 * DAY), asking(6 * DAY, 9 * DAY)]
    assert spans(begin(0, 99 * DAY, page="X", limit=3)) == [(0, 99 * DAY)]


def test_times_are_resolved_once() -> None:
    """In the request that the plan begins with; all else is as it was."""
    asked = usage_costs.request(start_time="2d", group_by=["line_item"])
    plan = plan_of(ResumePoint(asked), now=NOW, concurrency=8)
    assert plan.request == usage_costs.request(start_time=999 * DAY, group_by=["line_item"])


@pytest.mark.parametrize("width", ["1m", "1h", "1d", None])
def test_the_width_is_the_one_given_or_documented(width: Any) -> None:
    """In seconds."""
    assert begin(bucket_width=width).seconds == {"1m": 60, "1h": 3600}.get(width, DAY)


def test_widths_that_are_new_are_refused() -> None:
    """A width that this version cannot place in time is the caller's to update for."""
    odd = attrs.evolve(asking(0), arguments=(("start_time", 0), ("bucket_width", "2d")))
    with pytest.raises(InvalidParameterError) as caught:
        plan_of(ResumePoint(odd), now=NOW, concurrency=8)
    assert str(caught.value) == "completions: the width '2d' is new to this version; update it"
    assert caught.value.parameter == "bucket_width"


@pytest.mark.parametrize(("width", "largest"), [(None, 31), ("1d", 31), ("1h", 168), ("1m", 1440)])
def test_the_largest_documented_page_is_asked_for(width: Any, largest: int) -> None:
    """Unless the caller chooses; what the caller chose is never changed."""
    assert begin(bucket_width=width).limit == largest
    assert begin(bucket_width=width, limit=5).limit is None
    costs = ResumePoint(usage_costs.request(start_time=0))
    assert plan_of(costs, now=NOW, concurrency=8).limit == 180


@pytest.mark.parametrize("limit", [0, -1, 32, 500])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    """The message names the range for the width."""
    with pytest.raises(InvalidParameterError) as caught:
        begin(limit=limit)
    assert str(caught.value) == (f"completions: limit is between 1 and 31 for buckets of 1d, not {limit}")
    assert caught.value.parameter == "limit"
    assert begin(limit=1).request.get("limit") == 1
    assert begin(limit=31).request.get("limit") == 31


def test_two_requests_at_once_cut_a_range() -> None:
    """One at a time does not."""
    assert begin(0, 9 * DAY, limit=3, concurrency=2).count == 3
    assert begin(0, 9 * DAY, limit=3, concurrency=1).count == 1


def described(request: Request[Any, Any, Any], *parameters: Parameter) -> ResumePoint[Any, Any, Any]:
    """The beginning of a query, were these the documented parameters."""
    operation: Operation = attrs.evolve(request.operation, parameters=parameters)
    return ResumePoint(attrs.evolve(request, operation=operation))


def test_without_a_documented_page_size_nothing_is_cut() -> None:
    """Nor is a size asked for; one that is given is at least 1."""
    parameters = [attrs.evolve(p, limits=()) for p in asking(0).operation.parameters]
    plan = plan_of(described(asking(0), *parameters), now=NOW, concurrency=8)
    assert (plan.limit, plan.count) == (None, 1)
    with pytest.raises(InvalidParameterError) as caught:
        plan_of(described(asking(0, limit=0), *parameters), now=NOW, concurrency=8)
    assert str(caught.value) == "completions: limit is at least 1 for buckets of 1d, not 0"


def test_a_width_is_needed() -> None:
    """An endpoint without one would be new to this version."""
    parameters = [p for p in asking(0).operation.parameters if p.name != "bucket_width"]
    with pytest.raises(InvalidParameterError, match="the width None is new to this version") as caught:
        plan_of(described(asking(0), *parameters), now=NOW, concurrency=8)
    assert caught.value.parameter == "bucket_width"
