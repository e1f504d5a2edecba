"""One attempt at one request: what comes back, what is raised, and which connections stay open."""

from __future__ import annotations

import asyncio
import gzip
import os
import threading

import httpx
import pytest

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
    ServerError,
)
from openai_org_usage.http.connections import Connections
from openai_org_usage.http.page_source import Answer

from .server import KEY, PAGE, REQUEST, Server, always, ask, connections_to, pool_of, with_server


def test_an_answer_has_body_and_ids() -> None:
    """Ids of request and organization. Sent with the key, to the address, without following redirects."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        headers = {"X-Request-Id": "req_1", "OpenAI-Organization": "org-1"}
        return httpx.Response(200, content=PAGE, headers=headers)

    assert ask(connections_to(answer=answer)) == Answer(PAGE, "req_1", "org-1")
    (request,) = asked
    assert (request.method, request.headers["authorization"]) == ("GET", f"Bearer {KEY}")
    assert str(request.url) == "https://api.test/v1/organization/costs?start_time=0"
    grouped = UsageClient(admin_key=KEY).costs(start_time=0, group_by=["project_id"]).request
    ask(connections_to(answer=answer, brackets=True), grouped)
    assert asked[1].url.params["group_by[]"] == "project_id"


def test_a_key_that_comes_back_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short it is."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "secret")
    answer = httpx.Response(200, content=PAGE, headers={"X-Request-Id": "of secret"})
    assert ask(connections_to(answer=always(answer))).request_id == "of [admin key]"


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
    at_a_date = httpx.Response(503, headers={"Retry-After": "Thu, 01 Jan 1970 00:00:08 GMT"})
    with pytest.raises(ServerError) as down:
        ask(connections_to(answer=always(at_a_date)))
    assert down.value.retry_after == 8
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
    with pytest.raises(ConfigurationError) as caught:
        asyncio.run(once())
    assert str(caught.value) == (
        "this client has connections on another event loop; make one for each loop, inside of what you "
        "give to asyncio.run"
    )
    with pytest.raises(ConfigurationError, match="needs a running event loop"):
        connections.open()
    connections.shut()
    with pytest.raises(ConfigurationError, match=r"^the client is closed; make a new one$"):
        asyncio.run(once())


def test_connections_are_used_again_until_released() -> None:
    """Then new ones are made; those that are under way are not counted twice."""

    async def work(server: Server, connections: Connections) -> None:
        for _ in range(3):
            assert await connections.ask(REQUEST, seconds=5, max_bytes=1000) == Answer(PAGE, None, None)
        assert (server.made, len(server.requests)) == (1, 3)
        await connections.release()
        assert await server.has_open(0)
        await connections.ask(REQUEST, seconds=5, max_bytes=1000)
        assert server.made == 2

    with_server(work)


def test_as_many_connections_are_kept_as_are_used() -> None:
    """httpx would keep 20."""

    async def work(server: Server, connections: Connections) -> None:
        for _ in range(2):
            async with asyncio.TaskGroup() as tasks:
                for _ in range(25):
                    tasks.create_task(connections.ask(REQUEST, seconds=5, max_bytes=1000))
            assert server.made == server.open == 25

    with_server(work)


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for the whole address, and named where it cannot be reached."""

    async def work(server: Server, _: Connections) -> None:
        monkeypatch.setenv("HTTP_PROXY", server.base_url.removesuffix("/v1"))
        connections = connections_to("http://api.test/v1")
        assert (await connections.ask(REQUEST, seconds=5, max_bytes=1000)).body == PAGE
        assert server.requests[0].startswith(b"GET http://api.test/v1/organization/costs?start_time=0 ")
        await connections.close()

    async def no_proxy(server: Server, connections: Connections) -> None:
        assert (await connections.ask(REQUEST, seconds=5, max_bytes=1000)).body == PAGE

    with_server(work)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(APIConnectionError, match="HTTP_PROXY"):
        ask(connections_to("http://api.test/v1"))
    with_server(no_proxy)
    page = httpx.Response(200, content=PAGE)
    assert ask(connections_to("http://api.test/v1", always(page))).body == PAGE
    monkeypatch.setenv("HTTP_PROXY", "http://me:secret@256.0.0.1:1")
    with pytest.raises(ConfigurationError) as caught:
        ask(connections_to("http://api.test/v1"))
    assert str(caught.value) == (
        "HTTP_PROXY names a proxy by an address that cannot be read; correct it, or unset it"
    )
    assert caught.value.__context__ is None


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
        before = await pool_of(connections)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "getpid", lambda: 1 << 40)
            await connections.release()
            assert await pool_of(connections) is not before
            await connections.release()
        assert not before.is_closed
        assert await pool_of(connections) is before

    with_server(work)


def test_a_compressed_page_counts_as_large_as_it_is() -> None:
    """Refusals are read whatever the largest page."""
    page = PAGE + b" " * 1000
    stream = httpx.ByteStream(gzip.compress(page))
    packed = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)
    assert ask(connections_to(answer=always(packed)), max_bytes=len(page)).body == page
    inflated = httpx.Response(200, headers={"content-encoding": "gzip"}, content=gzip.compress(page))
    assert ask(connections_to(answer=always(inflated)), max_bytes=len(page)).body == page
    refusal = httpx.Response(400, stream=httpx.ByteStream(b'{"error": {"message": "No"}}'))
    with pytest.raises(BadRequestError, match="status 400: No"):
        ask(connections_to(answer=always(refusal)), max_bytes=5)


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"<html>" + bytes(1 << 20), ""), (b"no gzip", "gzip"), (b"no zstd", "zstd")]
)
def test_a_refusal_may_have_any_body(body: bytes, encoding: str) -> None:
    """It counts, and what cannot be read of it is left out."""
    refusal = httpx.Response(502, headers={"content-encoding": encoding}, stream=httpx.ByteStream(body))
    with pytest.raises(ServerError, match="costs: status 502"):
        ask(connections_to(answer=always(refusal)))
