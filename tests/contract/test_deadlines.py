"""CONTRACT.md 4: whatever a server does, a call ends at its deadline."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from typing import Any

import pytest

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.errors import APITimeoutError, OpenAIUsageError
from openai_org_usage.http.deadline import Timing
from openai_org_usage.query import AsyncUsageQuery

from ..conftest import DAY
from ..scripted import KEY, START
from .profiles import LONG, amount
from .reading import no_wait
from .stalled_server import ENDS_EARLY, KINDS, stalling

DEADLINE = 0.25
GRACE = 0.25
"""How much later than its deadline a call may end, in seconds: the bar."""
QUICK: dict[str, Any] = {"retry": RetryPolicy(max_retries=2), "timing": Timing(sleep=no_wait)}
SPAN: dict[str, Any] = {"start_time": START, "end_time": START + 400 * DAY, "limit": 1}


def _options(base_url: str) -> dict[str, Any]:
    return {"admin_key": KEY, "base_url": base_url, "deadline": DEADLINE, "clock": lambda: START + 999 * DAY}


def _timed(base_url: str) -> tuple[float, OpenAIUsageError]:
    with UsageClient(**_options(base_url)) as client:
        begun = time.monotonic()
        with pytest.raises(OpenAIUsageError) as caught:
            list(client.completions(**SPAN))
        return time.monotonic() - begun, caught.value


def _timed_async(base_url: str) -> tuple[float, OpenAIUsageError]:
    async def main() -> tuple[float, OpenAIUsageError]:
        async with AsyncUsageClient(**_options(base_url)) as client:
            begun = time.monotonic()
            with pytest.raises(OpenAIUsageError) as caught:
                async for _ in client.completions(**SPAN):
                    pass
            return time.monotonic() - begun, caught.value

    return asyncio.run(main())


WAYS = {"sync": _timed, "async": _timed_async}
CASES = [
    (kind, way)
    for number, kind in enumerate(KINDS)
    for turn, way in enumerate(WAYS)
    if LONG or (number + turn) % 2 == 0
]
"""Every kind both ways; by default one way each, in turn."""


@pytest.mark.parametrize(("kind", "way"), CASES)
def test_a_call_ends_at_its_deadline(counts: Counter[str], kind: str, way: str) -> None:
    """Within the grace in every long run; by default in one of three, as the machine may be busy."""
    timed, late = WAYS[way], list[float]()
    for _ in range(amount(1, 50)):
        with stalling(kind) as base_url:
            elapsed, error = timed(base_url)
            while not LONG and elapsed > DEADLINE + GRACE and len(late) < 2:
                late.append(elapsed)
                elapsed, error = timed(base_url)
        assert elapsed <= DEADLINE + GRACE, late
        if kind not in ENDS_EARLY:
            assert elapsed >= DEADLINE - 0.05 or "429" in kind
            assert isinstance(error, APITimeoutError) or "429" in kind
        counts["deadline: calls ended within deadline + 0.25 s"] += 1
        counts["deadline: latest end in ms after its deadline"] = max(
            counts["deadline: latest end in ms after its deadline"], round(1000 * (elapsed - DEADLINE))
        )


def test_a_name_that_is_never_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the resolver counts, too; closing does not wait for it either."""
    resolved = threading.Event()

    def resolve(*_: object, **__: object) -> Any:
        resolved.wait(20)
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    begun = time.monotonic()
    try:
        elapsed, error = _timed("https://api.test/v1")
        assert isinstance(error, APITimeoutError)
        assert elapsed < 5
        assert time.monotonic() - begun < 10
    finally:
        resolved.set()


async def _first(query: AsyncUsageQuery[Any, Any, Any]) -> object:
    return await anext(aiter(query))


def test_waiting_for_a_slot_counts(counts: Counter[str]) -> None:
    """A second query behind a full limit ends at its own deadline, and says that nothing was sent."""

    async def main(base_url: str) -> OpenAIUsageError:
        options: dict[str, Any] = {**_options(base_url), "deadline": 60, "concurrency": 1}
        async with AsyncUsageClient(**options) as client:
            first = asyncio.create_task(_first(client.completions(**SPAN)))
            for _ in range(5):
                await asyncio.sleep(0)
            with pytest.raises(APITimeoutError) as caught:
                await anext(aiter(client.with_options(deadline=0.05).completions(**SPAN)))
            first.cancel()
            await asyncio.wait([first])
            return caught.value

    with stalling("never answers") as base_url:
        assert "no time was left" in str(asyncio.run(main(base_url)))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_time_of_one_attempt_is_bounded_without_a_deadline(asynchronous: bool) -> None:
    """`timeout` ends each attempt; the error counts them."""

    async def main(options: dict[str, Any]) -> OpenAIUsageError:
        async with AsyncUsageClient(**options) as client:
            with pytest.raises(APITimeoutError) as caught:
                async for _ in client.completions(start_time=START):
                    pass
            return caught.value

    with stalling("body byte by byte") as base_url:
        options: dict[str, Any] = {**_options(base_url), "deadline": None, "timeout": 0.05, **QUICK}
        if asynchronous:
            error = asyncio.run(main(options))
        else:
            with UsageClient(**options) as client, pytest.raises(APITimeoutError) as caught:
                list(client.completions(start_time=START))
            error = caught.value
    assert isinstance(error, APITimeoutError)
    assert error.attempts == 3


def test_what_came_before_the_deadline_is_not_lost() -> None:
    """Buckets handed out in time are there, and the error says where to go on."""
    found: list[int] = []
    with (
        stalling("hundreds of slow windows") as base_url,
        UsageClient(**_options(base_url)) as client,
        pytest.raises(APITimeoutError, match=r"the deadline of 0.25 s has passed\)$") as caught,
    ):
        found.extend(bucket.start_time for bucket in client.completions(**SPAN))
    assert found == [START + day * DAY for day in range(len(found))]
    assert found
    assert caught.value.resume.request.get("start_time") == found[-1] + DAY
