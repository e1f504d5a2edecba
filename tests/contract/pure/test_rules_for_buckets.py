"""Which buckets a walk over pages accepts, and which contradict each other or the range."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from openai_org_usage.pagination.rules import PageCount, PageWalk

from .made_up_pages import DAY, FAR, START, Page, Span, asking, day, more, refused, walk


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([day(1), day(1)], "the bucket [8726400, 8812800) overlaps or goes back behind [8726400, 8812800)"),
        ([day(1), day(0)], "the bucket [8640000, 8726400) overlaps or goes back behind [8726400, 8812800)"),
        ([day(0), day(1, start=-1)], "the bucket [8726399, 8812800) overlaps or goes back behind"),
        ([day(0, end=-DAY)], "the bucket [8640000, 8640000) ends before it begins"),
        ([day(0, end=-DAY - 1)], "the bucket [8640000, 8639999) ends before it begins"),
        ([day(0, start=-1)], "the bucket [8639999, 8726400) is outside the range asked for"),
        ([day(8, end=1)], "the bucket [9331200, 9417601) is outside the range asked for"),
        ([day(0), day(1), day(10)], "the bucket [9504000, 9590400) is outside the range asked for"),
    ],
)
def test_buckets_that_contradict_are_refused(data: list[Span], reason: str) -> None:
    """Twice, back, overlapping, empty, before and after the range: the message shows which."""
    assert str(refused(Page(data))).startswith(f"completions: {reason}")


def test_a_refused_page_changes_nothing() -> None:
    """The good page can still follow, with the same cursor."""
    begun = walk(end_time=START + 9 * DAY)
    refused(more("A", day(3), day(2)), begun)
    assert begun.accept(more("A", day(0), day(3))) is False
    assert begun.accept(Page([day(3), day(4)])) is True


def test_buckets_may_touch_and_leave_gaps() -> None:
    """Only going back is wrong."""
    begun = walk(end_time=START + 9 * DAY)
    assert begun.accept(more("A", day(0), day(1), day(5))) is False
    assert begun.accept(Page([day(6), day(8)])) is False


def test_the_first_bucket_may_continue_the_last_one() -> None:
    """Also over an empty page, and from the bucket that a resumed walk holds."""
    begun = walk()
    begun.accept(more("A", day(0), day(1)))
    assert begun.accept(more("B")) is False
    assert begun.accept(more("C", day(1), day(2))) is True
    refused(Page([day(1)]), begun)
    assert walk(page="X", last=day(4)).accept(Page([day(4)])) is True
    refused(Page([day(3)]), walk(page="X", last=day(4)))


@pytest.mark.parametrize(
    ("before", "bucket", "continues"),
    [
        (day(0, end=-100), day(0, end=-50), True),
        (day(0, end=-100), day(0), True),
        (day(0, end=-100), day(0, end=-100), True),
        (day(0, start=50, end=-100), day(0, start=50), True),
        (day(0, start=50, end=-100), day(0, start=50, end=1), None),
        (day(0, end=-100), day(0, end=-101), None),
        (day(0, end=-100), day(0, end=1), None),
        (day(0, end=-100), day(0, start=1), None),
        (day(0), day(0, end=-1), None),
        (day(0), day(0, end=1), None),
        (day(0, end=-100), day(0, start=DAY - 100), False),
    ],
)
def test_a_bucket_that_is_cut_off_may_have_grown(before: Span, bucket: Span, continues: bool | None) -> None:
    """Its end may move on with the present, up to its full end; None: it is refused."""
    begun = walk()
    begun.accept(more("A", before))
    if continues is None:
        refused(Page([bucket]), begun)
    else:
        assert begun.accept(Page([bucket])) is continues


def test_the_range_is_rounded_to_whole_buckets() -> None:
    """Answers may cut the first and last bucket, or not; without an end, none is too late."""
    begun = walk(start_time=START + 5, end_time=START + DAY + 5)
    begun.accept(Page([day(0), day(1)]))
    assert "outside" in str(refused(Page([day(2)]), walk(start_time=START + 5, end_time=START + DAY + 5)))
    assert "outside" in str(refused(Page([day(-1)]), walk(start_time=START + 5)))
    assert "outside" in str(refused(Page([day(1)]), walk(end_time=START + DAY)))
    walk(start_time=START + 5).accept(Page([day(10_000)]))


def test_without_a_start_everything_is_in_range() -> None:
    """As in a request that another version has made."""
    anywhere = attrs.evolve(asking(), arguments=())
    begun: PageWalk[Any, Any, Any] = PageWalk(request=anywhere, seconds=DAY, count=PageCount(9), now=FAR)
    begun.accept(Page([Span(0, DAY)]))


def test_the_width_decides_what_is_whole() -> None:
    """An hour is rounded to hours."""
    hour = Span(START, START + 3600)
    walk(bucket_width="1h", start_time=START + 5).accept(Page([hour]))
    error = refused(Page([Span(START - 3600, START)]), walk(bucket_width="1h", start_time=START + 5))
    assert "outside" in str(error)
