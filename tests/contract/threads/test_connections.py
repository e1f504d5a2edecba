"""One attempt at one request: what comes back, what is raised, and which connections stay open."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import trustme

from openai_org_usage import UsageClient
from openai_org_usage.credentials import Access, AdminKey
from openai_org_usage.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    ConfigurationError,
    RateLimitError,
    ResponseTooLargeError,
)
from openai_org_usage.http.connections import Answer, Connections
from openai_org_usage.http.httpcore_workarounds import Handshake, within

KEY = "sk-admin-" + "x" * 40
PAGE = b'{"object": "page", "data": [], "has_more": false, "next_page": null}'
REQUEST = UsageClient(admin_key="sk-admin-x").costs(start_time=0).request


def _connections(base_url: str = "https://api.test/v1", answer: Any = None) -> Connections:
    access = Access(AdminKey(KEY), base_url, False, "9.9")
    transport = None if answer is None else httpx.MockTransport(answer)
    return Connections(access, transport=transport, clock=lambda: 0.0)


def _ask(connections: Connections, *, seconds: float = 5, max_bytes: int = 1000) -> Answer:
    async def main() -> Answer:
        try:
            return await connections.ask(REQUEST, seconds=seconds, max_bytes=max_bytes)
        finally:
            await connections.close()

    return asyncio.run(main())


def _always(response: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        return response

    return answer


class Server:
    """Answers each request with a page; knows its connections."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.requests: list[bytes] = []
        self.open = self.made = 0

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.made += 1
        try:
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def has_open(self, number: int) -> bool:
        """Whether it comes to so many open connections."""
        for _ in range(500):
            if self.open == number:
                return True
            await asyncio.sleep(0.002)
        return False


def _with_server(work: Callable[[Server, Connections], Awaitable[None]]) -> None:
    async def main() -> None:
        async with Server() as server:
            connections = _connections(server.base_url)
            await work(server, connections)
            await connections.close()
            assert await server.has_open(0)

    asyncio.run(main())


def test_an_answer_has_body_and_request_id() -> None:
    """Sent with the key, to the address, without following redirects."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=PAGE, headers={"X-Request-Id": "req_1"})

    assert _ask(_connections(answer=answer)) == Answer(PAGE, "req_1")
    (request,) = asked
    assert (request.method, request.headers["authorization"]) == ("GET", f"Bearer {KEY}")
    assert str(request.url) == "https://api.test/v1/organization/costs?start_time=0"


def test_a_status_is_an_error_with_its_headers() -> None:
    """Also that of a redirect."""
    refusal = httpx.Response(400, json={"error": {"message": "No"}}, headers={"x-request-id": "req_2"})
    with pytest.raises(BadRequestError, match="costs: status 400: No") as caught:
        _ask(_connections(answer=_always(refusal)))
    assert caught.value.request_id == "req_2"
    later = httpx.Response(429, headers={"Retry-After": "7"})
    with pytest.raises(RateLimitError, match="costs: status 429") as slow:
        _ask(_connections(answer=_always(later)))
    assert slow.value.retry_after == 7
    moved = httpx.Response(302, headers={"location": "https://api.test/v1/other"})
    with pytest.raises(APIStatusError, match="302"):
        _ask(_connections(answer=_always(moved)))


def test_a_page_has_a_largest_size() -> None:
    """The page that just fits is read."""
    page = httpx.Response(200, content=PAGE)
    assert _ask(_connections(answer=_always(page)), max_bytes=len(PAGE)).body == PAGE
    with pytest.raises(ResponseTooLargeError) as caught:
        _ask(_connections(answer=_always(page)), max_bytes=len(PAGE) - 1)
    assert str(caught.value) == (
        f"costs: the page is larger than {len(PAGE) - 1:,} bytes (max_page_bytes); ask for fewer buckets "
        "by `limit`, or group by less"
    )
    assert caught.value.operation == "costs"


def test_an_attempt_ends_within_its_time() -> None:
    """And says how long that was."""

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(APITimeoutError) as caught:
        _ask(_connections(answer=answer), seconds=0.02)
    assert str(caught.value) == "costs: no whole answer from https://api.test/v1 within 0.02 s"


def test_an_error_of_the_network_is_ours_and_holds_no_key() -> None:
    """Its cause is of the same type, without frames."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone", request=request)

    with pytest.raises(APIConnectionError, match=r"costs: no answer from https://api.test/v1") as caught:
        _ask(_connections(answer=answer))
    assert isinstance(caught.value.__cause__, httpx.ReadError)
    assert caught.value.__cause__.__traceback__ is None
    with pytest.raises(APIConnectionError, match=r"no answer from http://127.0.0.1:1/v1"):
        _ask(_connections("http://127.0.0.1:1/v1"))


def test_a_mistake_of_a_transport_comes_out_as_it_is() -> None:
    """It is the user's, to be mended there."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("my mistake")

    with pytest.raises(RuntimeError, match="my mistake") as caught:
        _ask(_connections(answer=answer))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_closed_one_and_another_loop_say_so() -> None:
    """Before anything is sent."""
    connections = _connections(answer=_always(httpx.Response(200, content=PAGE)))

    async def once() -> None:
        await connections.ask(REQUEST, seconds=5, max_bytes=1000)

    asyncio.run(once())
    with pytest.raises(ConfigurationError, match="connections on another event loop; make one for each"):
        asyncio.run(once())
    with pytest.raises(ConfigurationError, match="loop"):
        connections.open()
    connections.shut()
    with pytest.raises(ConfigurationError, match=r"^the client is closed; make a new one$"):
        asyncio.run(once())


def test_connections_are_used_again_until_released() -> None:
    """Then new ones are made; those that are under way are not counted twice."""

    async def work(server: Server, connections: Connections) -> None:
        for _ in range(3):
            assert await connections.ask(REQUEST, seconds=5, max_bytes=1000) == Answer(PAGE, None)
        assert (server.made, len(server.requests)) == (1, 3)
        await connections.release()
        assert await server.has_open(0)
        await connections.ask(REQUEST, seconds=5, max_bytes=1000)
        assert server.made == 2

    _with_server(work)


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for the whole address, and named where it cannot be reached."""

    async def work(server: Server, _: Connections) -> None:
        monkeypatch.setenv("HTTP_PROXY", server.base_url.removesuffix("/v1"))
        connections = _connections("http://api.test/v1")
        assert (await connections.ask(REQUEST, seconds=5, max_bytes=1000)).body == PAGE
        assert server.requests[0].startswith(b"GET http://api.test/v1/organization/costs?start_time=0 ")
        await connections.close()

    _with_server(work)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(APIConnectionError, match="HTTP_PROXY"):
        _ask(_connections("http://api.test/v1"))


def test_a_blocking_transport_is_run_in_a_thread() -> None:
    """And not on the loop."""
    threads: list[str] = []

    class Blocking(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            threads.append(threading.current_thread().name)
            return httpx.Response(200, content=PAGE)

    access = Access(AdminKey(KEY), "https://api.test/v1", False, "9.9")
    connections = Connections(access, transport=Blocking(), clock=lambda: 0.0)
    assert _ask(connections).body == PAGE
    assert threads != [threading.current_thread().name]


def test_a_child_makes_connections_of_its_own() -> None:
    """Releasing there leaves the parent's open."""

    async def work(server: Server, connections: Connections) -> None:
        before = connections.open()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "getpid", lambda: 1 << 40)
            await connections.release()
            assert not before.is_closed
            assert connections.open() is not before
            await connections.release()
        assert not before.is_closed
        await before.aclose()

    _with_server(work)


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

    _with_server(work)


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


def test_tls_trusts_the_authorities_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And no others; a name is looked up on the way."""
    authority = trustme.CA()
    certificate: Any = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)

    async def main() -> Answer:
        async with Server(tls=context) as server:
            connections = _connections(server.base_url.replace("http://127.0.0.1", "https://localhost"))
            try:
                return await connections.ask(REQUEST, seconds=5, max_bytes=1000)
            finally:
                await connections.close()

    with pytest.raises(APIConnectionError, match="certificate"):
        asyncio.run(main())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert asyncio.run(main()).body == PAGE


def test_a_compressed_page_counts_as_large_as_it_is() -> None:
    """Refusals are read whatever the largest page."""
    page = PAGE + b" " * 1000
    stream = httpx.ByteStream(gzip.compress(page))
    packed = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)
    assert _ask(_connections(answer=_always(packed)), max_bytes=len(page)).body == page
    refusal = httpx.Response(400, stream=httpx.ByteStream(b'{"error": {"message": "No"}}'))
    with pytest.raises(BadRequestError, match="status 400: No"):
        _ask(_connections(answer=_always(refusal)), max_bytes=5)
