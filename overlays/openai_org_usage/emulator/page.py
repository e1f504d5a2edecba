"""Answering a question: one page of buckets."""

from .._generated import Operation
from .buckets import SECONDS_PER_DAY, align_down, align_up, boundaries
from .costs import cost_rows
from .cursor import Cursors
from .errors import lookback_exceeded, rejected
from .organization import Organization, Span, is_costs
from .parameters import Pairs
from .query import Query, parse_query
from .usage import usage_rows


class Pages:
    """Answers queries about one organization, as of a moment that the caller gives."""

    def __init__(self, organization: Organization, *, lookback_days: int | None = None) -> None:
        self._organization = organization
        self._lookback_days = lookback_days
        self._cursors = Cursors(seed=organization.seed)

    def answer(self, operation: Operation, pairs: Pairs, *, now: int) -> dict[str, object]:
        """Return the page that a query string asks for; raise ApiError (400) if it is bad.

        Nothing exists at or after `now` (Unix seconds): the bucket that holds it is the last one
        and is still growing.
        """
        query = parse_query(operation, pairs)
        self._check_lookback(query, now=now)
        horizon = align_up(now, width=query.width)
        end = horizon if query.end is None else min(query.end, horizon)
        marks = boundaries(self._start(query), end, width=query.width, limit=query.limit)
        next_start = marks[-1] if marks and marks[-1] < end else None
        return {
            "object": "page",
            "data": self._buckets(operation, query, Span(marks, now)),
            "has_more": next_start is not None,
            "next_page": next_start and self._cursors.make(next_start, query=query.identity),
        }

    def _start(self, query: Query) -> int:
        if query.page is None:
            return query.start
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

    def _buckets(self, operation: Operation, query: Query, span: Span) -> list[dict[str, object]]:
        rows = cost_rows if is_costs(operation) else usage_rows
        results = rows(
            self._organization,
            operation,
            span=span,
            group_by=query.group_by,
            filters=query.filters,
        )
        edges = zip(span.boundaries, span.boundaries[1:], results, strict=False)
        return [
            {"object": "bucket", "start_time": start, "end_time": end, "results": result}
            for start, end, result in edges
        ]
