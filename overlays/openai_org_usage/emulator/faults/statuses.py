"""Faults that answer with a status other than 200 and the documented error body."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import get_args

import attrs

from ..._generated import ListOperation, Operation
from ..answer import ApiAnswer, Headers, answer_error, answer_json
from ..auth import Scope, lacks_scope, needs_session, scope_of
from ..buckets import SECONDS_PER_DAY, align_down
from ..errors import (
    ApiError,
    Naming,
    Period,
    above_maximum,
    grouping_refused,
    grouping_too_early,
    lookback_exceeded,
    unsupported_country,
)
from ..list_paginator import ListPageRequest
from ..paginator import PageRequest
from ..request_context import ListContext, RequestContext, UsageContext
from ..request_streams import dimensions_of
from .fault import Fault, require, require_one_of, require_whole

Wait = str | float | timedelta | datetime
"""A `Retry-After`: text as it stands, seconds, a date that far from the emulator's now, or a date."""


@attrs.frozen
class _Wording:
    message: str
    kind: str
    code: str | None


_WORDINGS: Mapping[int, _Wording] = {
    401: _Wording("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    429: _Wording("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
    500: _Wording("The server had an error while processing your request.", "server_error", None),
    503: _Wording("The engine is currently overloaded, please try again later.", "server_error", None),
}


@attrs.frozen(repr=False)
class RefusalFault(Fault):
    """A fault that refuses the request."""

    @abstractmethod
    def refusal(self, context: RequestContext) -> ApiError | None:
        """What the request is refused with; None to answer it."""

    def headers(self, context: RequestContext) -> Headers:
        """The headers that come with the refusal."""
        return ()

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The refusal as an answer."""
        error = self.refusal(context)
        return None if error is None else answer_error(error, headers=self.headers(context))


@attrs.frozen(repr=False)
class Status(RefusalFault):
    """A status from 300 to 599, such as 429 or 503, with the documented error body.

    `retry_after` and `retry_after_ms` become the headers of these names: text as it stands, a number
    of seconds (or milliseconds), a timedelta as an HTTP date that far from the emulator's now, and
    a datetime as that date.
    """

    status: int
    retry_after: Wait | None = attrs.field(default=None, kw_only=True)
    retry_after_ms: str | float | None = attrs.field(default=None, kw_only=True)
    code: str | None = attrs.field(default=None, kw_only=True)
    param: str | None = attrs.field(default=None, kw_only=True)
    message: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_whole("status", self.status, least=300, most=599)
        for name in ("retry_after", "retry_after_ms"):
            _check_wait(name, getattr(self, name))

    def refusal(self, context: RequestContext) -> ApiError:
        """The error in the API's words, where they are known."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        other = _Wording(f"Status {self.status}, planted by the emulator.", kind, None)
        known = _WORDINGS.get(self.status, other)
        return ApiError(
            self.message or known.message,
            status=self.status,
            param=self.param,
            code=self.code or known.code,
            kind=known.kind,
        )

    def headers(self, context: RequestContext) -> Headers:
        """When to try again, in the forms that were asked for."""
        after, milliseconds = self.retry_after, self.retry_after_ms
        return (
            *([] if after is None else [("retry-after", _written(after, context.now))]),
            *([] if milliseconds is None else [("retry-after-ms", str(milliseconds))]),
        )


@attrs.frozen(repr=False)
class QuotaExceeded(RefusalFault):
    """429 with the code `insufficient_quota`: it does not help to try again."""

    def refusal(self, context: RequestContext) -> ApiError:
        """The error."""
        return ApiError(
            "You exceeded your current quota, please check your plan and billing details.",
            status=429,
            code="insufficient_quota",
            kind="insufficient_quota",
        )


@attrs.frozen(repr=False)
class MissingScope(RefusalFault):
    """403, or 401, for a key that lacks the scope that the operation needs.

    Usage and costs need `api.usage.read`, lists `api.management.read`. A key that lacks one of them
    has the other: `MissingScope(scope="api.management.read")` refuses lists, and usage is answered.
    With `in_words`, the error is a text and no object, as in recorded answers.
    """

    status: int = 403
    scope: Scope | None = attrs.field(default=None, kw_only=True)
    in_words: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require(self.status in (401, 403), f"status is 401 or 403, not {self.status!r}")
        if self.scope is not None:
            require_one_of("scope", self.scope, get_args(Scope))

    def refusal(self, context: RequestContext) -> ApiError | None:
        """The error, if the operation needs the scope."""
        needed = scope_of(context.operation)
        return lacks_scope(needed, status=self.status) if self.scope in (None, needed) else None

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The refusal as an answer."""
        error = self.refusal(context)
        if error is None or not self.in_words:
            return super().spoil(context)
        return answer_json({"error": error.message}, status=error.status)

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation needs the scope."""
        return self.scope in (None, scope_of(operation))


@attrs.frozen(repr=False)
class SessionKeyNeeded(RefusalFault):
    """401, or 403, as some keys get it: the request "must be made with a session key"."""

    status: int = 401

    def __attrs_post_init__(self) -> None:
        require(self.status in (401, 403), f"status is 401 or 403, not {self.status!r}")

    def refusal(self, context: RequestContext) -> ApiError:
        """The error."""
        return needs_session(status=self.status, path=f"/v1{context.operation.path}")


@attrs.frozen(repr=False)
class CountryRefused(RefusalFault):
    """403 `unsupported_country_region_territory`: of where the request comes from, not of the key."""

    def refusal(self, context: RequestContext) -> ApiError:
        """The error."""
        return unsupported_country()


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


@attrs.frozen(repr=False)
class Redirect(Fault):
    """A redirect to `location`, which a client had better not follow with its key."""

    location: str = "https://elsewhere.invalid/v1"
    status: int = attrs.field(default=307, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_whole("status", self.status, least=300, most=399)
        _check_text("location", self.location)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The redirect."""
        return ApiAnswer(b"", status=self.status, headers=(("location", self.location),))


def _limit_of(context: RequestContext) -> int:
    match context:
        case UsageContext(page_request=PageRequest(query=query)):
            return query.limit
        case ListContext(page_request=ListPageRequest(limit=limit)):
            return limit
        case _:
            return 0


def _check_wait(name: str, wait: Wait | None) -> None:
    if isinstance(wait, str):
        _check_text(name, wait)
    elif isinstance(wait, int | float):
        require(math.isfinite(wait), f"{name} is finite, not {wait!r}; write {str(wait)!r} to send it so")
    elif isinstance(wait, datetime):
        require(wait.tzinfo is not None, f"{name} has a time zone, such as datetime(..., tzinfo=UTC)")


def _check_text(name: str, text: str) -> None:
    good = re.fullmatch(r"[!-~]([ -~]*[!-~])?", text)
    require(bool(good), f"{name} is printable ASCII without outer spaces, not {text!r}")


def _written(wait: Wait, now: float) -> str:
    """The value of a Retry-After header."""
    if isinstance(wait, timedelta):
        wait = datetime.fromtimestamp(now, UTC) + wait
    if isinstance(wait, datetime):
        return format_datetime(wait.astimezone(UTC), usegmt=True)
    return str(wait)
