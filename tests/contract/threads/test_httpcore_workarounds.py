"""What httpcore leaves open where a request is cancelled is closed all the same."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

import anyio
import httpx
import pytest

from openai_org_usage.errors import (
    APITimeoutError,
)
from openai_org_usage.http.connections import Answer, Connections
from openai_org_usage.http.httpcore_workarounds import Handshake, within

from .server import PAGE, REQUEST, Server, with_server


def test_a_connection_that_was_made_and_never_used_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool would keep it for ever, neither idle nor in use; a request under way keeps its own."""
    scopes: list[anyio.CancelScope] = []
    real, trace = anyio.CancelScope, Handshake.trace

    def remembered(**options: Any) -> anyio.CancelScope:
        scope = real(**options)
        if "deadline" in options:
            scopes.append(scope)
        return scope

    async def cut_off(self: Handshake, event: str, info: Mapping[str, Any]) -> None:
        await trace(self, event, info)
        if event.endswith("connect_tcp.complete"):
            scopes[-1].cancel()  # As its time ends before anything is sent.

    async def work(server: Server, connections: Connections) -> None:
        await connections.ask(REQUEST, seconds=5, max_bytes=1000)
        first = connections.open()
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def hold(client: httpx.AsyncClient, handshake: Handshake) -> bool:
            begun.set()
            await go_on.wait()
            return client.is_closed

        async def fresh(client: httpx.AsyncClient, handshake: Handshake) -> None:
            other = server.base_url.replace("127.0.0.1", "localhost")
            await client.get(other, extensions={"trace": handshake.trace})

        holding = asyncio.create_task(connections.outcome_of(hold, seconds=5, subject="held"))
        await begun.wait()
        monkeypatch.setattr(anyio, "CancelScope", remembered)
        monkeypatch.setattr(Handshake, "trace", cut_off)
        assert isinstance(await connections.outcome_of(fresh, seconds=5, subject="cut"), APITimeoutError)
        monkeypatch.undo()
        assert connections.open() is not first
        assert not first.is_closed
        go_on.set()
        assert await holding is False
        assert first.is_closed
        assert await server.has_open(0)
        assert await connections.ask(REQUEST, seconds=5, max_bytes=1000) == Answer(PAGE, None)

    with_server(work)


def test_a_handshake_that_fails_is_closed() -> None:
    """httpcore leaves it open where it is cut off."""
    closed: list[str] = []

    class Stream:
        async def aclose(self) -> None:
            closed.append("closed")

    async def main() -> None:
        handshake = Handshake()
        assert not handshake.wasted
        await handshake.trace("connection.start_tls.failed", {})
        await handshake.trace("connection.connect_tcp.started", {"host": "127.0.0.1", "port": 1})
        await handshake.trace("connection.connect_tcp.complete", {"return_value": Stream()})
        assert handshake.wasted
        assert closed == []
        await handshake.trace("connection.start_tls.failed", {})
        assert closed == ["closed"]
        await handshake.trace("http11.send_request_headers.started", {})
        assert not handshake.wasted

    asyncio.run(main())


def test_a_name_is_looked_up_before_a_connection_is_made() -> None:
    """Where it can be waited for without holding up the end of the program."""

    async def main() -> None:
        with pytest.raises(socket.gaierror):
            await Handshake().trace("connection.connect_tcp.started", {"host": "no.invalid", "port": 1})

    asyncio.run(main())


def test_work_that_is_cancelled_often_has_cleaned_up_on_return() -> None:
    """However often; the cancellation comes out, and not what the work raised."""
    log: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.sleep(0.02)
            log.append("cleaned up")

    async def main() -> None:
        task = asyncio.create_task(within(5, work))
        for _ in range(3):
            await asyncio.sleep(0.002)
            task.cancel("again")
        with pytest.raises(asyncio.CancelledError, match="again"):
            await task
        assert log == ["cleaned up"]

    asyncio.run(main())


def test_work_ends_with_its_time_or_with_its_outcome() -> None:
    """TimeoutError, what it returned, or what it raised."""

    async def nothing() -> int:
        return 3

    async def fail() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        assert await within(5, nothing) == 3
        with pytest.raises(ZeroDivisionError):
            await within(5, fail)
        with pytest.raises(TimeoutError):
            await within(0.01, asyncio.Event().wait)

    asyncio.run(main())
