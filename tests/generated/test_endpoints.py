"""The endpoint functions: what they return for each kind of answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from openai_org_usage._generated import (
    AuthenticatedClient,
    ErrorResponse,
    ResponseDecodeError,
    UnexpectedStatusError,
)

from .contract import KEY, Endpoint, Json, client, named, sample

ERROR: Json = {"error": {"message": "Slow down.", "type": "requests", "param": None, "code": "rate_limit"}}


def answering(status: int, body: bytes, **options: Any) -> AuthenticatedClient:
    """A client that gets this answer to everything."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body, headers={"x-request-id": "r"})

    return client(answer, **options)


def all_four(endpoint: Endpoint, http: AuthenticatedClient) -> tuple[Any, Any, Any, Any]:
    """What the four functions return: sync, sync_detailed, asyncio, asyncio_detailed."""
    module = endpoint.module
    return (
        module.sync(client=http, **endpoint.least),
        module.sync_detailed(client=http, **endpoint.least),
        asyncio.run(module.asyncio(client=http, **endpoint.least)),
        asyncio.run(module.asyncio_detailed(client=http, **endpoint.least)),
    )


def test_a_page_is_read(endpoint: Endpoint) -> None:
    """All four functions give the typed page; the detailed ones its status, headers and bytes too."""
    content = sample(endpoint.page)
    body = msgspec.json.encode(content)

    page, response, async_page, async_response = all_four(endpoint, answering(200, body))

    assert page == async_page == response.parsed == async_response.parsed
    (item,) = page.data if endpoint.is_list else page.data[0].results
    assert type(page).__name__ == f"{type(item).__name__.removesuffix('Result')}Page"
    assert page.to_dict() == content
    assert (response.status_code, response.content, response.headers["x-request-id"]) == (200, body, "r")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_documented_error_is_read(endpoint: Endpoint, status: int) -> None:
    """Whatever the status, the documented error body becomes an ErrorResponse."""
    error, response, async_error, async_response = all_four(
        endpoint, answering(status, msgspec.json.encode(ERROR))
    )

    assert isinstance(error, ErrorResponse)
    assert error == async_error == response.parsed == async_response.parsed
    assert error.to_dict() == ERROR
    assert (response.status_code, async_response.status_code) == (status, status)


@pytest.mark.usefixtures("without_collection")
@pytest.mark.parametrize("status", [201, 204, 299, 302, 400, 418, 502, 520, 599])
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"\xff", b"null", b"[]", b'{"error": "no"}', b"[" * 9999]
)
def test_any_other_answer_is_nothing(status: int, body: bytes) -> None:
    """An odd status with an odd body crashes nothing: parsed is None, status and bytes are kept."""
    results = all_four(named("completions"), answering(status, body))

    assert (results[0], results[2]) == (None, None)
    for response in (results[1], results[3]):
        assert (response.status_code, response.content, response.parsed) == (status, body, None)


@pytest.mark.parametrize("status", [204, 299, 429, 520])
def test_other_statuses_raise_where_the_client_asks_for_it(status: int) -> None:
    """With `raise_on_unexpected_status`, anything but 200 is an UnexpectedStatusError."""
    http = answering(status, b"body", raise_on_unexpected_status=True)

    with pytest.raises(UnexpectedStatusError, match=f"status {status}") as caught:
        named("costs").module.sync(client=http, start_time=0)
    with pytest.raises(UnexpectedStatusError):
        asyncio.run(named("costs").module.asyncio(client=http, start_time=0))

    assert (caught.value.status_code, caught.value.content) == (status, b"body")


def test_a_page_is_read_where_the_client_asks_for_raising() -> None:
    """Status 200 is expected, and raises nothing."""
    endpoint = named("costs")
    http = answering(200, msgspec.json.encode(sample(endpoint.page)), raise_on_unexpected_status=True)

    assert len(endpoint.module.sync(client=http, start_time=0).data) == 1


def test_garbage_with_status_200_is_an_error(endpoint: Endpoint) -> None:
    """A body that is no page is never read as one, by none of the four functions."""
    http = answering(200, b"<html>")

    for function in (endpoint.module.sync, endpoint.module.sync_detailed):
        with pytest.raises(ResponseDecodeError, match=f"{endpoint.name}: .*web page"):
            function(client=http, **endpoint.least)
    for function in (endpoint.module.asyncio, endpoint.module.asyncio_detailed):
        with pytest.raises(ResponseDecodeError, match=f"{endpoint.name}: .*web page"):
            asyncio.run(function(client=http, **endpoint.least))


def test_no_answer_is_httpxs_error() -> None:
    """What the transport raises comes through."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(httpx.ConnectError, match="no route"):
        named("costs").module.sync(client=client(refuse), start_time=0)


def test_the_key_is_in_no_repr() -> None:
    """Client, request and answer can be printed."""
    endpoint = named("costs")
    http = answering(200, msgspec.json.encode(sample(endpoint.page)))
    response = endpoint.module.sync_detailed(client=http, start_time=0)

    shown = f"{http!r} {http} {response!r} {endpoint.module.request(start_time=0)!r}"

    assert "AuthenticatedClient(" in shown
    assert KEY not in shown


def test_a_client_has_a_finite_timeout() -> None:
    """Without a word from the caller no read waits for ever, sync or async."""
    http = AuthenticatedClient(token=KEY)

    timeouts = [http.get_httpx_client().timeout, http.get_async_httpx_client().timeout]

    assert timeouts == [httpx.Timeout(60.0)] * 2
    http.get_httpx_client().close()
    asyncio.run(http.get_async_httpx_client().aclose())


def test_a_client_closes_what_it_opened() -> None:
    """Left as a context manager, sync or async, the connection pools are closed; it can be used again."""
    http = answering(200, msgspec.json.encode(sample(named("costs").page)))

    async def use() -> httpx.AsyncClient:
        async with http:
            return http.get_async_httpx_client()

    with http:
        pool = http.get_httpx_client()
    async_pool = asyncio.run(use())

    assert (pool.is_closed, async_pool.is_closed) == (True, True)
    assert http.get_httpx_client() is not pool
