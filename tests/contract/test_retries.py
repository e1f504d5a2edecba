"""CONTRACT.md 4: what is tried again, how often, and after exactly what wait."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import attrs
import httpx
import pytest

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.errors import APIConnectionError, OpenAIUsageError, QuotaExceededError
from openai_org_usage.hooks import RetryEvent
from openai_org_usage.http.deadline import Timing

from ..conftest import NOW
from ..scripted import KEY, START, Json, bucket, error, page


@attrs.define
class Lab:
    """A server that always gives the same answer, and a clock that only sleeping moves."""

    answers: list[httpx.Response | Exception]
    now: float = 0.0
    sleeps: list[float] = attrs.field(factory=list[float])
    requests: int = 0

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def answer(self, _: httpx.Request) -> httpx.Response:
        found = self.answers[min(self.requests, len(self.answers) - 1)]
        self.requests += 1
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, headers=dict(found.headers), content=found.content)

    def options(self, **more: Any) -> dict[str, Any]:
        """The arguments of a client in this lab; half of each bound is waited."""
        timing = Timing(monotonic=lambda: self.now, sleep=self.sleep, share=lambda: 0.5)
        clock = {"clock": lambda: NOW, "timing": timing, "transport": httpx.MockTransport(self.answer)}
        return {"admin_key": KEY, "base_url": "https://api.test/v1", **clock, **more}


async def _ask(lab: Lab, **options: Any) -> OpenAIUsageError | None:
    async with AsyncUsageClient(**lab.options(**options)) as client:
        try:
            async for _ in client.completions(start_time=START):
                pass
        except OpenAIUsageError as error:
            return error
    return None


def _ask_blocking(lab: Lab, **options: Any) -> OpenAIUsageError | None:
    with UsageClient(**lab.options(**options)) as client:
        try:
            list(client.completions(start_time=START))
        except OpenAIUsageError as error:
            return error
    return None


def _date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + seconds, UTC), usegmt=True)


AGAIN = [408, 409, 429, 500, 501, 502, 503, 504, 520, 529, 599]
NEVER = [201, 204, 299, 300, 302, 304, 400, 401, 402, 403, 404, 405, 410, 413, 418, 422, 451, 499]
BACKOFF = [0.25, 0.5, 1.0, 2.0]
SLEEPS: list[tuple[dict[str, str], list[float]]] = [
    ({}, BACKOFF),
    ({"retry-after": "3"}, [3.0] * 4),
    ({"retry-after": "0"}, BACKOFF),
    ({"retry-after-ms": "0", "retry-after": "0"}, BACKOFF),
    ({"retry-after": " 1.5 "}, [1.5] * 4),
    ({"retry-after": "120"}, [120.0] * 4),
    ({"retry-after": "121"}, []),
    ({"retry-after": "1e9"}, []),
    ({"retry-after": _date(7)}, [7.0, 7.0, 7.0, 7.0]),
    ({"retry-after": _date(-7)}, BACKOFF),
    ({"retry-after": _date(9999)}, []),
    ({"retry-after-ms": "1"}, BACKOFF),
    ({"retry-after-ms": "750"}, [0.75] * 4),
    ({"retry-after-ms": "120001"}, []),
    ({"retry-after-ms": "750", "retry-after": "9"}, [0.75] * 4),
    ({"retry-after-ms": "soon", "retry-after": "9"}, [9.0] * 4),
    ({"retry-after": "-1"}, BACKOFF),
    ({"retry-after": "nan"}, BACKOFF),
    ({"retry-after": "inf"}, BACKOFF),
    ({"retry-after": "soon"}, BACKOFF),
    ({"retry-after": ""}, BACKOFF),
    ({"retry-after": "Mon, 99 Foo 2026 99:99:99 GMT"}, BACKOFF),
    ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, BACKOFF),
    ({"retry-after": "9" * 5000}, BACKOFF),
]
BODIES = [
    b"",
    b"<html>overloaded</html>",
    b"\xff\xfe[",
    error(400, "no").content,
    error(400, "slow down", code="rate_limit_exceeded").content,
]
QUOTA = [
    error(429, "You exceeded your current quota", code="insufficient_quota").content,
    json.dumps(
        {"error": {"message": "pay", "type": "insufficient_quota", "param": None, "code": None}}
    ).encode(),
]


@pytest.mark.parametrize(("headers", "sleeps"), SLEEPS, ids=[str(headers)[:60] for headers, _ in SLEEPS])
def test_attempts_and_sleeps_are_exact(
    counts: Counter[str], headers: dict[str, str], sleeps: list[float]
) -> None:
    """Status x header x body: transient ones wait as told, all others end at the first attempt."""

    async def table() -> None:
        for status in [*AGAIN, *NEVER]:
            expected = sleeps if status in AGAIN else []
            for body in BODIES:
                lab = Lab([httpx.Response(status, headers=headers, content=body)])
                error = await _ask(lab)
                assert lab.sleeps == expected, (status, body)
                assert lab.requests == len(expected) + 1
                assert getattr(error, "attempts", 0) == lab.requests
                counts["retries: status x header x body, exact"] += 1
        for body in QUOTA:
            lab = Lab([httpx.Response(429, headers=headers, content=body)])
            assert isinstance(await _ask(lab), QuotaExceededError)
            assert lab.requests == 1
            counts["retries: status x header x body, exact"] += 1

    asyncio.run(table())


BROKEN: list[httpx.Response | Exception] = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadTimeout(""),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("peer closed connection"),
    ConnectionResetError("reset"),
    OSError("network is unreachable"),
    httpx.Response(200, content=b'{"object": "page", "data": [{"object": "buck'),
    httpx.Response(200, content=b'{"object": "page", "data": ['),
    httpx.Response(200, content=json.dumps(page(bucket(0))).encode().rpartition(b"]")[0]),
]


@pytest.mark.parametrize("broken", BROKEN, ids=repr)
@pytest.mark.parametrize("blocking", [False, True])
def test_what_breaks_off_is_tried_again(broken: httpx.Response | Exception, blocking: bool) -> None:
    """No answer, or half of one, is as transient as a 503, for either client."""
    lab = Lab([broken])
    error = _ask_blocking(lab) if blocking else asyncio.run(_ask(lab))
    assert isinstance(error, OpenAIUsageError)
    assert (lab.requests, lab.sleeps) == (5, BACKOFF)
    assert not isinstance(broken, Exception) or isinstance(error, APIConnectionError)
    good = Lab([broken, broken, httpx.Response(200, json=page(bucket(0)))])
    assert (_ask_blocking(good) if blocking else asyncio.run(_ask(good))) is None
    assert good.sleeps == BACKOFF[:2]


@pytest.mark.parametrize(
    ("policy", "sleeps"),
    [
        (RetryPolicy(max_retries=0), []),
        (RetryPolicy(max_retries=1), [0.25]),
        (RetryPolicy(max_retries=7), [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]),
        (RetryPolicy(backoff=2, max_backoff=3), [1.0, 1.5, 1.5, 1.5]),
        (RetryPolicy(backoff=0), [0.0] * 4),
    ],
)
def test_the_policy_decides(policy: RetryPolicy, sleeps: list[float]) -> None:
    """Number and bounds of the waits are the policy's."""
    lab = Lab([error(500, "sorry")])
    asyncio.run(_ask(lab, retry=policy))
    assert lab.sleeps == sleeps


@pytest.mark.parametrize(
    ("headers", "deadline", "sleeps"),
    [
        ({}, 1.0, [0.25, 0.5]),
        ({}, 0.25, []),
        ({}, 3.75, [0.25, 0.5, 1.0]),
        ({}, 3.76, BACKOFF),
        ({"retry-after": "10"}, 10.0, []),
        ({"retry-after": "10"}, 25.0, [10.0, 10.0]),
    ],
)
def test_no_sleep_outlives_the_deadline(
    headers: dict[str, str], deadline: float, sleeps: list[float]
) -> None:
    """A wait that would end at the deadline or later is not begun; the error is that of the last attempt."""
    lab = Lab([httpx.Response(503, headers=headers)])
    error = asyncio.run(_ask(lab, deadline=deadline))
    assert lab.sleeps == sleeps
    assert getattr(error, "status", None) == 503


def test_the_longest_wait_is_the_policys() -> None:
    """`max_retry_after` is the limit of what the server may ask for; the error carries what it asked."""
    lab = Lab([httpx.Response(429, headers={"retry-after": "5"})])
    error = asyncio.run(_ask(lab, retry=RetryPolicy(max_retry_after=4.9)))
    assert lab.requests == 1
    assert getattr(error, "retry_after", None) == 5.0


def test_the_budget_bounds_an_outage(counts: Counter[str]) -> None:
    """With every call failing, attempts stay within 1.1 times the calls, once the budget is drained."""

    async def outage(calls: int) -> list[int]:
        lab = Lab([error(500, "sorry")])
        spent: list[int] = []
        async with AsyncUsageClient(**lab.options()) as client:
            for _ in range(calls):
                before = lab.requests
                with pytest.raises(OpenAIUsageError):
                    await anext(aiter(client.completions(start_time=START)))
                spent.append(lab.requests - before)
        return spent

    spent = asyncio.run(outage(600))
    assert spent[:10] == [5] * 10
    drained = spent[100:]
    for begin in range(0, len(drained) - 100, 25):
        assert sum(drained[begin : begin + 100]) <= 110
    assert sum(spent) <= 1.1 * len(spent) + 50
    counts["retries: calls in an outage"] += len(spent)
    counts["retries: attempts of these calls, after the first 100 calls"] += sum(drained)


def test_retries_that_help_cost_nothing() -> None:
    """A client whose retries succeed keeps its budget."""

    async def flaky(calls: int) -> None:
        good = httpx.Response(200, json=page(bucket(0)))
        lab = Lab([answer for _ in range(calls) for answer in (error(500, "a"), error(500, "b"), good)])
        async with AsyncUsageClient(**lab.options()) as client:
            for _ in range(calls):
                assert len([b async for b in client.completions(start_time=START)]) == 1
        assert lab.requests == 3 * calls

    asyncio.run(flaky(100))


def test_the_hook_is_told_of_each_retry() -> None:
    """Operation, request as sent, attempt, exact wait, error and request id; nothing for the last failure."""
    told: list[RetryEvent] = []
    body: Json = page(bucket(0))
    lab = Lab([error(429, "slow"), httpx.ConnectError("refused"), httpx.Response(200, json=body)])
    asyncio.run(_ask(lab, on_retry=told.append))
    assert [(event.operation, event.attempt, event.delay) for event in told] == [
        ("completions", 1, 0.25),
        ("completions", 2, 0.5),
    ]
    assert [event.request_id for event in told] == ["req_1", None]
    assert [type(event.error).__name__ for event in told] == ["RateLimitError", "APIConnectionError"]
    assert dict(told[0].request.arguments) == {"start_time": START, "limit": 31}


def test_an_unreadable_compressed_body_is_tried_again() -> None:
    """Half of a gzip stream is a broken connection, not a decoding error."""
    half = gzip.compress(json.dumps(page(bucket(0))).encode())[:-10]

    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield half

    requests: list[httpx.Request] = []

    class Half(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream())

    lab = Lab([])
    error = asyncio.run(_ask(lab, transport=Half()))
    assert isinstance(error, APIConnectionError)
    assert (len(requests), lab.sleeps) == (5, BACKOFF)
