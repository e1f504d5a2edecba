"""Which error an answer means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    LookbackExceededError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from openai_org_usage.http.status_errors import error_for

NOW = 1_795_000_000.0
SCOPES = "Missing scopes: api.usage.read"
SESSION_KEY = "Your request must be made with a session key (that is, it can only be made from the browser)."
LOOKBACK = "reporting_lookback_exceeded"
FLOOR = 1_764_979_200
"""2025-12-06, from which on costs come by API key."""
ADVICE = " (usage and costs need an admin key, sk-admin-…, with the scope api.usage.read)"
PROXY = " (a proxy in between asks who you are: put its user and password into HTTPS_PROXY)"
REDIRECT = " (a redirect, which is not followed lest the key go elsewhere; correct the base URL)"


def answered(
    status: int, headers: dict[str, str] | None = None, *, asked: Any = (None, None), **members: Any
) -> APIStatusError:
    """The error for an answer with the documented body."""
    body = json.dumps({"error": members}).encode()
    return error_for(status, headers or {}, body, operation=OPERATIONS["costs"], now=NOW, asked=asked)


@pytest.mark.parametrize(
    ("status", "members", "kind"),
    [
        (400, {}, BadRequestError),
        (400, {"code": LOOKBACK}, LookbackExceededError),
        (422, {"code": LOOKBACK}, LookbackExceededError),
        (400, {"type": LOOKBACK}, LookbackExceededError),
        (400, {"message": SCOPES}, PermissionDeniedError),
        (400, {"message": SESSION_KEY}, PermissionDeniedError),
        (401, {"message": SESSION_KEY}, PermissionDeniedError),
        (500, {"message": SCOPES}, ServerError),
        (401, {}, AuthenticationError),
        (401, {"message": SCOPES.upper()}, PermissionDeniedError),
        (403, {"message": SCOPES}, PermissionDeniedError),
        (403, {}, PermissionDeniedError),
        (404, {}, APIStatusError),
        (404, {"message": SCOPES}, PermissionDeniedError),
        (428, {"code": "insufficient_quota"}, APIStatusError),
        (429, {}, RateLimitError),
        (429, {"code": "insufficient_quota"}, QuotaExceededError),
        (429, {"type": "insufficient_quota"}, QuotaExceededError),
        (429, {"code": "rate_limit_exceeded", "type": "requests"}, RateLimitError),
        (499, {}, APIStatusError),
        (500, {}, ServerError),
        (599, {}, ServerError),
        (302, {}, APIStatusError),
        (204, {}, APIStatusError),
    ],
)
def test_status_and_body_decide_the_class(
    status: int, members: dict[str, Any], kind: type[APIStatusError]
) -> None:
    """Exactly that class."""
    error = answered(status, **members)
    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize(
    ("status", "message", "text"),
    [
        (400, "no", "costs: status 400: no"),
        (400, None, "costs: status 400"),
        (401, None, f"costs: status 401{ADVICE}"),
        (401, SCOPES, f"costs: status 401: {SCOPES}{ADVICE}"),
        (403, "no", f"costs: status 403: no{ADVICE}"),
        (299, "odd", "costs: status 299: odd"),
        (300, None, f"costs: status 300{REDIRECT}"),
        (399, "there", f"costs: status 399: there{REDIRECT}"),
        (407, None, f"costs: status 407{PROXY}"),
        (500, "x" * 500, f"costs: status 500: {'x' * 500}"),
        (500, "x" * 501, f"costs: status 500: {'x' * 500}"),
    ],
)
def test_the_message_says_what_the_api_said_and_what_to_do(
    status: int, message: str | None, text: str
) -> None:
    """Word for word, long ones cut."""
    assert str(answered(status, message=message)) == text


def test_a_short_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server may have sent it back."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "secret")
    error = answered(400, message="no secret", code="secret", param="secret")
    assert (str(error), error.code, error.param) == (
        "costs: status 400: no [admin key]",
        "[admin key]",
        "[admin key]",
    )


def test_an_error_carries_all_that_is_known() -> None:
    """Code, parameter, request id, wait."""
    headers = {"x-request-id": "req_1", "retry-after": "2"}
    error = answered(429, headers, message="slow", code="c", param="p", type="t")
    known = (error.code, error.param, error.request_id, error.retry_after, error.attempts)
    assert known == ("c", "p", "req_1", 2.0, 1)
    dated = answered(503, {"retry-after": format_datetime(datetime.fromtimestamp(NOW + 60, UTC))})
    assert dated.retry_after == 60.0
    bare = answered(500)
    assert (bare.code, bare.param, bare.request_id, bare.retry_after) == (None, None, None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"error": null}',
        b'{"else": 1}',
        b"[]",
    ],
)
@pytest.mark.usefixtures("without_collection")
def test_no_body_is_too_odd(body: bytes) -> None:
    """Whatever it is, the status speaks."""
    assert str(error_for(500, {}, body, operation=OPERATIONS["costs"], now=NOW)) == "costs: status 500"


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "why"}',
        b'{"error": null, "detail": "why"}',
        b'{"detail": "why"}',
        b'{"error": {"message": "why"}}',
    ],
)
def test_a_reason_in_another_form_is_kept(body: bytes) -> None:
    """A text for the documented object, or what a gateway in between says."""
    assert str(error_for(500, {}, body, operation=OPERATIONS["costs"], now=NOW)) == "costs: status 500: why"


def test_a_country_that_is_not_served_is_not_blamed_on_the_key() -> None:
    """A 403 like that of a key, for another reason."""
    error = answered(403, code="unsupported_country_region_territory", message="Country not supported")
    assert type(error) is PermissionDeniedError
    assert str(error).endswith(
        "(the country that the request comes from is not served; the key is not to blame)"
    )


def test_members_that_are_no_text_are_left_out() -> None:
    """Numbers and lists where text is documented."""
    error = answered(400, message=7, code=["c"], param=None, more={"x": 1})
    assert (str(error), error.code, error.param) == ("costs: status 400", None, None)


@pytest.mark.parametrize(
    ("message", "earliest"),
    [
        ("not before 1763596800.", 1_763_596_800),
        ("not before 176359680 or so", 176_359_680),
        ("not before 17635968000", 17_635_968_000),
        ("not before 17635968", None),
        ("not before 176359680001", None),
        ("begin at 2026-11-20", 1_795_132_800),
        ("begin at 2026-11-20T00:00:30Z", 1_795_132_830),
        ("begin at 2026-11-20 00:00:30.9Z", 1_795_132_830),
        ("begin at 2026-11-20T00:00:00", 1_795_132_800),
        ("begin at 2026-11-20T02:00:00+02:00", 1_795_132_800),
        ("at 2026-99-99", None),
        ("at some time", None),
        ("1763596800 or 2026-11-20", 1_763_596_800),
    ],
)
def test_the_earliest_start_is_read_from_the_message(message: str, earliest: int | None) -> None:
    """Unix seconds or an ISO date, in UTC unless it says otherwise."""
    error = answered(400, message=message, code=LOOKBACK)
    assert isinstance(error, LookbackExceededError)
    assert error.earliest_start == earliest


@pytest.mark.parametrize(
    ("message", "earliest"),
    [
        (f"start_time must be at or after {FLOOR}.", FLOOR),
        (f"start_time must be at or after 2025-12-06 (UTC), which is {FLOOR}.", FLOOR),
        (f"start_time {FLOOR - 86_400} is before {FLOOR}.", FLOOR),
        (f"start_time must be at or after {int(NOW)}.", int(NOW)),
        (f"start_time must be before {int(NOW) + 1}.", None),
        (f"start_time must not be {FLOOR - 86_400}.", None),
        (f"start_time must be after {FLOOR - 86_401}.", None),
        (f"start_time must be before end_time, {FLOOR + 86_400}.", None),
        (f"{FLOOR - 86_400} to {FLOOR + 86_400} is too long.", None),
        (f"start_time must be between {FLOOR} and {int(NOW)}.", None),
        ("start_time must be before end_time.", None),
        ("start_time is before 2025-99-99.", None),
        ("", None),
    ],
)
def test_a_start_that_is_too_early_for_a_grouping_is_one_too_long_ago(
    message: str, earliest: int | None
) -> None:
    """If the message names one moment that has passed and is after the start; no other range becomes that."""
    asked = (FLOOR - 86_400, FLOOR + 86_400)
    error = answered(400, asked=asked, param="start_time", message=message, code="invalid_request_error")
    assert type(error) is (BadRequestError if earliest is None else LookbackExceededError)
    assert getattr(error, "earliest_start", None) == earliest


@pytest.mark.parametrize(
    ("status", "param", "asked"),
    [
        (400, "group_by", (FLOOR - 1, None)),
        (400, None, (FLOOR - 1, None)),
        (422, "start_time", (FLOOR - 1, None)),
        (400, "start_time", (FLOOR, None)),
        (400, "start_time", (None, None)),
    ],
)
def test_a_moment_in_another_refusal_is_no_earliest_start(status: int, param: str | None, asked: Any) -> None:
    """Another status or parameter, or a start that is not before it."""
    error = answered(status, asked=asked, param=param, message=f"not before {FLOOR}")
    assert not isinstance(error, LookbackExceededError)


def test_a_lookback_without_message_has_no_start() -> None:
    """Nothing is invented."""
    error = answered(400, code=LOOKBACK)
    assert isinstance(error, LookbackExceededError)
    assert error.earliest_start is None
