"""Answering a request: one page of buckets."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, TypedDict

import attrs

from .._generated import Operation
from .buckets import SECONDS_PER_DAY, align_down, align_up, boundaries
from .costs import cost_rows
from .cursor import CursorPosition, Cursors
from .errors import lookback_exceeded, rejected
from .observed_fields import IsoTimes, iso_times
from .organization import Organization, Selection
from .parameters import Pairs
from .query import ParsedQuery, parse_query
from .request_streams import is_costs
from .rows import Row
from .usage import usage_rows


class BucketJson(IsoTimes):
    """A bucket as it goes over the wire."""

    object: str
    start_time: int
    end_time: int
    results: list[Row]


def bucket_of(operation: Operation, start: int, end: int, results: list[Row]) -> BucketJson:
    """A bucket of [start, end), Unix seconds."""
    return {
        "object": "bucket",
        "start_time": start,
        "end_time": end,
        **iso_times(operation, start, end),
        "results": results,
    }


class PageJson(TypedDict):
    """A page as it goes over the wire."""

    object: Literal["page"]
    data: list[BucketJson]
    has_more: bool
    next_page: str | None


@attrs.frozen
class PageRequest:
    """A valid query for one page, as of the moment `now` (Unix seconds).

    Nothing exists at or after `now`: the bucket that holds it is the last one and is still growing.
    `end` is where the buckets of all pages end: at `now`, if the query has no end of its own and its
    buckets need not be whole.
    """

    operation: Operation
    query: ParsedQuery
    position: CursorPosition
    end: int
    now: int
    cursors: Cursors

    def cursor(self, start: int, *, skip: int = 0, past: int = 0) -> str:
        """The cursor of the page of this query that begins at `start`."""
        return self.cursors.make(CursorPosition(start, skip, past), query=self.query.identity)


class Paginator:
    """Answers queries about one organization, as of a moment that the caller gives."""

    def __init__(self, organization: Organization, *, lookback_days: int | None = None) -> None:
        self._organization = organization
        self._lookback_days = lookback_days
        self._cursors = Cursors(seed=organization.ordinary.seed)

    def request(self, operation: Operation, pairs: Pairs, *, now: int) -> PageRequest:
        """What a query string asks for.

        Raises:
            ApiError: 400, as it breaks a rule.
        """
        query = parse_query(operation, pairs)
        self._check_lookback(query, now=now)
        return PageRequest(operation, query, self._position(query), _end(query, now), now, self._cursors)

    def page(self, request: PageRequest) -> PageJson:
        """The page that was asked for."""
        position, query = request.position, request.query
        end = 0 if position.past else request.end
        marks = boundaries(position.start, end, width=query.width, limit=query.limit)
        data = self._buckets(request, Selection(marks, request.now, query.group_by, query.filters))
        if data:
            del data[0]["results"][: position.skip]
        more = bool(marks) and marks[-1] < request.end
        cursor = request.cursor(marks[-1]) if more else None
        return {"object": "page", "data": data, "has_more": more, "next_page": cursor}

    def _position(self, query: ParsedQuery) -> CursorPosition:
        if query.page is None:
            return CursorPosition(query.start)
        try:
            return self._cursors.read(query.page, query=query.identity)
        except ValueError:
            reason = "the cursor is malformed or belongs to another query."
            raise rejected("page", reason) from None

    def _check_lookback(self, query: ParsedQuery, *, now: int) -> None:
        if self._lookback_days is None:
            return
        today = align_down(now, width=SECONDS_PER_DAY)
        earliest = today - self._lookback_days * SECONDS_PER_DAY
        if query.start < earliest:
            raise lookback_exceeded(earliest, self._lookback_days)

    def _buckets(self, request: PageRequest, selection: Selection) -> list[BucketJson]:
        rows = cost_rows if is_costs(request.operation) else usage_rows
        results = rows(self._organization, request.operation, selection)
        edges = pairwise(selection.boundaries)
        return [
            bucket_of(request.operation, start, end, each)
            for (start, end), each in zip(edges, results, strict=True)
        ]


def _end(query: ParsedQuery, now: int) -> int:
    running = align_up(now, width=query.width)
    if query.end is None:
        return running if query.whole else now
    return min(query.end, running)
