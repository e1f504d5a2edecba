"""A server of raw sockets on this machine, for what no HTTP server would send."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType

Handler = Callable[[socket.socket, bytes], None]
"""Answers one request, given its head, on its connection; raises OSError when the client is gone."""


class Wire:
    """Accepts connections and gives each request to `handler`; counts the connections.

    `handler` is called again for the next request on the same connection, until it closes it.
    """

    def __init__(self, handler: Handler, *, tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: list[socket.socket] = []
        self._ended = threading.Event()
        self.connections = 0
        self.requests = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def ended(self) -> threading.Event:
        """Set at the end: what handlers wait for, instead of sleeping."""
        return self._ended

    def __enter__(self) -> Wire:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            secured = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        except OSError:
            connection.close()
            return
        self._open.append(secured)
        try:
            while head := _head(secured):
                self.requests += 1
                self._handler(secured, head)
        except OSError:
            pass
        finally:
            secured.close()


def _head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):  # Requests have no body, and come one at a time.
        piece = connection.recv(65_536)
        if not piece:
            return b""
        head += piece
    return head


def response(body: bytes, *, status: str = "200 OK", framing: str = "length", headers: str = "") -> bytes:
    """A whole answer, framed by its length, in chunks, or by the end of the connection."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}"
    if framing == "length":
        return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    if framing == "chunks":
        middle = len(body) // 2
        parts = [part for part in (body[:middle], body[middle:]) if part]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        return f"{head}transfer-encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n"
    return f"{head}connection: close\r\n\r\n".encode() + body
