"""The rules of walking over pages."""

from __future__ import annotations

from typing import Any

import pytest

from openai_org_usage.errors import BadRequestError
from openai_org_usage.pagination.rules import (
    MAX_EMPTY_PAGES,
    MAX_EMPTY_TAIL,
    PageCount,
    PageWalk,
    ResumePoint,
    refuses_limit,
)

from .made_up_pages import DAY, FAR, START, Page, Span, asking, day, more, refused, walk


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
