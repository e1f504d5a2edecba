"""How many requests are under way: halved by a 429, raised by success, and fair in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from openai_org_usage import AsyncUsageClient, RetryPolicy
from openai_org_usage.http.deadline import Timing

from ..conftest import DAY
from ..scripted import SETTINGS, START, bucket, error, page
from .reading import no_wait


class _Busy:
    """Answers day by day and notes how many requests are under way; refuses what `refuses` says."""

    def __init__(self, refuses: Callable[[int], bool]) -> None:
        self.under_way: list[int] = []
        self._now = 0
        self._refuses = refuses

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self._now += 1
        self.under_way.append(self._now)
        number = len(self.under_way)
        for _ in range(5):
            await asyncio.sleep(0)
        self._now -= 1
        if self._refuses(number):
            return error(429, "slow down")
        day = (int(request.url.params["start_time"]) - START) // DAY
        return httpx.Response(200, json=page(bucket(day)))


def _read(busy: _Busy, *, days: int, **options: Any) -> list[int]:
    async def main() -> list[int]:
        quick = {"retry": RetryPolicy(), "timing": Timing(sleep=no_wait)}
        settings: dict[str, Any] = {**SETTINGS, **quick, "clock": lambda: START + 99 * DAY, **options}
        transport = httpx.MockTransport(busy.answer)
        async with AsyncUsageClient(**settings, transport=transport) as client:
            query = client.completions(start_time=START, end_time=START + days * DAY, limit=1)
            return [bucket.start_time async for bucket in query]

    return asyncio.run(main())


def test_a_volley_of_429_halves_the_windows_under_way_and_success_raises_them_again() -> None:
    """Of 60 windows the first eight are refused: four at once then, eight in the end, all days in order."""
    busy = _Busy(lambda number: number <= 8)
    assert _read(busy, days=60) == [START + day * DAY for day in range(60)]
    assert max(busy.under_way[:8]) == 8
    assert max(busy.under_way[8:12]) <= 4
    assert max(busy.under_way[12:16]) <= 5
    assert max(busy.under_way[-20:]) == 8


@pytest.mark.parametrize("concurrency", [1, 2, 5])
def test_no_more_are_under_way_than_allowed(concurrency: int) -> None:
    """`concurrency` bounds the requests, and is used."""
    busy = _Busy(lambda number: False)
    _read(busy, days=20, concurrency=concurrency)
    assert max(busy.under_way) == concurrency


def test_several_queries_share_the_limit() -> None:
    """`gather` sends no more at once than one query would."""
    busy = _Busy(lambda number: False)

    async def main() -> list[int]:
        options: dict[str, Any] = {**SETTINGS, "clock": lambda: START + 99 * DAY, "concurrency": 3}
        async with AsyncUsageClient(**options, transport=httpx.MockTransport(busy.answer)) as client:
            end = START + 10 * DAY
            queries = [client.completions(start_time=START, end_time=end, limit=1) for _ in range(4)]
            return [len(buckets) for buckets in await client.gather(*queries)]

    assert asyncio.run(main()) == [10] * 4
    assert max(busy.under_way) == 3
