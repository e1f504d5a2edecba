"""A blocking httpx transport, such as one with client certificates, used by the asynchronous engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import anyio.to_thread
import httpx


class ThreadedTransport(httpx.AsyncBaseTransport):
    """Sends each request through `transport` in a thread, which is left behind at a timeout."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` as `transport` does."""
        answer = await anyio.to_thread.run_sync(
            self._transport.handle_request, request, abandon_on_cancel=True
        )
        if not isinstance(answer.stream, httpx.SyncByteStream):
            return answer
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_ThreadedStream(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close `transport`."""
        await anyio.to_thread.run_sync(self._transport.close)


class _ThreadedStream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: Iterator[bytes] = iter(self._stream)
        while True:
            piece = await anyio.to_thread.run_sync(next, pieces, None, abandon_on_cancel=True)
            if piece is None:
                return
            yield piece

    async def aclose(self) -> None:
        await anyio.to_thread.run_sync(self._stream.close)
