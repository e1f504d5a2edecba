"""Which error an answer that is not a page means. Pure: status, headers and body in, error out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from .._generated import ApiOperation, ListOperation, Operation, error_texts, redacted
from ..errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    LookbackExceededError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from .retry import retry_after_of

_UNIX_SECONDS = re.compile(r"(?<!\d)\d{9,11}(?!\d)")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?")
_LONGEST_MESSAGE = 500

TimeRange = tuple[object, object]
"""A start and an end as they were asked for: in Unix seconds, None where there is none."""


_NO_ADMIN_KEY = ("missing scopes", "session key")
"""How the API says that a key is none of an admin: by a scope that it lacks, or by a key of the web site."""
_SUBJECTS = {
    Operation.scope: "usage and costs",
    ListOperation.scope: "lists of projects, users and keys",
}
_COUNTRY = "unsupported_country_region_territory"


def error_for(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    operation: ApiOperation,
    now: float,
    asked: TimeRange = (None, None),
) -> APIStatusError:
    """The error that an answer with `status` other than 200 means; it never fails on a body.

    Should the server have sent the key back in `body`, the error is without it; `headers` are. `now` is
    in Unix seconds; a `Retry-After` that is a date counts from it. `asked` is the range of the request.
    """
    facts = error_texts(body)
    message, code = facts.get("message"), facts.get("code")
    kind = _kind(status, {code, facts.get("type")}, message or "")
    earliest = _earliest_start(message or "") if kind is LookbackExceededError else None
    if kind is BadRequestError and facts.get("param") == "start_time":
        earliest = _later_start(message or "", asked=asked, now=now)
        kind = BadRequestError if earliest is None else LookbackExceededError
    explained = _explained(status, kind, code, _without_key(message), scope=operation.scope)
    error = kind(
        f"{operation.name}: {explained}",
        status=status,
        code=_without_key(code),
        param=_without_key(facts.get("param")),
        request_id=headers.get("x-request-id"),
        retry_after=retry_after_of(headers, now=now),
    )
    if isinstance(error, LookbackExceededError):
        error.earliest_start = earliest
    return error


def _without_key(said: str | None) -> str | None:
    """What a server said, before any of it is cut off: the rest of a key would not look like one."""
    return None if said is None else redacted(said, echoed=True)


def _kind(status: int, codes: set[str | None], message: str) -> type[APIStatusError]:
    if 400 <= status < 500 and any(words in message.lower() for words in _NO_ADMIN_KEY):
        return PermissionDeniedError
    if "reporting_lookback_exceeded" in codes:
        return LookbackExceededError
    if status == 429 and "insufficient_quota" in codes:
        return QuotaExceededError
    known = {400: BadRequestError, 401: AuthenticationError, 403: PermissionDeniedError, 429: RateLimitError}
    return known.get(status, ServerError if status >= 500 else APIStatusError)


def _explained(
    status: int, kind: type[APIStatusError], code: str | None, message: str | None, *, scope: str
) -> str:
    said = f"status {status}" + (f": {message[:_LONGEST_MESSAGE]}" if message else "")
    if code == _COUNTRY:
        return f"{said} (the country that the request comes from is not served; the key is not to blame)"
    if status == 407:
        return f"{said} (a proxy in between asks who you are: put its user and password into HTTPS_PROXY)"
    if kind in (AuthenticationError, PermissionDeniedError):
        return f"{said} ({_SUBJECTS[scope]} need an admin key, sk-admin-…, with the scope {scope})"
    if 300 <= status < 400:
        return f"{said} (a redirect, which is not followed lest the key go elsewhere; correct the base URL)"
    return said


def _later_start(message: str, *, asked: TimeRange, now: float) -> int | None:
    """The one moment, after the start that was asked for, at which `message` says to begin; else None.

    Costs by API key are refused so before a fixed day, without a code of its own. Whatever else may be wrong
    with a start or a range names no moment that has passed and is after the start, but for the end asked for.
    """
    start, _ = asked
    named = set(_moments(message)) - {*asked}
    if not isinstance(start, int) or len(named) != 1:
        return None
    (moment,) = named
    return moment if start < moment <= now else None


def _earliest_start(message: str) -> int | None:
    """The moment that a lookback error names, as Unix seconds or an ISO date."""
    return next(_moments(message), None)


def _moments(message: str) -> Iterator[int]:
    """The moments that `message` names: those in Unix seconds, then those as ISO dates."""
    yield from (int(found) for found in _UNIX_SECONDS.findall(message))
    for found in _ISO_DATE.findall(message):
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(found)
            if len(found) == len("2026-11-21"):
                moment = datetime.combine(date.fromisoformat(found), time.min)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            yield int(aware.timestamp())
