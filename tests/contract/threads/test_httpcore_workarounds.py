"""What httpcore leaves open where a request is cancelled is closed all the same."""

from __future__ import annotations

import asyncio
import socket
from types import MethodType

import httpx
import pytest

from openai_org_usage.http.connections import Connections, Extensions
from openai_org_usage.http.httpcore_workarounds import Handshake, TracedEvent
from openai_org_usage.http.page_source import Answer

from .server import PAGE, REQUEST, Server, connections_to, pool_of, with_server


class Stream:
    """A connection, as httpcore tells of it."""

    def __init__(self) -> None:
        self.closed: list[str] = []

    async def aclose(self) -> None:
        self.closed.append("closed")


async def waste(client: httpx.AsyncClient, extensions: Extensions) -> None:
    """Make a connection, and send nothing over it, as where the time ends in between."""
    trace = extensions["trace"]
    assert isinstance(trace, MethodType)
    await trace("connection.connect_tcp.complete", {"return_value": Stream()})


def test_a_connection_that_was_made_and_never_used_is_given_up() -> None:
    """The pool would keep it for ever, neither idle nor in use; a request under way keeps its own."""

    async def work(server: Server, connections: Connections) -> None:
        await connections.ask(REQUEST, seconds=5, max_bytes=1000)
        first, (begun, go_on) = await pool_of(connections), (asyncio.Event(), asyncio.Event())

        async def hold(client: httpx.AsyncClient, extensions: Extensions) -> bool:
            begun.set()
            await go_on.wait()
            return client.is_closed

        holding = asyncio.create_task(connections.outcome_of(hold, seconds=5, subject="held"))
        await begun.wait()
        await connections.outcome_of(waste, seconds=5, subject="wasted")
        second = await pool_of(connections)
        assert (second is first, first.is_closed) == (False, False)
        go_on.set()
        assert await holding is False
        assert first.is_closed
        assert await server.has_open(0)
        assert await connections.ask(REQUEST, seconds=5, max_bytes=1000) == Answer(PAGE, None, None)
        assert await pool_of(connections) is second

    with_server(work)


def test_a_handshake_that_is_cut_off_leaves_no_connection() -> None:
    """The server has been greeted, and never answers."""

    async def main() -> None:
        greeted, closed = asyncio.Event(), asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            greeted.set()
            await reader.read()
            closed.set()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            connections = connections_to(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
            asking = asyncio.create_task(connections.ask(REQUEST, seconds=5, max_bytes=1000))
            await greeted.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(closed.wait(), 5)

    asyncio.run(main())


def test_a_handshake_that_fails_is_closed() -> None:
    """httpcore leaves it open where it is cut off."""
    stream = Stream()
    said: TracedEvent = {"host": "127.0.0.1", "port": 1, "return_value": stream}

    async def main() -> None:
        handshake = Handshake()
        assert not handshake.wasted
        await handshake.trace("connection.start_tls.failed", said)
        await handshake.trace("connection.connect_tcp.started", said)
        await handshake.trace("connection.connect_tcp.complete", said)
        assert handshake.wasted
        assert stream.closed == []
        await handshake.trace("connection.start_tls.failed", said)
        assert stream.closed == ["closed"]
        await handshake.trace("http11.send_request_headers.started", said)
        assert not handshake.wasted

    asyncio.run(main())


def test_a_name_is_looked_up_before_a_connection_is_made() -> None:
    """Where it can be waited for without holding up the end of the program."""

    said: TracedEvent = {"host": "no.invalid", "port": 1, "return_value": Stream()}

    async def main() -> None:
        with pytest.raises(socket.gaierror):
            await Handshake().trace("connection.connect_tcp.started", said)

    asyncio.run(main())
