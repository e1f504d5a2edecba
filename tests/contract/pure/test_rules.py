"""The rules of walking over pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from openai_org_usage._generated import Request, usage_completions
from openai_org_usage.errors import BadRequestError, PaginationError
from openai_org_usage.pagination.rules import (
    MAX_EMPTY_PAGES,
    MAX_EMPTY_TAIL,
    PageCount,
    PageWalk,
    ResumePoint,
    refuses_limit,
)

DAY = 86_400
START = 100 * DAY
FAR = START + 1_000 * DAY
"""A present that no bucket reaches."""


@attrs.frozen
class Span:
    """A bucket."""

    start_time: int
    end_time: int


@attrs.frozen
class Page:
    """A page of buckets."""

    data: Sequence[Span] = ()
    next_page: Any = None
    has_more: bool = False


def day(number: int, *, start: int = 0, end: int = 0) -> Span:
    """A day after START, its ends moved by some seconds."""
    return Span(START + number * DAY + start, START + (number + 1) * DAY + end)


def more(cursor: Any, *data: Span) -> Page:
    """A page that promises more."""
    return Page(data, cursor, has_more=True)


def asking(**arguments: Any) -> Request[Any, Any, Any]:
    """A request for completions."""
    given: dict[str, Any] = {"start_time": START, **arguments}
    return usage_completions.request(**given)


def walk(
    *, cap: int = 100, last: Span | None = None, now: float = FAR, **arguments: Any
) -> PageWalk[Any, Any, Any]:
    """A walk over the pages of `asking(...)`, begun at `now`."""
    request, until = asking(**arguments), None if last is None else last.end_time
    seconds = 3600 if request.get("bucket_width") == "1h" else DAY
    return PageWalk(request=request, seconds=seconds, count=PageCount(cap), now=now, last=last, until=until)


def refused(page: Page, begun: PageWalk[Any, Any, Any] | None = None) -> PaginationError:
    """How a walk refuses `page`; it stays where it was."""
    begun = begun or walk(end_time=START + 9 * DAY)
    before = begun.request
    with pytest.raises(PaginationError) as caught:
        begun.accept(page)
    assert begun.request is before
    return caught.value


def test_the_next_request_differs_by_the_cursor_only() -> None:
    """All filters are kept; after the last page there is none."""
    begun = walk(models=["a"], limit=3)
    assert begun.accept(more("A", day(0))) is False
    assert begun.request == asking(models=["a"], limit=3, page="A")
    begun.accept(more("B", day(1)))
    assert begun.request == asking(models=["a"], limit=3, page="B")
    assert not begun.is_over
    begun.accept(Page([day(2)], "left over"))
    assert begun.is_over


def test_a_short_key_in_a_cursor_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server may have had it before."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "secret")
    said = str(refused(more("secret"), walk(page="secret")))
    assert said == "completions: the cursor '[admin key]' came before: the pages go in a circle"


@pytest.mark.parametrize("cursor", [None, ""])
def test_more_needs_a_cursor(cursor: str | None) -> None:
    """The message shows what came instead."""
    error = refused(more(cursor, day(0)))
    assert str(error) == f"completions: has_more is true, but next_page is {cursor!r}"
    assert error.cursor is None


def test_a_cursor_comes_once() -> None:
    """A, A and A, B, A are circles; so is the cursor that the walk began with."""
    begun = walk()
    begun.accept(more("A", day(0)))
    begun.accept(more("B", day(1)))
    error = refused(more("A", day(2)), begun)
    assert str(error) == "completions: the cursor 'A' came before: the pages go in a circle"
    assert error.cursor == "B"
    assert refused(more("X", day(0)), walk(page="X")).cursor == "X"


def test_empty_pages_are_counted_in_a_row() -> None:
    """Ten may promise more, the eleventh may not; a bucket in between begins the count anew."""
    begun = walk()
    for number in range(MAX_EMPTY_PAGES):
        begun.accept(more(f"a{number}"))
    error = refused(more("b"), begun)
    assert str(error) == "completions: more than 10 empty pages in a row promise more"
    begun.accept(more("c", day(0)))
    for number in range(MAX_EMPTY_PAGES):
        begun.accept(more(f"d{number}"))
    begun.accept(Page())
    assert begun.is_over


@pytest.mark.parametrize(
    ("last", "now", "end"),
    [
        (day(8), FAR, START + 9 * DAY),  # the range is read
        (day(8), FAR, START + 9 * DAY - 5),  # costs come as whole days
        (Span(START + 8 * DAY, START + 9 * DAY - 5), FAR, START + 9 * DAY - 5),  # usage is cut
        (day(8), START + 8 * DAY + 7, None),  # the running day has come
        (Span(START + 8 * DAY, START + 8 * DAY + 7), START + 8 * DAY + 9, None),  # as far as it has run
        (day(8), START + 8 * DAY + 7, START + 20 * DAY),  # what lies ahead is empty
        (day(8), START + 9 * DAY + 299, None),  # the server's clock is behind
    ],
)
def test_an_endless_tail_is_an_end(last: Span, now: float, end: int | None) -> None:
    """Once the buckets have reached the end of the range or the present, two empty pages are followed."""
    begun = walk(now=now, end_time=end)
    begun.accept(more("a", last))
    for number in range(MAX_EMPTY_TAIL):
        begun.accept(more(f"b{number}"))
        assert begun.request is not None
    begun.accept(more("c"))
    assert begun.is_over


@pytest.mark.parametrize(
    ("last", "now", "end"),
    [
        (day(7), FAR, START + 9 * DAY),
        (day(7), FAR, START + 8 * DAY + 1),
        (day(7), START + 8 * DAY + 300, None),
        (day(7), START + 8 * DAY + 300, START + 20 * DAY),
    ],
)
def test_before_the_end_an_endless_tail_is_an_error(last: Span, now: float, end: int | None) -> None:
    """A bucket is missing: what promises more without end may be hiding it."""
    begun = walk(now=now, end_time=end)
    begun.accept(more("a", last))
    for number in range(MAX_EMPTY_PAGES):
        begun.accept(more(f"b{number}"))
    assert "empty pages" in str(refused(more("c"), begun))


def test_the_page_cap_is_exact_and_shared() -> None:
    """`cap` pages are accepted, over all walks of a query; refused ones do not count."""
    count = PageCount(3)
    one: PageWalk[Any, Any, Any] = PageWalk(request=asking(), seconds=DAY, count=count, now=FAR)
    two: PageWalk[Any, Any, Any] = PageWalk(request=asking(), seconds=DAY, count=count, now=FAR)
    one.accept(more("A", day(0)))
    refused(more("A", day(1)), one)
    two.accept(more("A", day(0)))
    one.accept(more("B", day(1)))
    assert count.pages == 3
    error = refused(Page(), two)
    assert str(error) == "completions: there are more than 3 pages; the cap is max_pages"


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


def _bad(message: str, param: str | None) -> BadRequestError:
    return BadRequestError(message, status=400, param=param)


@pytest.mark.parametrize(
    ("error", "refuses"),
    [
        (_bad("no", "limit"), True),
        (_bad("Limit is too large", None), True),
        (_bad("limit is too large", "start_time"), False),
        (_bad("no", None), False),
    ],
)
def test_a_page_size_is_refused_by_name(error: BadRequestError, refuses: bool) -> None:
    """As the parameter, or in the message if no parameter is named."""
    assert refuses_limit(error) is refuses


def test_a_resume_point_shows_its_cursor() -> None:
    """None where the range has not begun."""
    assert ResumePoint(asking(page="X")).cursor == "X"
    assert ResumePoint(asking()).cursor is None
    assert (ResumePoint(asking()).held, ResumePoint(asking()).rest) == (None, None)
