"""CONTRACT.md 8: which error means what, and that the documented tree is the real one."""

from __future__ import annotations

import pickle
import re

import httpx
import pytest

from openai_org_usage import OPERATIONS, UsageClient, errors
from openai_org_usage.emulator import Emulator
from openai_org_usage.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    LookbackExceededError,
    OpenAIUsageError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from openai_org_usage.http.status_errors import error_for

from .conftest import DAY, MIDNIGHT, NOW
from .scripted import START, error, scripted

SCOPES = "You have insufficient permissions for this operation. Missing scopes: api.usage.read."
LOOKBACK = "reporting_lookback_exceeded"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error(400, "bad"), BadRequestError),
        (error(400, f"Earliest start: {MIDNIGHT}", code=LOOKBACK), LookbackExceededError),
        (error(401, "bad key", code="invalid_api_key"), AuthenticationError),
        (error(401, SCOPES), PermissionDeniedError),
        (error(403, SCOPES), PermissionDeniedError),
        (error(403, "no"), PermissionDeniedError),
        (error(404, "nothing here"), APIStatusError),
        (error(429, "slow down"), RateLimitError),
        (error(429, "pay", code="insufficient_quota"), QuotaExceededError),
        (error(500, "sorry"), ServerError),
        (httpx.Response(503), ServerError),
        (httpx.Response(529, content=b"<html>overloaded"), ServerError),
        (httpx.Response(299, content=b"{}"), APIStatusError),
        (httpx.Response(418, content=b"\xff\xfe"), APIStatusError),
        (httpx.Response(400, content=b'{"error": "a string"}'), BadRequestError),
        (httpx.Response(400, content=b"[" * 100_000), BadRequestError),
        (httpx.Response(400, json={"error": {"message": 7, "param": ["x"]}}), BadRequestError),
    ],
)
@pytest.mark.usefixtures("without_collection")
def test_each_answer_raises_its_class(answer: httpx.Response, expected: type[APIStatusError]) -> None:
    """Status and body decide the class; no body, however odd, breaks anything."""
    client, _ = scripted(answer)
    with pytest.raises(APIStatusError) as caught:
        list(client.costs(start_time=START))
    assert type(caught.value) is expected
    assert caught.value.status == answer.status_code


def test_an_error_carries_what_support_asks_for() -> None:
    """Status, code, parameter, request id and the wait are attributes, also after pickling."""
    answer = error_for(
        429,
        {"x-request-id": "req_7", "retry-after": "2.5"},
        error(429, "slow down", code="rate_limit_exceeded", param="limit").content,
        operation=OPERATIONS["costs"],
        now=NOW,
    )
    for found in (answer, pickle.loads(pickle.dumps(answer))):
        assert (found.status, found.code, found.param) == (429, "rate_limit_exceeded", "limit")
        assert (found.request_id, found.retry_after, found.attempts) == ("req_7", 2.5, 1)
        assert str(found) == "costs: status 429: slow down"


@pytest.mark.parametrize(
    ("message", "earliest"),
    [
        (f"start_time must not be before {MIDNIGHT}.", MIDNIGHT),
        ("Earliest supported start date: 2026-11-20 (UTC).", MIDNIGHT),
        ("the earliest start is 2026-11-20T00:00:00Z", MIDNIGHT),
        ("the earliest start is 2026-11-20T00:00:00", MIDNIGHT),
        ("too long ago", None),
        ("before 2026-99-99", None),
    ],
)
def test_the_lookback_error_names_the_earliest_start(message: str, earliest: int | None) -> None:
    """Whatever form the server gives it in, it is in Unix seconds."""
    found = error_for(
        400, {}, error(400, message, code=LOOKBACK).content, operation=OPERATIONS["costs"], now=NOW
    )
    assert isinstance(found, LookbackExceededError)
    assert found.earliest_start == earliest


def test_the_earliest_start_can_be_started_from() -> None:
    """What the error names is a start that the server accepts."""
    with (
        Emulator(now=lambda: NOW, lookback_days=30) as emulator,
        UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW) as client,
    ):
        with pytest.raises(LookbackExceededError) as caught:
            list(client.costs(start_time="45d"))
        assert caught.value.earliest_start == MIDNIGHT - 30 * DAY
        assert len(list(client.costs(start_time=caught.value.earliest_start))) == 31


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_scope_says_what_key_is_needed(status: int) -> None:
    """The same advice, whichever status the API chose."""
    client, _ = scripted(error(status, SCOPES))
    with pytest.raises(PermissionDeniedError, match="admin key"):
        list(client.completions(start_time=START))


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("refused"), APIConnectionError),
        (httpx.RemoteProtocolError("broke off"), APIConnectionError),
        (httpx.ConnectTimeout("slow"), APITimeoutError),
        (httpx.ReadTimeout(""), APITimeoutError),
    ],
)
def test_no_answer_is_a_connection_error(raised: httpx.HTTPError, expected: type[Exception]) -> None:
    """httpx's exceptions are causes, never what the caller has to catch."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise raised

    client, _ = scripted(transport=httpx.MockTransport(answer))
    with pytest.raises(APIConnectionError) as caught:
        list(client.costs(start_time=START))
    assert type(caught.value) is expected
    assert isinstance(caught.value.__cause__, httpx.HTTPError)


def test_the_tree_in_the_docstring_is_the_real_one() -> None:
    """Every class is drawn under its base, and every exported error is drawn."""
    drawn: list[tuple[int, str]] = [
        (len(found[1]) // 4, found[2])
        for line in (errors.__doc__ or "").splitlines()
        if (found := re.match(r"    ([ │├└─]*)(\w+Error)\b", line))
    ]
    parents: dict[int, str] = {}
    for depth, name in drawn:
        parents[depth] = name
        base = getattr(errors, parents[depth - 1]) if depth else Exception
        assert getattr(errors, name).__bases__[0] is base, name
    exported = {name for name in errors.__all__ if name.endswith("Error")}
    assert exported == {name for _, name in drawn} | {"UnexpectedStatusError"}


def test_all_that_is_exported_exists_and_has_one_base() -> None:
    """`__all__` is true, and one except clause catches everything."""
    for name in errors.__all__:
        kind = getattr(errors, name)
        assert issubclass(kind, OpenAIUsageError if name.endswith("Error") else Warning)
        assert kind.__doc__


def test_no_message_steers_a_terminal() -> None:
    """What a server said is spelled as Python spells it, also after pickling; lines remain lines."""
    body = b'{"error": {"message": "a\\u001b[2Jb\\u202ec\\nd\\te\\u009b"}}'
    refused = error_for(400, {}, body, operation=OPERATIONS["costs"], now=0)
    assert str(refused) == "costs: status 400: a\\x1b[2Jb\\u202ec\nd\\te\\x9b"
    assert str(pickle.loads(pickle.dumps(refused))) == str(refused)
