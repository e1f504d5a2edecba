"""Whom the kinds of environments ask: relays to the emulator by TLS or as a proxy, and odd servers."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from ..contract.wire import Wire, response

Answer = Callable[[Wire, socket.socket], None]


class Relay:
    """Passes on what comes to a port of this machine; by TLS, and after a CONNECT, if told so."""

    def __init__(self, to: int, *, tls: ssl.SSLContext | None = None, is_proxy: bool = False) -> None:
        self._to, self._tls, self._is_proxy = to, tls, is_proxy
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    def __enter__(self) -> Relay:
        self._thread.start()
        self._do(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_proxy:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def _status(status: str, body: bytes = b"{}", *, headers: str = "") -> Answer:
    return lambda wire, connection: connection.sendall(response(body, status=status, headers=headers))


def _raw(text: bytes) -> Answer:
    def answer(wire: Wire, connection: socket.socket) -> None:
        connection.sendall(text)
        connection.close()

    return answer


def _silent(wire: Wire, connection: socket.socket) -> None:
    wire.ended.wait()


_PAGE = b"<html>Please log in</html>"
ODD: dict[str, Answer] = {
    "html": _raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 26\r\n\r\n" + _PAGE),
    "forbidden-page": _raw(
        b"HTTP/1.1 403 No\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 26\r\n\r\n" + _PAGE
    ),
    "text": _status("200 OK", b"hello"),
    "redirect": _status("302 Found", headers="location: https://login.example/?next=1\r\n"),
    "not-found": _status("404 Not Found"),
    "unauthorized": _status("401 Unauthorized"),
    "scopes": _status("403 Forbidden", b'{"error": {"message": "Missing scopes: api.usage.read"}}'),
    "proxy-wants-password": _status("407 Proxy Authentication Required"),
    "throttled": _status("429 Slow", headers="retry-after: 600\r\n"),
    "quota": _status("429 Spent", b'{"error": {"message": "no", "code": "insufficient_quota"}}'),
    "failing": _status("503 Busy"),
    "yesterday": _status("401 Unauthorized", headers="date: Mon, 01 Jan 2001 00:00:00 GMT\r\n"),
    "silent": _silent,
    "garbage": _raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "closing": _raw(b""),
    "endless-head": _raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000),
}
"""By the first segment of the path that is asked."""


def odd_server() -> Wire:
    """Answers in the way that the path names."""

    def handle(connection: socket.socket, head: bytes) -> None:
        ODD[head.split(b"/", 2)[1].decode()](wire, connection)

    wire = Wire(handle)
    return wire


PROXIES: dict[str, bytes] = {
    "refusing": b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
    "forbidding": b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
    "closing": b"",
    "babbling": b"220 mail.example ESMTP\r\n",
}


def odd_proxy(answer: bytes) -> Wire:
    """A proxy that gives `answer` to whoever connects."""

    def handle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer)
        connection.close()

    return Wire(handle)
