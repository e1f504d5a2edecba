"""Work on connections that is cancelled at most once, and then waited for.

httpcore gives a connection back behind anyio's shields. They hold against a cancel scope, and not
against `Task.cancel`, which can come at any step and again during the clean-up: a connection whose
return is cut off belongs to its pool for ever. So the work has a task that only its scope cancels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

T = TypeVar("T")


async def within(seconds: float, work: Callable[[], Awaitable[T]]) -> T:
    """What `work()` returns. At the end of its time or a cancellation it has cleaned up on return.

    Raises:
        TimeoutError: it took longer than `seconds`.
    """
    scope = anyio.CancelScope(deadline=anyio.current_time() + seconds)

    async def bounded() -> T:
        with scope:
            return await work()
        raise TimeoutError

    task = asyncio.create_task(bounded())
    try:
        await _ended(task, scope)
        return task.result()
    finally:
        del task  # It holds the error, which holds this frame: what was read would outlive them.


async def _ended(task: asyncio.Task[object], scope: anyio.CancelScope) -> None:
    """Wait for `task`, and cancel `scope` if the wait is cancelled; however often, the task ends first."""
    cancellation: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
            scope.cancel()
    if cancellation is not None:
        if not task.cancelled():
            task.exception()  # Retrieved, so that asyncio does not complain of it.
        raise cancellation
