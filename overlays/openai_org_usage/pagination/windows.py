"""Cutting a long range of time into windows that are one page each. Pure.

Windows are cut at bucket boundaries, so that no bucket stands in two of them, and only in the
past: what lies ahead is asked for in one piece. No window is narrower than a bucket, because the
costs endpoint refuses a range of less than a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

import attrs

from .._generated import Request
from .rules import SECONDS, Bucket, ResumePoint, width_of

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")


@attrs.frozen
class Cuts:
    """The moments at which a range is cut, in Unix seconds: `first`, then every `step`, up to `last`."""

    first: int
    step: int
    last: int

    def __len__(self) -> int:
        return max(0, (self.last - self.first) // self.step + 1)

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1, self.step))


def cuts_of(start: int, end: int | None, *, width: int, buckets: int, now: float) -> Cuts:
    """Where to cut `[start, end)` (None: no end) so that a piece has at most `buckets` of `width` seconds.

    The last piece may have one bucket more, and all that is after `now`.
    """
    step = width * buckets
    latest = math.floor(now) if end is None else min(end, math.floor(now))
    return Cuts(first=start // width * width + step, step=step, last=latest - width)


def windows_of(
    point: ResumePoint[PageT, BucketT, RowT], *, buckets: int | None, now: float
) -> tuple[Iterator[ResumePoint[PageT, BucketT, RowT]], int]:
    """The windows of the query at `point` in time order, and how many there are.

    Each window knows the rest after it, so that any of them can be resumed. A query that already
    has a cursor is one window, and what comes after it is cut. Without `buckets`, nothing is cut.
    """
    begun = point.request.get("page") is not None or point.held is not None
    if not begun:
        return _cut(_whole(point), buckets=buckets, now=now)
    if point.rest is None:
        return iter([point]), 1
    following, count = _cut(point.rest, buckets=buckets, now=now)
    return chain([point], following), count + 1


def _whole(point: ResumePoint[PageT, BucketT, RowT]) -> Request[PageT, BucketT, RowT]:
    rest = point.rest
    return point.request if rest is None else point.request.replace(end_time=rest.get("end_time"))


def _cut(
    request: Request[PageT, BucketT, RowT], *, buckets: int | None, now: float
) -> tuple[Iterator[ResumePoint[PageT, BucketT, RowT]], int]:
    start, end = request.get("start_time"), request.get("end_time")
    if buckets is None or not isinstance(start, int):
        return iter([ResumePoint(request)]), 1
    cuts = cuts_of(
        start,
        end if isinstance(end, int) else None,
        width=SECONDS[width_of(request)],
        buckets=buckets,
        now=now,
    )
    return _pieces(request, cuts), len(cuts) + 1


def _pieces(
    request: Request[PageT, BucketT, RowT], cuts: Cuts
) -> Iterator[ResumePoint[PageT, BucketT, RowT]]:
    rest = request
    for cut in cuts:
        piece, rest = rest.replace(end_time=cut), rest.replace(start_time=cut)
        yield ResumePoint(piece, rest=rest)
    yield ResumePoint(rest)
