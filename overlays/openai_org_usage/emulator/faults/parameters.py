"""Faults that refuse what is asked for: a grouping, a start, the size of a page."""

from __future__ import annotations

from typing import get_args

import attrs

from ..._generated import ListOperation, Operation
from ..buckets import SECONDS_PER_DAY, align_down
from ..errors import (
    ApiError,
    Naming,
    Period,
    above_maximum,
    grouping_refused,
    grouping_too_early,
    lookback_exceeded,
)
from ..list_paginator import ListPageRequest
from ..paginator import PageRequest
from ..request_context import ListContext, RequestContext, UsageContext
from ..request_streams import dimensions_of
from .fault import RefusalFault, require_one_of, require_whole


@attrs.frozen(repr=False)
class GroupingRefused(RefusalFault):
    """400 naming `group_by` for a request that groups by `dimension`, alone or with others.

    Costs are refused so to some organizations, by `api_key_id` and by `user_id`. With `before`, in Unix
    seconds, 400 naming `start_time` for a range that begins before that moment, which the message names; as
    costs by `api_key_id` have it: `GroupingRefused("api_key_id", before=1764979200)`.
    """

    dimension: str
    before: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.before is not None:
            require_whole("before", self.before, least=0)

    def refusal(self, context: RequestContext) -> ApiError | None:
        """The error, if the request groups by the dimension."""
        request = context.page_request if isinstance(context, UsageContext) else None
        if request is None or self.dimension not in request.query.group_by:
            return None
        if self.before is None:
            return grouping_refused(self.dimension)
        is_early = int(dict(context.pairs)["start_time"]) < self.before
        return grouping_too_early(self.dimension, self.before) if is_early else None

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation can be grouped by the dimension."""
        return not isinstance(operation, ListOperation) and self.dimension in dimensions_of(operation)


@attrs.frozen(repr=False)
class LookbackExceeded(RefusalFault):
    """400 `reporting_lookback_exceeded`: the API keeps `days` days, and names the earliest start.

    It comes whatever start was asked for. `Emulator(lookback_days=365)` refuses the old ones alone.
    `naming` is how the message names the start: as a date, in Unix seconds, as both, or not at all;
    `period` how it names what is kept: "the past 365 days", or "the past year (UTC)".
    """

    days: int = 365
    naming: Naming = attrs.field(default="both", kw_only=True)
    period: Period = attrs.field(default="days", kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_whole("days", self.days, least=0)
        require_one_of("naming", self.naming, get_args(Naming))
        require_one_of("period", self.period, get_args(Period))

    def refusal(self, context: RequestContext) -> ApiError | None:
        """The error; lists have no start that could be too early."""
        if not isinstance(context, UsageContext):
            return None
        earliest = align_down(int(context.now), width=SECONDS_PER_DAY) - self.days * SECONDS_PER_DAY
        return lookback_exceeded(earliest, self.days, naming=self.naming, period=self.period)

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation has a start."""
        return not isinstance(operation, ListOperation)


@attrs.frozen(repr=False)
class LimitRefused(RefusalFault):
    """400 naming `limit` for a request whose limit is above `maximum`; others are answered."""

    maximum: int

    def __attrs_post_init__(self) -> None:
        require_whole("maximum", self.maximum, least=0)

    def refusal(self, context: RequestContext) -> ApiError | None:
        """The error, if the request has a limit that is too large."""
        given = any(name == "limit" for name, _ in context.pairs)
        limit = _limit_of(context) if given else 0
        return above_maximum("limit", limit, self.maximum) if limit > self.maximum else None


def _limit_of(context: RequestContext) -> int:
    match context:
        case UsageContext(page_request=PageRequest(query=query)):
            return query.limit
        case ListContext(page_request=ListPageRequest(limit=limit)):
            return limit
        case _:
            return 0
