"""Faults that answer with another status than 200, whatever was asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import attrs

from ..answer import ApiAnswer, Headers
from ..errors import ApiError
from ..request_context import RequestContext
from .fault import Fault, RefusalFault, require, require_whole

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
