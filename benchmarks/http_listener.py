"""As much of an HTTP server as the contestants need, and little enough not to be what is measured."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial

Respond = Callable[[str], Awaitable[bytes]]
"""From path and query of a request to the whole answer."""


async def base_url_of(respond: Respond) -> str:
    """Begin to answer on a free port of loopback; the base URL."""
    listener = await asyncio.start_server(partial(_converse, respond), "127.0.0.1", 0)
    return f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"


async def until_input_ends() -> None:
    """Wait until the parent closes the pipe."""
    await asyncio.to_thread(sys.stdin.read)


def response(body: bytes, *, headers: bytes = b"") -> bytes:
    """The answer with status 200 and `body`."""
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    return b"%s%sContent-Length: %d\r\n\r\n%s" % (start, headers, len(body), body)


async def _converse(respond: Respond, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(await respond(head.split(b" ", 2)[1].decode()))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        writer.close()  # Cancelled only when the server ends, which is no error of the connection.
