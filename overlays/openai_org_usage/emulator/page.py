"""Answering a question: one page of buckets."""

from typing import NamedTuple, TypedDict

from .._generated import Operation
from .buckets import SECONDS_PER_DAY, align_down, align_up, boundaries
from .costs import cost_rows
from .cursor import Cursors, Place
from .errors import lookback_exceeded, rejected
from .observed import IsoTimes, iso_times
from .organization import Organization, Span, is_costs
from .parameters import Pairs
from .query import Query, parse_query
from .rows import Row
from .usage import usage_rows


class Bucket(IsoTimes):
    """A bucket as it goes over the wire."""

    object: str
    start_time: int
    end_time: int
    results: list[Row]


def bucket_of(operation: Operation, start: int, end: int, results: list[Row]) -> Bucket:
    """Return a bucket of [start, end), Unix seconds."""
    return {
        "object": "bucket",
        "start_time": start,
        "end_time": end,
        **iso_times(operation, start, end),
        "results": results,
    }


class Page(TypedDict):
    """A page as it goes over the wire."""

    object: str
    data: list[Bucket]
    has_more: bool
    next_page: str | None


class Question(NamedTuple):
    """A valid query for one page, as of the moment `now` (Unix seconds).

    Nothing exists at or after `now`: the bucket that holds it is the last one and is still growing.
    `end` is where the buckets of all pages end: at `now`, if the query has no end of its own and its
    buckets need not be whole.
    """

    operation: Operation
    query: Query
    place: Place
    end: int
    now: int
    cursors: Cursors

    def cursor(self, start: int, *, skip: int = 0, past: int = 0) -> str:
        """Return the cursor of the page of this query that begins at `start`."""
        return self.cursors.make(Place(start, skip, past), query=self.query.identity)


class Pages:
    """Answers queries about one organization, as of a moment that the caller gives."""

    def __init__(self, organization: Organization, *, lookback_days: int | None = None) -> None:
        self._organization = organization
        self._lookback_days = lookback_days
        self._cursors = Cursors(seed=organization.seed)

    def question(self, operation: Operation, pairs: Pairs, *, now: int) -> Question:
        """Return what a query string asks for; raise ApiError (400) if it is bad."""
        query = parse_query(operation, pairs)
        self._check_lookback(query, now=now)
        return Question(operation, query, self._place(query), _end(query, now), now, self._cursors)

    def page(self, question: Question) -> Page:
        """Return the page that was asked for."""
        place, query = question.place, question.query
        end = 0 if place.past else question.end
        marks = boundaries(place.start, end, width=query.width, limit=query.limit)
        data = self._buckets(question, Span(marks, question.now))
        if data:
            del data[0]["results"][: place.skip]
        more = bool(marks) and marks[-1] < question.end
        cursor = question.cursor(marks[-1]) if more else None
        return {"object": "page", "data": data, "has_more": more, "next_page": cursor}

    def _place(self, query: Query) -> Place:
        if query.page is None:
            return Place(query.start)
        try:
            return self._cursors.read(query.page, query=query.identity)
        except ValueError:
            reason = "the cursor is malformed or belongs to another query."
            raise rejected("page", reason) from None

    def _check_lookback(self, query: Query, *, now: int) -> None:
        if self._lookback_days is None:
            return
        today = align_down(now, width=SECONDS_PER_DAY)
        earliest = today - self._lookback_days * SECONDS_PER_DAY
        if query.start < earliest:
            raise lookback_exceeded(earliest, self._lookback_days)

    def _buckets(self, question: Question, span: Span) -> list[Bucket]:
        rows = cost_rows if is_costs(question.operation) else usage_rows
        results = rows(
            self._organization,
            question.operation,
            span=span,
            group_by=question.query.group_by,
            filters=question.query.filters,
        )
        edges = zip(span.boundaries, span.boundaries[1:], results, strict=False)
        return [bucket_of(question.operation, start, end, result) for start, end, result in edges]


def _end(query: Query, now: int) -> int:
    running = align_up(now, width=query.width)
    if query.end is None:
        return running if query.whole else now
    return min(query.end, running)
