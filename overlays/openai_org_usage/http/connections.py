"""One attempt at one request over HTTP: the only place that sends, and that adds the key.

Every attempt ends within its time, whatever the server does: waiting for a connection, name
resolution, dribbled headers and slow bodies are all cut off by one timeout around them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import anyio
import attrs

from .._generated import AnyRequest, redacted
from ..credentials import Access
from ..errors import (
    APIStatusError,
    APITimeoutError,
    ConfigurationError,
    OpenAIUsageError,
    ResponseTooLargeError,
)
from ..lazy_names import late_imports
from .decompression import BodyTooLargeError, InflatedBody
from .event_loop import no_loop
from .httpcore_workarounds import Handshake
from .network_errors import NETWORK_ERRORS, cause_of, stripped
from .page_source import Answer
from .route import Route
from .status_errors import error_for

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
Extensions: TypeAlias = dict[str, object]
Read: TypeAlias = "Callable[[httpx.AsyncClient, Extensions], Awaitable[T]]"
"""What is done over a connection, and what its request says to httpcore."""

OK = 200
_HEADERS = frozenset({"x-request-id", "openai-organization", "retry-after", "retry-after-ms"})
_LARGEST_REFUSAL = 1 << 20
"""How much is read of the body of an error, in bytes."""


@attrs.frozen
class _Received:
    """An answer of whatever status. Debuggers and asyncio's log show no more of it than that."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    """Those that are read, without the key, should the server have sent it back."""
    body: bytes = attrs.field(repr=False)


@attrs.define(eq=False, repr=False)
class _Pool:
    """Connections of one event loop, and how many requests use them."""

    client: httpx.AsyncClient
    loop: asyncio.AbstractEventLoop
    under_way: int = 0
    is_given_up: bool = False


@attrs.define(eq=False, repr=False)
class Connections:
    """The connections of one client, on the event loop that first uses them."""

    access: Access
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = attrs.field(kw_only=True)
    clock: Callable[[], float] = attrs.field(kw_only=True)
    _headers: dict[str, str] = attrs.field(init=False)
    _route: Route = attrs.field(init=False)
    _pools: dict[int, _Pool] = attrs.field(init=False, factory=dict[int, _Pool])
    """By process. A child keeps its parent's: to close that would disturb the parent."""
    _is_shut: bool = attrs.field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._headers = self.access.headers()
        self._route = Route(self.access.base_url, self.transport)

    async def ask(self, request: AnyRequest, *, seconds: float, max_bytes: int) -> Answer:
        """The page that answers `request`, as up to `max_bytes` bytes, within `seconds`.

        Raises:
            APIConnectionError: no whole answer came, or none in time.
            APIStatusError: the answer is no page.
            ResponseTooLargeError: the page is larger than the cap.
        """

        async def read(client: httpx.AsyncClient, extensions: Extensions) -> _Received:
            try:
                return await self._read(client, request, max_bytes, extensions)
            except BodyTooLargeError:
                raise _too_large(request, max_bytes) from None

        received = await self.outcome_of(read, seconds=seconds, subject=request.operation.name)
        if isinstance(received, OpenAIUsageError):
            raise received
        if received.status == OK:
            return Answer(
                received.body,
                request_id=received.headers.get("x-request-id"),
                organization=received.headers.get("openai-organization"),
            )
        raise self._status_error(received, request)

    async def outcome_of(self, read: Read[T], *, seconds: float, subject: str) -> T | OpenAIUsageError:
        """What `read` gives within `seconds`, or why it gives nothing.

        Returned and not raised, as what was caught has frames that hold the key.
        """
        pool = self._pool()
        try:
            return await within(seconds, lambda: self._exchange(pool, read))
        except TimeoutError:
            return self._too_late(subject, seconds)
        except OpenAIUsageError as error:
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
        except BaseException as error:
            is_mistake = self.transport is not None and isinstance(error, RuntimeError)
            if isinstance(error, NETWORK_ERRORS) and not is_mistake:
                return self._connection_error(error, subject)
            # A cancellation, above all.
            error.__cause__ = error.__context__ = None
            raise error.with_traceback(None) from None

    async def close(self) -> None:
        """Close the connections for good."""
        self.shut()
        await self.release()

    def shut(self) -> None:
        """Let no further request begin."""
        self._is_shut = True

    async def release(self) -> None:
        """Close the connections; the next request makes new ones, on its own event loop."""
        pool = self._pools.pop(os.getpid(), None)
        if pool is not None and pool.loop is asyncio.get_running_loop():
            await pool.client.aclose()

    def open(self) -> None:
        """Make what sends requests on the running event loop, if there is none yet.

        Raises:
            ConfigurationError: it cannot be made, or has been closed, or belongs to another loop.
        """
        self._pool()

    def _pool(self) -> _Pool:
        if self._is_shut:
            raise ConfigurationError("the client is closed; make a new one")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise no_loop() from None
        pool = self._pools.get(os.getpid())
        if pool is None or pool.is_given_up:
            with late_imports():
                pool = self._pools[os.getpid()] = _Pool(self._route.connect(), loop)
        elif pool.loop is not loop:
            raise ConfigurationError(
                "this client has connections on another event loop; make one for each loop, inside of "
                "what you give to asyncio.run"
            )
        return pool

    async def _exchange(self, pool: _Pool, read: Read[T]) -> T:
        """`read`, after which a connection that was made and never used is given up with all of its pool."""
        if self.transport is not None:
            return await read(pool.client, {})
        handshake = Handshake()
        pool.under_way += 1
        try:
            return await read(pool.client, {"trace": handshake.trace})
        finally:
            pool.under_way -= 1
            pool.is_given_up = pool.is_given_up or handshake.wasted
            if pool.is_given_up and not pool.under_way:
                await pool.client.aclose()

    async def _read(
        self, client: httpx.AsyncClient, request: AnyRequest, max_bytes: int, extensions: Extensions
    ) -> _Received:
        url = request.url(self.access.base_url, brackets=self.access.brackets)
        async with client.stream("GET", url, headers=self._headers, extensions=extensions) as answer:
            is_page = answer.status_code == OK
            in_memory = answer.is_stream_consumed  # As httpx.MockTransport gives them, inflated.
            body = InflatedBody(
                "" if in_memory else answer.headers.get("content-encoding", ""),
                cap=max_bytes if is_page else _LARGEST_REFUSAL,
                lenient=not is_page,
            )
            async for piece in answer.aiter_bytes() if in_memory else answer.aiter_raw():
                if not body.add(piece):
                    break
            kept = [(name, value) for name, value in answer.headers.items() if name in _HEADERS]
            headers = {name: redacted(value, echoed=True) for name, value in kept}
            return _Received(answer.status_code, headers, body.finished())

    def _too_late(self, subject: str, seconds: float) -> APITimeoutError:
        return APITimeoutError(
            f"{subject}: no whole answer from {self.access.base_url} within {seconds:.3g} s"
        )

    def _status_error(self, received: _Received, request: AnyRequest) -> APIStatusError:
        return error_for(
            received.status,
            received.headers,
            received.body,
            operation=request.operation,
            now=self.clock(),
            asked=(request.get("start_time"), request.get("end_time")),
        )

    def _connection_error(self, error: Exception, subject: str) -> OpenAIUsageError:
        """Our error for `error`, which is stripped of everything that holds the key."""
        address = self.access.base_url
        ours = cause_of(error, proxy=self._route.proxy).error(f"{subject}: no answer from {address}")
        ours.__cause__ = stripped(error, url=address)
        return ours


def _too_large(request: AnyRequest, max_bytes: int) -> ResponseTooLargeError:
    name = request.operation.name
    return ResponseTooLargeError(
        f"{name}: the page is larger than {max_bytes:,} bytes (max_page_bytes); ask for fewer buckets "
        "by `limit`, or group by less",
        operation=name,
    )


async def within(seconds: float, work: Callable[[], Awaitable[T]]) -> T:
    """What `work()` returns. At the end of its time or a cancellation it has cleaned up on return.

    httpcore gives a connection back behind anyio's shields. They hold against a cancel scope, and not
    against `Task.cancel`, which can come at any step and again during the clean-up: a connection whose
    return is cut off belongs to its pool for ever. So the work has a task that only its scope cancels.

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
