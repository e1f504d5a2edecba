"""A model of the API in memory: an organization's buckets, and how a server deals them out in pages.

It is independent of the emulator, small, and knows the truth: `expected` is what any way of reading
must give.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import attrs
import httpx

from ..conftest import NOW
from ..scripted import Json, error

WIDTHS = {"1m": 60, "1h": 3600, "1d": 86_400}
DEFAULT_LIMITS = {"1m": 60, "1h": 24, "1d": 7}

Usage = tuple[tuple[str, int], ...]
"""Models and their tokens."""


class Bucket(NamedTuple):
    """A bucket as it is read: its span, and what it holds."""

    start: int
    end: int
    usage: Usage


class Place(NamedTuple):
    """Where a page begins: at which bucket, after how many of its results, and which empty page."""

    bucket: int = 0
    skip: int = 0
    empty: int = 0

    @classmethod
    def at(cls, cursor: str | None) -> Place:
        """The place that a cursor of ours means."""
        return cls(*map(int, cursor.split("-")[1:])) if cursor else cls()

    @property
    def cursor(self) -> str:
        """The cursor that means this place."""
        return f"c-{self.bucket}-{self.skip}-{self.empty}"


@attrs.frozen(kw_only=True)
class Organization:
    """Buckets, and how they are dealt out.

    Attributes:
        usage: what each bucket holds, by its start.
        sparse: whether buckets without usage are left out.
        cuts: whether the first and last bucket end where the range does.
        split: how many results of its last bucket a page has at most; 0 for all.
        repeats: whether the result before a split stands on the next page, too.
        empties: how many empty pages follow the last bucket.
        largest: the largest `limit` that the server takes.
    """

    width: str
    usage: dict[int, Usage]
    sparse: bool = False
    cuts: bool = False
    split: int = 0
    repeats: bool = False
    empties: int = 0
    largest: int = 10_000

    @property
    def seconds(self) -> int:
        """How wide a bucket is."""
        return WIDTHS[self.width]

    def expected(self, start: int, end: int | None) -> list[Bucket]:
        """What is in a range."""
        horizon = -(-NOW // self.seconds) * self.seconds
        last = horizon if end is None else min(end, horizon)
        buckets = [
            self._bucket(at, start, last)
            for at in range(start // self.seconds * self.seconds, last, self.seconds)
        ]
        return [bucket for bucket in buckets if bucket.usage or not self.sparse]

    def _bucket(self, at: int, start: int, last: int) -> Bucket:
        first, end = (max(at, start), min(at + self.seconds, last)) if self.cuts else (at, at + self.seconds)
        return Bucket(first, end, self.usage.get(at, ()))

    def page(self, query: dict[str, str]) -> Json:
        """The page that a query asks for."""
        place = Place.at(query.get("page"))
        end = query.get("end_time")
        buckets = self.expected(int(query["start_time"]), int(end) if end else None)
        size = int(query.get("limit", DEFAULT_LIMITS[self.width]))
        shown = buckets[place.bucket : place.bucket + size]
        following = self._following(place, shown, len(buckets))
        data = [_body(bucket) for bucket in shown]
        if following is not None and following.skip:
            del data[-1]["results"][following.skip :]
        if data:
            del data[0]["results"][: max(0, place.skip - self.repeats)]
        cursor = None if following is None else following.cursor
        return {"object": "page", "data": data, "has_more": cursor is not None, "next_page": cursor}

    def _following(self, place: Place, shown: list[Bucket], count: int) -> Place | None:
        end = place.bucket + len(shown)
        if shown and self.split:
            dealt = (place.skip if len(shown) == 1 else 0) + self.split
            if len(shown[-1].usage) > dealt:
                return Place(end - 1, dealt)
        if end < count:
            return Place(end)
        return Place(end, 0, place.empty + 1) if place.empty < self.empties else None


def _body(bucket: Bucket) -> Json:
    tag = "organization.usage.completions.result"
    counts = {"output_tokens": 0, "num_model_requests": 1}
    results = [
        {"object": tag, "input_tokens": tokens, "model": model, **counts} for model, tokens in bucket.usage
    ]
    return {"object": "bucket", "start_time": bucket.start, "end_time": bucket.end, "results": results}


Alter = Callable[[Json, str | None], Json]
"""Makes another page of one, given the cursor it was asked for with."""


@attrs.define
class Server:
    """Answers for an organization, with a fault and with what a server in trouble says.

    Attributes:
        fault: what happens to the page that holds the bucket that begins at `target`.
        stops: buckets whose pages are refused.
        trouble: what is answered instead, by how often this very request came.
    """

    organization: Organization
    fault: Alter | None = None
    target: int = -1
    stops: list[int] = attrs.field(factory=list[int])
    trouble: Callable[[str, int], httpx.Response | None] | None = None
    requests: int = 0
    planted: bool = False
    _asked: dict[str, int] = attrs.field(factory=dict[str, int])
    _behind: str | None = None
    """Where the walk really goes on, behind the cursors of a fault."""

    def transport(self) -> httpx.MockTransport:
        """A transport to this server."""
        return httpx.MockTransport(self.answer)

    def heal(self) -> None:
        """From now on there is no fault."""
        self.fault = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        self.requests += 1
        url = str(request.url)
        self._asked[url] = self._asked.get(url, 0) + 1
        troubled = self.trouble and self.trouble(url, self._asked[url])
        return troubled or self._well(dict(request.url.params.multi_items()))

    def _well(self, query: dict[str, str]) -> httpx.Response:
        if int(query.get("limit", 0)) > self.organization.largest:
            return error(400, f"limit must be at most {self.organization.largest}", param="limit")
        asked = query.get("page")
        if asked is not None and asked.startswith("loop"):
            return httpx.Response(200, json=self._loop(query, asked))
        page = self.organization.page(query)
        starts = [bucket["start_time"] for bucket in page["data"]]
        if any(stop in starts for stop in self.stops):
            return error(403, "not now")
        if self.fault is not None and self.target in starts:
            self._behind, self.planted = page["next_page"], True
            page = self.fault(page, asked)
        return httpx.Response(200, json=page)

    def _loop(self, query: dict[str, str], asked: str) -> Json:
        empty: Json = {"object": "page", "data": [], "has_more": False, "next_page": None}
        if self.fault is not None:
            turn = {"loop-a": "loop-b", "loop-b": "loop-a", "loop": "loop"}[asked]
            return {**empty, "has_more": True, "next_page": turn}
        return empty if self._behind is None else self.organization.page({**query, "page": self._behind})
