"""Pages and buckets that no API has sent, and walks over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from openai_org_usage._generated import Request, usage_completions
from openai_org_usage.errors import PaginationError
from openai_org_usage.pagination.rules import PageCount, PageWalk

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
