"""Faults of buckets: in the wrong place, or split over two pages."""

from __future__ import annotations

from typing import Literal, get_args

import attrs

from ..buckets import align_down
from ..paginator import BucketJson, PageJson, PageRequest, bucket_of
from .fault import PageFault, require_one_of

Disorder = Literal["overlapping", "backward", "repeated", "out-of-range"]


@attrs.frozen(repr=False)
class WrongBuckets(PageFault):
    """Buckets that would be lost or counted twice: pages with two buckets at least are needed.

    `overlapping`: the last begins inside of the one before it. `backward`: the newest comes first.
    `repeated`: the last comes twice. `out-of-range`: the first is before the start asked for, by
    more than the rounding to whole buckets; one bucket is enough for these two.
    """

    how: Disorder

    def __attrs_post_init__(self) -> None:
        require_one_of("how", self.how, get_args(Disorder))

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with wrong buckets."""
        data = page["data"]
        enough = 1 if self.how in ("repeated", "out-of-range") else 2
        return {**page, "data": self._wrong(data, request)} if len(data) >= enough else None

    def _wrong(self, data: list[BucketJson], request: PageRequest) -> list[BucketJson]:
        def moved(bucket: BucketJson, start: int, end: int) -> BucketJson:
            return bucket_of(request.operation, start, end, bucket["results"])

        match self.how:
            case "overlapping":
                before = data[-2]
                middle = (before["start_time"] + before["end_time"]) // 2
                return [*data[:-1], moved(data[-1], middle, data[-1]["end_time"])]
            case "backward":
                return data[::-1]
            case "repeated":
                return [*data, data[-1]]
            case "out-of-range":
                width = request.query.width
                early = align_down(request.query.start, width=width) - 2 * width
                return [moved(data[0], early, early + width), *data[1:]]


@attrs.frozen(repr=False)
class ContinuedBucket(PageFault):
    """The page's last bucket has half of its results, and the next page begins with the other half.

    The real API is seen to do so, and a client has to add them up. With `repeat`, the next page has
    the last result of this one once more, which must not count twice. Group by something: a bucket
    without groups has one result only.
    """

    repeat: bool = attrs.field(default=False, kw_only=True)

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with its last bucket cut; None where the walk would not get on."""
        if not page["data"] or (len(page["data"]) == 1 and request.query.page is not None):
            return None
        *whole, last = page["data"]
        if not last["results"]:
            return None
        shown = (len(last["results"]) + 1) // 2
        cut: BucketJson = {**last, "results": last["results"][:shown]}
        cursor = request.cursor(last["start_time"], skip=shown - self.repeat)
        return {**page, "data": [*whole, cut], "has_more": True, "next_page": cursor}
