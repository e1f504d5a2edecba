"""The connection itself, for answers that no ASGI server would send: cut, stalled, or in drops.

uvicorn gives an application no way to its socket, so `RawSocketProtocol` puts one into the scope of each
request. What is written there, uvicorn knows nothing of; the connection is closed afterwards.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from http import HTTPStatus

import anyio
from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from .answer import ApiAnswer, Framing, Transmission

_STATE = "openai_org_usage.raw_socket"
_CHUNK = 4096
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class RawSocket:
    """A connection to write to, past everything that knows HTTP."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        """Send some bytes."""
        self._transport.write(data)

    def close(self) -> None:
        """Close the connection once all is sent."""
        self._transport.close()

    def reset(self) -> None:
        """Break the connection: the client gets a reset."""
        connection: socket.socket | None = self._transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()


class RawSocketProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with the connection in each request's scope."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin as uvicorn does."""
        if isinstance(transport, asyncio.Transport):
            super().connection_made(transport)
            self.app_state = {**self.app_state, _STATE: RawSocket(transport)}


def abort_connection(connection: object, *, unfinished_only: bool) -> None:
    """Close one of the server's connections at once; if `unfinished_only`, one that owes an answer."""
    if isinstance(connection, RawSocketProtocol) and not (unfinished_only and _is_finished(connection.cycle)):
        connection.transport.abort()


def _is_finished(cycle: RequestResponseCycle | None) -> bool:
    # uvicorn declares that there always is a cycle; there is none before the first request.
    return cycle is None or cycle.response_complete


def raw_socket_of(scope: Scope) -> RawSocket:
    """The connection that a request came over.

    Raises:
        RuntimeError: there is none.
    """
    connection = scope.get("state", {}).get(_STATE)
    if isinstance(connection, RawSocket):
        return connection
    raise RuntimeError(
        "this fault breaks a connection, and Emulator.app has none: use the emulator in a with "
        "statement and send the request to its base_url"
    )


async def pause(seconds: float, receive: Receive) -> bool:
    """Wait, and tell whether the client is still there; return at once when it leaves."""
    with anyio.move_on_after(seconds):
        await _departure(receive)
        return False
    return True


async def transmit(
    answer: ApiAnswer,
    transmission: Transmission,
    *,
    headers: list[tuple[str, str]],
    connection: RawSocket,
    receive: Receive,
) -> None:
    """Send an answer in the way that `transmission` says, until the connection is closed."""
    head = _head(answer, headers, framing=transmission.framing)
    body = framed(answer.body, transmission.framing)
    for number, piece in enumerate(transmission.pieces(head, body)):
        if number and not await pause(transmission.pause, receive):
            return
        connection.write(piece)
    if transmission.ending == "reset":
        connection.reset()
    elif transmission.ending == "close":
        connection.close()
    await _departure(receive)


def framed(body: bytes, framing: Framing) -> bytes:
    """A body as it is written: as it is, or in chunks of 4 KB and the empty one."""
    if framing == "length":
        return body
    chunks = [body[place : place + _CHUNK] for place in range(0, len(body), _CHUNK)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


async def _departure(receive: Receive) -> None:
    """Wait until the connection is closed, from either side."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(answer: ApiAnswer, headers: list[tuple[str, str]], *, framing: Framing) -> bytes:
    """Status line and headers, up to and with the empty line."""
    length = ("content-length", str(len(answer.body)))
    framed_by = length if framing == "length" else ("transfer-encoding", "chunked")
    lines = [f"{name}: {value}\r\n" for name, value in [*headers, framed_by, ("connection", "close")]]
    status = HTTPStatus(answer.status)
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{''.join(lines)}\r\n".encode("latin-1")
