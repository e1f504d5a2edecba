"""The rules of walking over pages. Pure: requests come out, pages go in, and nothing is lost.

A walk fails closed: whatever could mean a lost or doubled bucket is an error, never a guess. What
the API is known to do in good order is survived: empty pages before the end, a bucket continued
on the next page, a bucket that still grows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import attrs

from ._generated import InvalidParameterError, OpenAIUsageError, Operation, Request
from .errors import BadRequestError, PaginationError

SECONDS = {"1m": 60, "1h": 3600, "1d": 86_400}
"""The widths of buckets in seconds. All are aligned to UTC."""

MAX_PAGES = 10_000
MAX_EMPTY_PAGES = 10
"""How many empty pages in a row may promise more. One or two occur past the last data."""


class Bucket(Protocol):
    """What the rules need of a bucket."""

    @property
    def start_time(self) -> int: ...
    @property
    def end_time(self) -> int: ...
    @property
    def results(self) -> list[Any]: ...
    @property
    def unknown_results(self) -> tuple[Any, ...]: ...


BucketT = TypeVar("BucketT", bound=Bucket)
PageT = TypeVar("PageT")
RowT = TypeVar("RowT")


class Page(Protocol[BucketT]):
    """What the rules need of a page."""

    @property
    def data(self) -> list[BucketT]: ...
    @property
    def has_more(self) -> bool: ...
    @property
    def next_page(self) -> str | None: ...


@attrs.frozen
class ResumePoint(Generic[PageT, BucketT, RowT]):
    """Where an interrupted walk goes on: the request that failed, and the bucket before it.

    It can be pickled. `UsageClient.resume` takes it; what that yields follows what had been handed
    out, without a gap and without repetition.
    """

    request: Request[PageT, BucketT, RowT]
    held: BucketT | None

    @property
    def cursor(self) -> str | None:
        """The `page` parameter to go on with; None for the first page."""
        page = self.request.get("page")
        return page if isinstance(page, str) else None


class PageWalk(Generic[PageT, BucketT, RowT]):
    """One walk: ask `request`, give its answer to `accept`, until `request` is None, then `rest`."""

    def __init__(
        self,
        start: ResumePoint[PageT, BucketT, RowT],
        *,
        now: Callable[[], float],
        max_pages: int = MAX_PAGES,
    ) -> None:
        self._operation = start.request.operation
        self._width = _width(start.request)
        self._limit_is_ours = start.request.get("limit") is None
        self._request: Request[PageT, BucketT, RowT] | None = (
            start.request.replace(limit=largest_page(self._operation, self._width))
            if self._limit_is_ours
            else start.request
        )
        self._range = _range(start.request, SECONDS[self._width])
        self._held = start.held
        self._cursors: set[str] = {start.cursor} if start.cursor else set()
        self._pages = self._empty_pages = 0
        self._now = now
        self._max_pages = max_pages

    @property
    def request(self) -> Request[PageT, BucketT, RowT] | None:
        """The next request; None after the last page."""
        return self._request

    @property
    def resume_point(self) -> ResumePoint[PageT, BucketT, RowT] | None:
        """Where this walk would go on if it were interrupted now."""
        return ResumePoint(self._request, self._held) if self._request else None

    def accept(self, page: Page[BucketT]) -> list[BucketT]:
        """The buckets that are complete now. The last one is held back: it may be continued.

        Raises:
            PaginationError: the page contradicts the request or the pages before it. The walk
                stays where it was.
        """
        if self._pages >= self._max_pages:
            raise self._refused(f"there are more than {self._max_pages} pages; the cap is max_pages")
        following = self._following(page)
        ready, held = self._joined(page.data)
        self._pages += 1
        self._empty_pages = 0 if page.data else self._empty_pages + 1
        self._held, self._request = held, following
        if following is not None:
            self._cursors.add(str(following.get("page")))
        return ready

    def rest(self) -> list[BucketT]:
        """The bucket held back, after the last page."""
        held, self._held = self._held, None
        return [] if held is None else [held]

    def step_down(self, error: BadRequestError) -> Request[PageT, BucketT, RowT] | None:
        """The request to try instead, with the server's default page size, because it refused ours.

        Only once, and only where the caller did not choose the limit.
        """
        names_limit = error.param == "limit" or (error.param is None and "limit" in str(error).lower())
        if self._request is None or not self._limit_is_ours or not names_limit:
            return None
        self._limit_is_ours = False
        self._request = self._request.replace(limit=None)
        return self._request

    def interrupted(self, error: OpenAIUsageError) -> None:
        """Note on `error` what had been read and not handed out, and where to go on."""
        error.partial = () if self._held is None else (self._held,)
        error.resume = self.resume_point

    def _following(self, page: Page[BucketT]) -> Request[PageT, BucketT, RowT] | None:
        if not page.has_more or self._request is None:
            return None
        cursor = page.next_page
        if not cursor:
            raise self._refused(f"has_more is true, but next_page is {cursor!r}")
        if cursor in self._cursors:
            raise self._refused(f"the cursor {cursor!r} came before: the pages go in a circle")
        if not page.data and self._empty_pages >= MAX_EMPTY_PAGES:
            raise self._refused(f"more than {MAX_EMPTY_PAGES} empty pages in a row promise more")
        return self._request.replace(page=cursor)

    def _joined(self, data: Sequence[BucketT]) -> tuple[list[BucketT], BucketT | None]:
        """The buckets before the last, and the last; the first may continue the one held back."""
        ready: list[BucketT] = []
        held = self._held
        for index, bucket in enumerate(data):
            self._check_range(bucket)
            continues = index == 0 and held is not None and _same_span(held, bucket)
            if continues and held is not None:
                held = self._merged(held, bucket)
                continue
            if held is not None:
                if bucket.start_time < held.end_time:
                    raise self._refused(
                        f"the bucket {_span(bucket)} overlaps or goes back behind {_span(held)}"
                    )
                ready.append(held)
            held = bucket
        return ready, held

    def _check_range(self, bucket: BucketT) -> None:
        low, high = self._range
        if bucket.end_time <= bucket.start_time:
            raise self._refused(f"the bucket {_span(bucket)} ends before it begins")
        if bucket.start_time < low or (high is not None and bucket.end_time > high):
            raise self._refused(f"the bucket {_span(bucket)} is outside the range asked for")

    def _merged(self, held: BucketT, more: BucketT) -> BucketT:
        """`held` with the results of its continuation; a result that stands in both counts once."""
        results: dict[int, Any] = dict(enumerate(held.results))
        places = {dimensions(self._operation, result): index for index, result in results.items()}
        for result in more.results:
            place = places.get(dimensions(self._operation, result))
            if place is None:
                results[len(results)] = result
            elif results[place] != result:
                if more.end_time <= self._now():
                    raise self._refused(
                        f"the bucket {_span(more)} continues with other numbers for the same dimensions"
                    )
                results[place] = result  # Still growing: the later answer is the fuller one.
        unknown = [r for r in more.unknown_results if r not in held.unknown_results]
        model: Any = held
        joined: BucketT = attrs.evolve(
            model, results=list(results.values()), unknown_results=(*held.unknown_results, *unknown)
        )
        return joined

    def _refused(self, reason: str) -> PaginationError:
        cursor = self.resume_point.cursor if self.resume_point else None
        return PaginationError(f"{self._operation.name}: {reason}", cursor=cursor)


def largest_page(operation: Operation, width: str) -> int | None:
    """The documented maximum of `limit` for buckets of `width`; None where none is documented."""
    limits = {limit.bucket_width: limit.maximum for limit in operation.parameter("limit").limits}
    return limits.get(width)


def dimensions(operation: Operation, result: Any) -> Hashable:
    """What tells results of one bucket apart: all that is not a number (and the currency)."""
    values: list[Hashable] = []
    for field in operation.fields:
        value = getattr(result, field.name)
        if field.role == "money":
            values.append(None if value is None else value.currency)
        elif field.role != "metric":
            values.append(value)
    return tuple(values)


def _width(request: Request[PageT, BucketT, RowT]) -> str:
    width = request.get("bucket_width") or request.operation.parameter("bucket_width").default
    if not isinstance(width, str) or width not in SECONDS:
        raise InvalidParameterError(
            f"{request.operation.name}: the width {width!r} is new to this version; update it",
            parameter="bucket_width",
        )
    return width


def _range(request: Request[PageT, BucketT, RowT], seconds: int) -> tuple[int, int | None]:
    """The range asked for, rounded outwards to whole buckets: answers may come either way."""
    start, end = request.get("start_time"), request.get("end_time")
    low = start // seconds * seconds if isinstance(start, int) else 0
    return low, (-(-end // seconds) * seconds if isinstance(end, int) else None)


def _same_span(one: Bucket, other: Bucket) -> bool:
    return (one.start_time, one.end_time) == (other.start_time, other.end_time)


def _span(bucket: Bucket) -> str:
    return f"[{bucket.start_time}, {bucket.end_time})"
