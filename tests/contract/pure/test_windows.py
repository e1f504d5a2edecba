"""Cutting a range into windows."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_org_usage._generated import Request, usage_completions
from openai_org_usage.pagination.rules import ResumePoint
from openai_org_usage.pagination.windows import Cuts, cuts_of, windows_of

DAY = 86_400
NOW = 1000 * DAY + 55


def asking(start: int, end: int | None = None, **arguments: Any) -> Request[Any, Any, Any]:
    """A request for completions."""
    return usage_completions.request(start_time=start, end_time=end, **arguments)


def spans(point: ResumePoint[Any, Any, Any], *, buckets: int | None) -> list[tuple[object, object]]:
    """Start and end of each window; that there are as many as said is checked, too."""
    windows, count = windows_of(point, buckets=buckets, now=NOW)
    found = list(windows)
    assert len(found) == count
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
    found = cuts_of(start, end, width=DAY, buckets=3, now=NOW)
    assert list(found) == cuts
    assert len(found) == len(cuts)


def test_the_present_is_rounded_down() -> None:
    """A cut just at the bucket that is one width old is allowed, half a second earlier is not."""
    assert list(cuts_of(0, None, width=10, buckets=1, now=30.9)) == [10, 20]
    assert list(cuts_of(0, None, width=10, buckets=1, now=29.9)) == [10]
    assert Cuts(first=10, step=10, last=9).__len__() == 0


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    start=st.integers(0, 5000),
    length=st.one_of(st.none(), st.integers(1, 5000)),
    width=st.integers(1, 200),
    buckets=st.integers(1, 40),
    now=st.integers(0, 12_000),
)
def test_pieces_cover_the_range_without_overlap(
    start: int, length: int | None, width: int, buckets: int, now: int
) -> None:
    """Strictly increasing cuts inside of the range; no piece has more than `buckets` + 1 past buckets."""
    end = None if length is None else start + length
    cuts = list(cuts_of(start, end, width=width, buckets=buckets, now=now))
    assert all(cut % width == 0 and start < cut <= now - width for cut in cuts)
    assert all(after - before == width * buckets for before, after in pairwise(cuts))
    assert not cuts or cuts[0] - start <= width * buckets
    last = min(now, end) if end is not None else now
    assert last - (cuts[-1] if cuts else start) < width * (buckets + 1)
    assert end is None or all(cut <= end - width for cut in cuts)


def test_windows_follow_each_other_and_know_the_rest() -> None:
    """What is left after each window is the request of all that follow; filters are kept."""
    windows, count = windows_of(ResumePoint(asking(5, 10 * DAY, models=["a"])), buckets=3, now=NOW)
    found = list(windows)
    assert count == 4
    assert [window.request for window in found] == [
        asking(5, 3 * DAY, models=["a"]),
        asking(3 * DAY, 6 * DAY, models=["a"]),
        asking(6 * DAY, 9 * DAY, models=["a"]),
        asking(9 * DAY, 10 * DAY, models=["a"]),
    ]
    assert [window.rest for window in found] == [
        asking(3 * DAY, 10 * DAY, models=["a"]),
        asking(6 * DAY, 10 * DAY, models=["a"]),
        asking(9 * DAY, 10 * DAY, models=["a"]),
        None,
    ]
    assert [window.held for window in found] == [None] * 4


def test_an_open_range_stays_open_at_its_end() -> None:
    """Only the last window has no end."""
    assert spans(ResumePoint(asking(994 * DAY)), buckets=3) == [
        (994 * DAY, 997 * DAY),
        (997 * DAY, None),
    ]


def test_without_a_page_size_nothing_is_cut() -> None:
    """One window; from a resume point all of its range, or what has begun and what follows it."""
    rest = asking(6 * DAY, 99 * DAY)
    assert spans(ResumePoint(asking(0, 99 * DAY)), buckets=None) == [(0, 99 * DAY)]
    assert spans(ResumePoint(asking(3 * DAY, 6 * DAY), rest=rest), buckets=None) == [(3 * DAY, 99 * DAY)]
    begun = ResumePoint(asking(3 * DAY, 6 * DAY, page="X"), rest=rest)
    assert spans(begun, buckets=None) == [(3 * DAY, 6 * DAY), (6 * DAY, 99 * DAY)]


def test_a_resumed_query_that_has_not_begun_is_cut_anew() -> None:
    """Its range and the rest are one range again, also an open one."""
    closed = ResumePoint(asking(3 * DAY, 6 * DAY), rest=asking(6 * DAY, 12 * DAY))
    assert spans(closed, buckets=4) == [(3 * DAY, 7 * DAY), (7 * DAY, 11 * DAY), (11 * DAY, 12 * DAY)]
    ahead = ResumePoint(asking(990 * DAY, 992 * DAY), rest=asking(992 * DAY))
    assert spans(ahead, buckets=5) == [(990 * DAY, 995 * DAY), (995 * DAY, None)]


def test_a_resumed_query_that_has_begun_ends_its_window_first() -> None:
    """By cursor, with the bucket it holds; what comes after is cut."""
    held = object()
    for begun in (
        ResumePoint(asking(0, 3 * DAY, page="X"), rest=asking(3 * DAY, 9 * DAY)),
        ResumePoint(asking(0, 3 * DAY), held=held, rest=asking(3 * DAY, 9 * DAY)),
    ):
        windows, count = windows_of(begun, buckets=3, now=NOW)
        first, *others = windows
        assert first is begun
        assert count == 3
        assert [other.request for other in others] == [asking(3 * DAY, 6 * DAY), asking(6 * DAY, 9 * DAY)]
    alone: ResumePoint[Any, Any, Any] = ResumePoint(asking(0, 99 * DAY, page="X"))
    assert spans(alone, buckets=3) == [(0, 99 * DAY)]
