"""What a query asks for, settled once, when it is made: times, width of buckets, page size and windows. Pure.

A long range is cut into windows that are one page each. They are cut at bucket boundaries, so that no
bucket stands in two of them, and only in the past: what lies ahead is asked for in one piece. No window
is narrower than a bucket, because the costs endpoint refuses a range of less than a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Generic, TypeVar

import attrs

from .._generated import AnyRequest, InvalidParameterError, Operation, Request, derive
from ..times import resolve_times
from .rules import Bucket, ResumePoint

SECONDS = {"1m": 60, "1h": 3600, "1d": 86_400}
"""The widths of buckets in seconds. All are aligned to UTC."""

PageT_co = TypeVar("PageT_co", covariant=True)
BucketT_co = TypeVar("BucketT_co", bound=Bucket, covariant=True)
RowT_co = TypeVar("RowT_co", covariant=True)
PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")


@attrs.frozen(kw_only=True)
class QueryPlan(Generic[PageT_co, BucketT_co, RowT_co]):
    """What one query asks for. Requests that are derived from it are not checked again.

    Attributes:
        start: where the query begins; its times are in Unix seconds.
        seconds: how wide a bucket is.
        limit: the page size to ask for, the largest documented one; None if the caller chose, or none is
            documented.
        begun: the window that is read on by its cursor, or after a bucket that may be continued; None if
            the query begins with a window of its own.
        ahead: the range after it, which is cut; None if there is nothing more.
        cuts: where that is cut, in Unix seconds.
    """

    start: ResumePoint[PageT_co, BucketT_co, RowT_co]
    seconds: int
    limit: int | None
    begun: ResumePoint[PageT_co, BucketT_co, RowT_co] | None
    ahead: Request[PageT_co, BucketT_co, RowT_co] | None
    cuts: range

    @property
    def request(self) -> Request[PageT_co, BucketT_co, RowT_co]:
        """The request described, times in Unix seconds."""
        return self.start.request

    @property
    def count(self) -> int:
        """How many windows there are."""
        return len(self.cuts) + (self.begun is not None) + (self.ahead is not None)

    def windows(self) -> Iterator[ResumePoint[PageT_co, BucketT_co, RowT_co]]:
        """The windows in time order; each knows the rest after it, so that any of them can be resumed."""
        if self.begun is not None:
            yield self.begun
        if (rest := self.ahead) is None:
            return
        for cut in self.cuts:
            window, rest = derive(rest, end_time=cut), derive(rest, start_time=cut)
            yield ResumePoint(window, rest=rest)
        yield ResumePoint(rest)


def plan_of(
    point: ResumePoint[PageT, BucketT, RowT], *, now: float, concurrency: int
) -> QueryPlan[PageT, BucketT, RowT]:
    """The plan of a query from `point` on, made at `now`. With a `concurrency` of 1 nothing is cut.

    Raises:
        InvalidParameterError: a time cannot be read, the range is empty, or width or page size are not as
            documented.
    """
    asked = dict(point.request.arguments)
    width = _width(point.request.operation, asked.get("bucket_width"))
    size, limit = _page_size(point.request.operation, asked.get("limit"), width=width)
    seconds = SECONDS[width]
    request = derive(point.request, **resolve_times(point.request, now=now, width=seconds))
    start = attrs.evolve(point, request=request)
    begun = start if point.held is not None or "page" in asked else None
    ahead = point.rest
    if begun is None:
        ahead = request if ahead is None else derive(request, end_time=ahead.get("end_time"))
    cuts = range(0)
    if ahead is not None and size is not None and concurrency > 1:
        cuts = _cuts(ahead, step=seconds * size, width=seconds, now=now)
    return QueryPlan(start=start, seconds=seconds, limit=limit, begun=begun, ahead=ahead, cuts=cuts)


def _width(operation: Operation, chosen: object) -> str:
    """The width of the buckets that are asked for, such as `1d`."""
    width = chosen or next((p.default for p in operation.parameters if p.name == "bucket_width"), None)
    if not isinstance(width, str) or width not in SECONDS:
        raise InvalidParameterError(
            f"{operation.name}: the width {width!r} is new to this version; update it",
            parameter="bucket_width",
        )
    return width


def _page_size(operation: Operation, chosen: object, *, width: str) -> tuple[int | None, int | None]:
    """How many buckets a page has, None if nobody says, and what `limit` is sent if none was `chosen`."""
    limits = [limit for p in operation.parameters if p.name == "limit" for limit in p.limits]
    largest = next((limit.maximum for limit in limits if limit.bucket_width == width), None)
    if not isinstance(chosen, int):
        return largest, largest
    if chosen < 1 or chosen > (largest or chosen):
        allowed = "at least 1" if largest is None else f"between 1 and {largest}"
        raise InvalidParameterError(
            f"{operation.name}: limit is {allowed} for buckets of {width}, not {chosen}",
            parameter="limit",
        )
    return chosen, None


def _cuts(request: AnyRequest, *, step: int, width: int, now: float) -> range:
    """Where to cut the range of `request` so that a piece has at most `step` seconds, in buckets of `width`.

    The last piece may have one bucket more, and all that is after `now`.
    """
    given = dict(request.arguments)
    start, end = given.get("start_time"), given.get("end_time")
    if not isinstance(start, int):
        return range(0)
    latest = min(end, math.floor(now)) if isinstance(end, int) else math.floor(now)
    return range(start // width * width + step, latest - width + 1, step)
