"""What httpcore 1.0.9 leaves open where a request is cancelled, and what is done about it.

It gives a connection back behind anyio's shields. They hold against a cancel scope, and not against
`Task.cancel`, which can come at any step and again during the clean-up: a connection whose return is cut
off belongs to its pool for ever. So the work has a task that only its scope cancels.

A connection whose TLS handshake is cut off stays open, too, and one that has been made and over which
nothing has been sent stays in the pool and is never used again. Its `trace` extension tells of both:
https://www.encode.io/httpcore/extensions/#trace
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import anyio

from .name_lookup import look_up

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
        try:
            raise cancellation
        finally:
            del cancellation  # It holds this frame.


class Handshake:
    """How the connection of one request is made."""

    def __init__(self) -> None:
        self._stream: Any = None
        self._sent = False

    @property
    def wasted(self) -> bool:
        """Whether a connection was made, and nothing sent over it."""
        return self._stream is not None and not self._sent

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Look the name up before a connection is made, note it, and close it if its handshake fails."""
        if event.endswith("connect_tcp.started"):
            await look_up(info["host"], info["port"])
        elif event.endswith("connect_tcp.complete"):
            self._stream = info["return_value"]
        elif event.endswith("send_request_headers.started"):
            self._sent = True
        elif event.endswith("start_tls.failed") and self._stream is not None:
            await self._stream.aclose()
