"""Work that has a time limit: it ends with its outcome or its time, and has cleaned up."""

from __future__ import annotations

import asyncio
import gc

import anyio
import pytest

from openai_org_usage.http.connections import within


def test_work_that_is_cancelled_often_has_cleaned_up_on_return() -> None:
    """However often; the cancellation comes out, and not what the work raised."""
    log: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.sleep(0.02)
            log.append("cleaned up")

    async def main() -> None:
        task = asyncio.create_task(within(5, work))
        for _ in range(3):
            await asyncio.sleep(0.002)
            task.cancel("again")
        with pytest.raises(asyncio.CancelledError, match="again"):
            await task
        assert log == ["cleaned up"]

    asyncio.run(main())
    gc.collect()  # Of an error that nobody asked for asyncio tells only now.


def test_work_ends_with_its_time_or_with_its_outcome() -> None:
    """TimeoutError, what it returned, or what it raised."""

    async def nothing() -> int:
        return 3

    async def fail() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        assert await within(5, nothing) == 3
        with pytest.raises(ZeroDivisionError):
            await within(5, fail)
        with pytest.raises(TimeoutError):
            await within(0.01, asyncio.Event().wait)

    asyncio.run(main())
