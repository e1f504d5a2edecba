"""One attempt at one request: what comes back, what is raised, and which connections stay open."""

from __future__ import annotations

import asyncio
import gzip
import os
import ssl
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

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

from .server import KEY, PAGE, REQUEST, Server, always, ask, connections_to, with_server


def test_an_answer_has_body_and_request_id() -> None:
    """Sent with the key, to the address, without following redirects."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=PAGE, headers={"X-Request-Id": "req_1"})

    assert ask(connections_to(answer=answer)) == Answer(PAGE, "req_1")
    (request,) = asked
    assert (request.method, request.headers["authorization"]) == ("GET", f"Bearer {KEY}")
    assert str(request.url) == "https://api.test/v1/organization/costs?start_time=0"


def test_a_status_is_an_error_with_its_headers() -> None:
    """Also that of a redirect."""
    refusal = httpx.Response(400, json={"error": {"message": "No"}}, headers={"x-request-id": "req_2"})
    with pytest.raises(BadRequestError, match="costs: status 400: No") as caught:
        ask(connections_to(answer=always(refusal)))
    assert caught.value.request_id == "req_2"
    later = httpx.Response(429, headers={"Retry-After": "7"})
    with pytest.raises(RateLimitError, match="costs: status 429") as slow:
        ask(connections_to(answer=always(later)))
    assert slow.value.retry_after == 7
    moved = httpx.Response(302, headers={"location": "https://api.test/v1/other"})
    with pytest.raises(APIStatusError, match="302"):
        ask(connections_to(answer=always(moved)))


def test_a_page_has_a_largest_size() -> None:
    """The page that just fits is read."""
    page = httpx.Response(200, content=PAGE)
    assert ask(connections_to(answer=always(page)), max_bytes=len(PAGE)).body == PAGE
    with pytest.raises(ResponseTooLargeError) as caught:
        ask(connections_to(answer=always(page)), max_bytes=len(PAGE) - 1)
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
        ask(connections_to(answer=answer), seconds=0.02)
    assert str(caught.value) == "costs: no whole answer from https://api.test/v1 within 0.02 s"


def test_an_error_of_the_network_is_ours_and_holds_no_key() -> None:
    """Its cause is of the same type, without frames."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone", request=request)

    with pytest.raises(APIConnectionError, match=r"costs: no answer from https://api.test/v1") as caught:
        ask(connections_to(answer=answer))
    assert isinstance(caught.value.__cause__, httpx.ReadError)
    assert caught.value.__cause__.__traceback__ is None
    with pytest.raises(APIConnectionError, match=r"no answer from http://127.0.0.1:1/v1"):
        ask(connections_to("http://127.0.0.1:1/v1"))


def test_a_mistake_of_a_transport_comes_out_as_it_is() -> None:
    """It is the user's, to be mended there."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("my mistake")

    with pytest.raises(RuntimeError, match="my mistake") as caught:
        ask(connections_to(answer=answer))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_closed_one_and_another_loop_say_so() -> None:
    """Before anything is sent."""
    connections = connections_to(answer=always(httpx.Response(200, content=PAGE)))

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

    with_server(work)


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for the whole address, and named where it cannot be reached."""

    async def work(server: Server, _: Connections) -> None:
        monkeypatch.setenv("HTTP_PROXY", server.base_url.removesuffix("/v1"))
        connections = connections_to("http://api.test/v1")
        assert (await connections.ask(REQUEST, seconds=5, max_bytes=1000)).body == PAGE
        assert server.requests[0].startswith(b"GET http://api.test/v1/organization/costs?start_time=0 ")
        await connections.close()

    with_server(work)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(APIConnectionError, match="HTTP_PROXY"):
        ask(connections_to("http://api.test/v1"))


def test_a_blocking_transport_is_run_in_a_thread() -> None:
    """And not on the loop."""
    threads: list[str] = []

    class Blocking(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            threads.append(threading.current_thread().name)
            return httpx.Response(200, content=PAGE)

    access = Access(AdminKey(KEY), "https://api.test/v1", False, "9.9")
    connections = Connections(access, transport=Blocking(), clock=lambda: 0.0)
    assert ask(connections).body == PAGE
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

    with_server(work)


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
            connections = connections_to(server.base_url.replace("http://127.0.0.1", "https://localhost"))
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
    assert ask(connections_to(answer=always(packed)), max_bytes=len(page)).body == page
    refusal = httpx.Response(400, stream=httpx.ByteStream(b'{"error": {"message": "No"}}'))
    with pytest.raises(BadRequestError, match="status 400: No"):
        ask(connections_to(answer=always(refusal)), max_bytes=5)
