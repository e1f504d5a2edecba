"""One attempt at one request over HTTP: the only place that sends, and that adds the key.

Every attempt ends within its time, whatever the server does: waiting for a connection, name
resolution, dribbled headers and slow bodies are all cut off by one timeout around them.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import anyio
import attrs

from .._generated import AnyRequest
from ..credentials import Access
from ..errors import (
    APIStatusError,
    APITimeoutError,
    ConfigurationError,
    OpenAIUsageError,
    ResponseTooLargeError,
)
from ..lazy_names import late_imports
from .certificates import trusted_context
from .decompression import BodyTooLargeError, InflatedBody
from .httpcore_workarounds import Handshake, within
from .proxies import Proxy, proxy_of
from .status_errors import error_for, shown_id

if TYPE_CHECKING:
    import ssl

    import httpx

T = TypeVar("T")
Read: TypeAlias = "Callable[[httpx.AsyncClient, Handshake], Awaitable[T]]"
"""What is done over a connection, once it is there."""

OK = 200
_HEADERS = frozenset({"x-request-id", "retry-after", "retry-after-ms"})
_LARGEST_REFUSAL = 1 << 20
"""How much is read of the body of an error, in bytes."""


@attrs.frozen
class Answer:
    """An answer with status 200."""

    body: bytes = attrs.field(repr=False)
    request_id: str | None


@attrs.frozen
class _Received:
    """An answer of whatever status. Debuggers and asyncio's log show no more of it than that."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)


class Connections:
    """The connections of one client, on the event loop that first uses them.

    After a fork the child makes connections of its own.
    """

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None,
        clock: Callable[[], float],
    ) -> None:
        self._access = access
        self._headers = access.headers()
        self._transport = transport
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._owner: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._tls: ssl.SSLContext | None = None
        self._proxy: Proxy | None = None
        self._closed = False
        self._under_way: Counter[httpx.AsyncClient] = Counter()
        self._retired: set[httpx.AsyncClient] = set()

    async def ask(self, request: AnyRequest, *, seconds: float, max_bytes: int) -> Answer:
        """The page that answers `request`, as up to `max_bytes` bytes, within `seconds`.

        Raises:
            APIConnectionError: no whole answer came, or none in time.
            APIStatusError: the answer is no page.
            ResponseTooLargeError: the page is larger than the cap.
        """

        async def read(client: httpx.AsyncClient, handshake: Handshake) -> _Received:
            try:
                return await self._read(client, request, max_bytes, handshake)
            except BodyTooLargeError:
                raise _too_large(request, max_bytes) from None

        received = await self.outcome_of(read, seconds=seconds, subject=request.operation.name)
        if isinstance(received, OpenAIUsageError):
            raise received
        if received.status == OK:
            return Answer(received.body, shown_id(received.headers))
        raise self._status_error(received, request)

    async def outcome_of(self, read: Read[T], *, seconds: float, subject: str) -> T | OpenAIUsageError:
        """What `read` gives within `seconds`, or why it gives nothing.

        Returned and not raised, as what was caught has frames that hold the key.
        """
        client = self.open()
        from .network_errors import NETWORK_ERRORS

        try:
            return await within(seconds, lambda: self._exchange(client, read))
        except TimeoutError:
            return self._too_late(subject, seconds)
        except OpenAIUsageError as error:
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
        except BaseException as error:
            is_mistake = self._transport is not None and isinstance(error, RuntimeError)
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
        self._closed = True

    async def release(self) -> None:
        """Close the connections; the next request makes new ones, on its own event loop."""
        client, owner, self._client, self._owner = self._client, self._owner, None, None
        if client is not None and owner == (os.getpid(), asyncio.get_running_loop()):
            await client.aclose()

    async def _exchange(self, client: httpx.AsyncClient, read: Read[T]) -> T:
        """`read`, after which a connection that was made and never used is given up with all of its pool."""
        handshake = Handshake()
        self._under_way[client] += 1
        try:
            return await read(client, handshake)
        finally:
            self._under_way[client] -= 1
            if handshake.wasted and self._transport is None:
                self._retired.add(client)
                self._client = None if self._client is client else self._client
            if client in self._retired and not self._under_way[client]:
                self._retired.discard(client)
                del self._under_way[client]
                with anyio.CancelScope(shield=True):
                    await client.aclose()

    async def _read(
        self, client: httpx.AsyncClient, request: AnyRequest, max_bytes: int, handshake: Handshake
    ) -> _Received:
        url = request.url(self._access.base_url, brackets=self._access.brackets)
        extensions = {"trace": handshake.trace} if self._transport is None else {}
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
            headers = {name: value for name, value in answer.headers.items() if name in _HEADERS}
            return _Received(answer.status_code, headers, body.finished())

    def _too_late(self, subject: str, seconds: float) -> APITimeoutError:
        return APITimeoutError(
            f"{subject}: no whole answer from {self._access.base_url} within {seconds:.3g} s"
        )

    def _status_error(self, received: _Received, request: AnyRequest) -> APIStatusError:
        return error_for(
            received.status,
            received.headers,
            received.body,
            operation=request.operation,
            now=self._clock(),
        )

    def _connection_error(self, error: Exception, subject: str) -> OpenAIUsageError:
        """Our error for `error`, which is stripped of everything that holds the key."""
        from .network_errors import cause_of, stripped

        address = self._access.base_url
        ours = cause_of(error, proxy=self._proxy).error(f"{subject}: no answer from {address}")
        ours.__cause__ = stripped(error, url=address)
        return ours

    def open(self) -> httpx.AsyncClient:
        """What sends requests on the running event loop, made with the first request.

        Raises:
            ConfigurationError: it cannot be made, or has been closed, or belongs to another loop.
        """
        if self._closed:
            raise ConfigurationError("the client is closed; make a new one")
        try:
            here = (os.getpid(), asyncio.get_running_loop())
        except RuntimeError:
            from .network_errors import no_loop

            raise no_loop() from None
        if self._client is None or self._owner is None or self._owner[0] != here[0]:
            if self._client is not None:
                _inherited.append((self._client, self._owner))
            with late_imports():
                self._client, self._owner = self._connect(), here
        elif self._owner[1] is not here[1]:
            raise ConfigurationError(
                "this client has connections on another event loop; make one for each loop, inside of "
                "what you give to asyncio.run"
            )
        return self._client

    def _connect(self) -> httpx.AsyncClient:
        import httpx

        from .log_redaction import keep_keys_out_of_logs

        anyio.CancelScope()  # Imports what anyio runs on.
        keep_keys_out_of_logs()
        self._proxy = None if self._transport else proxy_of(self._access.base_url)
        trusted = self._trusted()
        try:
            return httpx.AsyncClient(
                timeout=None,  # noqa: S113 - `ask` has one around everything
                transport=_asynchronous(self._transport),
                verify=trusted,
                follow_redirects=False,
                trust_env=False,
                proxy=None if self._proxy is None else self._with_trust(self._proxy),
                limits=httpx.Limits(max_connections=None),
            )
        except (ValueError, ImportError) as error:
            place = self._proxy.variable if self._proxy else "the environment"
            problem = f"no connection can be made with what {place} says"
            ours = ConfigurationError(f"{problem} ({type(error).__name__}); correct it, or unset it")
        raise ours

    def _with_trust(self, proxy: Proxy) -> httpx.Proxy:
        """The connection to a proxy may have TLS of its own, and its certificate the same authorities."""
        import httpx

        is_secured = proxy.url.startswith("https:")
        return httpx.Proxy(proxy.url, ssl_context=self._trusted() if is_secured else None)

    def _trusted(self) -> ssl.SSLContext:
        """With the authorities of the environment, read once; with none where no TLS is spoken."""
        if self._tls is None:
            import ssl

            needed = self._transport is None and self._access.base_url.startswith("https:")
            self._tls = trusted_context() if needed else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._tls


def _asynchronous(
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None,
) -> httpx.AsyncBaseTransport | None:
    import httpx

    if transport is None or isinstance(transport, httpx.AsyncBaseTransport):
        return transport
    from .sync_transport import ThreadedTransport

    return ThreadedTransport(transport)


_inherited: list[object] = []
"""Connections from before a fork. Closing them here would disturb the parent, so they are kept."""


def _too_large(request: AnyRequest, max_bytes: int) -> ResponseTooLargeError:
    name = request.operation.name
    return ResponseTooLargeError(
        f"{name}: the page is larger than {max_bytes:,} bytes (max_page_bytes); ask for fewer buckets "
        "by `limit`, or group by less",
        operation=name,
    )
