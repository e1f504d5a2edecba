"""The rules of walking over pages. Pure: requests come out, pages go in, and nothing is lost.

A walk fails closed: whatever could mean a lost or doubled bucket is an error, never a guess. What
the API is known to do in good order is survived: empty pages before the end, a bucket continued
on the next page, a bucket that still grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import attrs

from .._generated import AnyRequest, InvalidParameterError, Request, redacted
from ..errors import BadRequestError, PaginationError

SECONDS = {"1m": 60, "1h": 3600, "1d": 86_400}
"""The widths of buckets in seconds. All are aligned to UTC."""

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
    """What joining needs of a bucket."""

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
        page = self.request.get("page")
        return page if isinstance(page, str) else None


class PageCount:
    """How many pages a query has had, over all its windows."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.pages = 0


class PageSize:
    """How many buckets a page is asked for: what the caller chose, else the largest documented.

    Once the server has refused the largest, it is asked for its default.

    Raises:
        InvalidParameterError: the caller's `limit` is outside what is documented.
    """

    def __init__(self, request: AnyRequest) -> None:
        self._largest = largest_page(request)
        chosen = request.get("limit")
        self._is_ours = chosen is None
        if isinstance(chosen, int) and (chosen < 1 or chosen > (self._largest or chosen)):
            raise InvalidParameterError(
                f"{request.operation.name}: limit is between 1 and {self._largest} for buckets of "
                f"{width_of(request)}, not {chosen}",
                parameter="limit",
            )
        self.buckets = chosen if isinstance(chosen, int) else self._largest
        """None where neither the caller nor the document names a size."""

    def applied_to(
        self, request: Request[PageT_co, BucketT_co, RowT_co]
    ) -> Request[PageT_co, BucketT_co, RowT_co]:
        """`request` as it is sent."""
        return request.replace(limit=self.buckets) if self._is_ours else request

    def step_down(self, error: BadRequestError, sent: AnyRequest) -> bool:
        """Whether to send again with the server's default, because it refused our size in `sent`."""
        names_limit = error.param == "limit" or (error.param is None and "limit" in str(error).lower())
        if not (self._is_ours and names_limit and sent.get("limit") is not None):
            return False
        self.buckets = None
        return True


class PageWalk(Generic[PageT_co, BucketT_co, RowT_co]):
    """One walk: answer `request`, give the page to `accept`, until `request` is None.

    `now` is when it begins, in Unix seconds: a range without end, or one that ends later, is read to the
    end once the bucket that holds `now` has come.
    """

    def __init__(
        self,
        request: Request[PageT_co, BucketT_co, RowT_co],
        *,
        count: PageCount,
        now: float,
        last: Span | None = None,
        until: int | None = None,
    ) -> None:
        self._operation = request.operation
        self._request: Request[PageT_co, BucketT_co, RowT_co] | None = request
        self._seconds = SECONDS[width_of(request)]
        self._range = _range(request, self._seconds)
        self._last = last
        self._now = now
        self.until = until if last is None else last.end_time
        """Where the buckets end that have come, in Unix seconds; None before the first."""
        page = request.get("page")
        self._cursors: set[object] = set() if page is None else {page}
        self._empty_pages = 0
        self._count = count

    @property
    def request(self) -> Request[PageT_co, BucketT_co, RowT_co] | None:
        """The next request; None after the last page."""
        return self._request

    @property
    def is_over(self) -> bool:
        """Whether the last page has been accepted."""
        return self._request is None

    def accept(self, page: Page[Span]) -> bool:
        """Check `page`; True if its first bucket continues the last one before it.

        Raises:
            PaginationError: the page contradicts the request or the pages before it. The walk
                stays where it was.
        """
        if self._count.pages >= self._count.cap:
            raise self._refused(f"there are more than {self._count.cap} pages; the cap is max_pages")
        following = self._following(page)
        continues = self._check_order(page.data)
        self._count.pages += 1
        self._empty_pages = 0 if page.data else self._empty_pages + 1
        self._last = page.data[-1] if page.data else self._last
        self.until = page.data[-1].end_time if page.data else self.until
        self._request = following
        if following is not None:
            self._cursors.add(following.get("page"))
        return continues

    def _following(self, page: Page[Span]) -> Request[PageT_co, BucketT_co, RowT_co] | None:
        if not page.has_more or self._request is None:
            return None
        cursor = page.next_page
        if not cursor:
            raise self._refused(f"has_more is true, but next_page is {cursor!r}")
        if cursor in self._cursors:
            raise self._refused(f"the cursor {cursor!r} came before: the pages go in a circle")
        if not page.data and self._empty_pages >= MAX_EMPTY_TAIL and self._is_at_end():
            return None
        if not page.data and self._empty_pages >= MAX_EMPTY_PAGES:
            raise self._refused(f"more than {MAX_EMPTY_PAGES} empty pages in a row promise more")
        return self._request.replace(page=cursor)

    def _is_at_end(self) -> bool:
        """Whether the buckets have reached the end of the range, or the present."""
        if self.until is None:
            return False
        reached = -(-self.until // self._seconds) * self._seconds
        high = self._range[1]
        return reached > self._now - _CLOCKS_DIFFER or (high is not None and reached >= high)

    def _check_order(self, data: Sequence[Span]) -> bool:
        """Whether the first bucket continues the last of the page before; all others only go forward."""
        before, continues = self._last, False
        for index, bucket in enumerate(data):
            self._check_range(bucket)
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
        cut_off = before.end_time % self._seconds != 0
        full_end = before.start_time // self._seconds * self._seconds + self._seconds
        same_end = before.end_time == bucket.end_time
        grown = cut_off and before.end_time < bucket.end_time <= full_end
        return before.start_time == bucket.start_time and (same_end or grown)

    def _check_range(self, bucket: Span) -> None:
        low, high = self._range
        if bucket.end_time <= bucket.start_time:
            raise self._refused(f"the bucket {_text(bucket)} ends before it begins")
        if bucket.start_time < low or (high is not None and bucket.end_time > high):
            raise self._refused(f"the bucket {_text(bucket)} is outside the range asked for")

    def _refused(self, reason: str) -> PaginationError:
        cursor = self._request.get("page") if self._request else None
        said = redacted(reason, echoed=True)
        return PaginationError(
            f"{self._operation.name}: {said}", cursor=cursor if isinstance(cursor, str) else None
        )


def width_of(request: AnyRequest) -> str:
    """The width of the buckets that `request` asks for, such as `1d`.

    Raises:
        InvalidParameterError: it is a width that this version cannot place in time.
    """
    width = request.get("bucket_width") or request.operation.parameter("bucket_width").default
    if not isinstance(width, str) or width not in SECONDS:
        raise InvalidParameterError(
            f"{request.operation.name}: the width {width!r} is new to this version; update it",
            parameter="bucket_width",
        )
    return width


def largest_page(request: AnyRequest) -> int | None:
    """The documented maximum of `limit` for the width of `request`; None where none is documented."""
    limits = request.operation.parameter("limit").limits
    return {limit.bucket_width: limit.maximum for limit in limits}.get(width_of(request))


def _range(request: AnyRequest, seconds: int) -> tuple[int, int | None]:
    """The range asked for, rounded outwards to whole buckets: answers may come either way."""
    start, end = request.get("start_time"), request.get("end_time")
    low = start // seconds * seconds if isinstance(start, int) else 0
    return low, (-(-end // seconds) * seconds if isinstance(end, int) else None)


def _text(bucket: Span) -> str:
    return f"[{bucket.start_time}, {bucket.end_time})"
