"""The rules of walking over pages. Pure: requests come out, pages go in, and nothing is lost.

A walk fails closed: whatever could mean a lost or doubled bucket is an error, never a guess. What
the API is known to do in good order is survived: empty pages before the end, a bucket continued
on the next page, a bucket that still grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import attrs

from .._generated import AnyRequest, Request, derive, redacted
from ..errors import BadRequestError, PaginationError

MAX_EMPTY_PAGES = 10
"""How many empty pages in a row may promise more before the end of the range."""

MAX_EMPTY_TAIL = 2
"""How many are followed once the buckets have reached it. The API gives them without end, each with a
fresh cursor (PostHog's source stops at them, too)."""


_CLOCKS_DIFFER = 300
"""Seconds by which the client's clock may be ahead of the server's."""


class Span(Protocol):
    """What the rules need of a bucket."""

    @property
    def start_time(self) -> int: ...
    @property
    def end_time(self) -> int: ...


class Bucket(Span, Protocol):
    """What merging needs of a bucket."""

    @property
    def results(self) -> list[Any]: ...
    @property
    def unknown_results(self) -> tuple[Any, ...]: ...


SpanT_co = TypeVar("SpanT_co", bound=Span, covariant=True)
PageT_co = TypeVar("PageT_co", covariant=True)
BucketT_co = TypeVar("BucketT_co", bound=Bucket, covariant=True)
RowT_co = TypeVar("RowT_co", covariant=True)


class Page(Protocol[SpanT_co]):
    """What the rules need of a page."""

    @property
    def data(self) -> Sequence[SpanT_co]: ...
    @property
    def has_more(self) -> bool: ...
    @property
    def next_page(self) -> str | None: ...


@attrs.frozen
class ResumePoint(Generic[PageT_co, BucketT_co, RowT_co]):
    """Where an interrupted query goes on. It can be pickled; `UsageClient.resume` takes it.

    What resuming yields follows what had been handed out, without a gap and without repetition.

    Attributes:
        request: the request that failed.
        held: the bucket before it, which may be continued there.
        rest: the request for the range after that of `request`; None if there is none.
        until: where the buckets before it end, in Unix seconds; None at the beginning of a range.
    """

    request: Request[PageT_co, BucketT_co, RowT_co]
    held: BucketT_co | None = None
    rest: Request[PageT_co, BucketT_co, RowT_co] | None = None
    until: int | None = None

    @property
    def cursor(self) -> str | None:
        """The `page` parameter to go on with; None for the first page of a range."""
        return _cursor(self.request)


@attrs.define
class PageCount:
    """How many pages a query has had, over all its windows, and how many it may have."""

    cap: int
    pages: int = 0


@attrs.define(kw_only=True, eq=False, repr=False)
class PageWalk(Generic[PageT_co, BucketT_co, RowT_co]):
    """One walk: answer `request`, give the page to `accept`, until it `is_over`.

    Attributes:
        request: the next request; after the last page, the one that it answered.
        seconds: how wide a bucket is.
        count: is shared by all walks of a query.
        now: when the walk begins, in Unix seconds: a range without end, or one that ends later, is read to
            the end once the bucket that holds `now` has come.
        last: the bucket before the next page; None before the first.
        until: where the buckets end that have come, in Unix seconds; None before the first.
        is_over: whether the last page has been accepted.
    """

    request: Request[PageT_co, BucketT_co, RowT_co]
    seconds: int
    count: PageCount
    now: float
    last: Span | None = None
    until: int | None = None
    is_over: bool = attrs.field(init=False, default=False)
    _cursors: set[object] = attrs.field(init=False, factory=set[object])
    _empty_pages: int = attrs.field(init=False, default=0)

    def accept(self, page: Page[Span]) -> bool:
        """Check `page`; True if its first bucket continues the last one before it.

        Raises:
            PaginationError: the page contradicts the request or the pages before it. The walk
                stays where it was.
        """
        if self.count.pages >= self.count.cap:
            raise self._refused(f"there are more than {self.count.cap} pages; the cap is max_pages")
        following = self._following(page)
        continues = self._check_order(page.data)
        self.count.pages += 1
        self._empty_pages = 0 if page.data else self._empty_pages + 1
        self.last = page.data[-1] if page.data else self.last
        self.until = page.data[-1].end_time if page.data else self.until
        self.request, self.is_over = following or self.request, following is None
        return continues

    def _following(self, page: Page[Span]) -> Request[PageT_co, BucketT_co, RowT_co] | None:
        if not page.has_more:
            return None
        cursor = page.next_page
        if not cursor:
            raise self._refused(f"has_more is true, but next_page is {cursor!r}")
        self._cursors.add(_cursor(self.request))
        if cursor in self._cursors:
            raise self._refused(f"the cursor {cursor!r} came before: the pages go in a circle")
        if not page.data and self._empty_pages >= MAX_EMPTY_TAIL and self._is_at_end():
            return None
        if not page.data and self._empty_pages >= MAX_EMPTY_PAGES:
            raise self._refused(f"more than {MAX_EMPTY_PAGES} empty pages in a row promise more")
        return derive(self.request, page=cursor)

    def _is_at_end(self) -> bool:
        """Whether the buckets have reached the end of the range, or the present."""
        if self.until is None:
            return False
        reached = -(-self.until // self.seconds) * self.seconds
        _, high = self._range()
        return reached > self.now - _CLOCKS_DIFFER or (high is not None and reached >= high)

    def _check_order(self, data: Sequence[Span]) -> bool:
        """Whether the first bucket continues the last of the page before; all others only go forward."""
        low, high = self._range()
        before, continues = self.last, False
        for index, bucket in enumerate(data):
            if bucket.end_time <= bucket.start_time:
                raise self._refused(f"the bucket {_text(bucket)} ends before it begins")
            if bucket.start_time < low or (high is not None and bucket.end_time > high):
                raise self._refused(f"the bucket {_text(bucket)} is outside the range asked for")
            if index == 0 and before is not None and self._is_continued(before, bucket):
                continues = True
            elif before is not None and bucket.start_time < before.end_time:
                raise self._refused(
                    f"the bucket {_text(bucket)} overlaps or goes back behind {_text(before)}"
                )
            before = bucket
        return continues

    def _is_continued(self, before: Span, bucket: Span) -> bool:
        """Whether it is the same bucket; one that is cut off at the present may have grown."""
        cut_off = before.end_time % self.seconds != 0
        full_end = before.start_time // self.seconds * self.seconds + self.seconds
        same_end = before.end_time == bucket.end_time
        grown = cut_off and before.end_time < bucket.end_time <= full_end
        return before.start_time == bucket.start_time and (same_end or grown)

    def _range(self) -> tuple[int, int | None]:
        """The range asked for, rounded outwards to whole buckets: answers may come either way."""
        given = dict(self.request.arguments)
        start, end = given.get("start_time"), given.get("end_time")
        low = start // self.seconds * self.seconds if isinstance(start, int) else 0
        return low, (-(-end // self.seconds) * self.seconds if isinstance(end, int) else None)

    def _refused(self, reason: str) -> PaginationError:
        said = redacted(reason, echoed=True)
        return PaginationError(f"{self.request.operation.name}: {said}", cursor=_cursor(self.request))


def refuses_limit(error: BadRequestError) -> bool:
    """Whether the server refused a page size."""
    return error.param == "limit" or (error.param is None and "limit" in str(error).lower())


def _cursor(request: AnyRequest) -> str | None:
    page = dict(request.arguments).get("page")
    return page if isinstance(page, str) else None


def _text(bucket: Span) -> str:
    return f"[{bucket.start_time}, {bucket.end_time})"
