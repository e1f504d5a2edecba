"""A server that knows its connections, and how it is asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from openai_org_usage import UsageClient
from openai_org_usage._generated import AnyRequest
from openai_org_usage.credentials import Access, AdminKey
from openai_org_usage.http.connections import Connections, Extensions
from openai_org_usage.http.page_source import Answer

KEY = "sk-admin-" + "x" * 40


PAGE = b'{"object": "page", "data": [], "has_more": false, "next_page": null}'

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)

REQUEST = UsageClient(admin_key="sk-admin-x").costs(start_time=0).request


def connections_to(
    base_url: str = "https://api.test/v1", answer: Any = None, *, brackets: bool = False
) -> Connections:
    access = Access(AdminKey(KEY), base_url, brackets, "9.9")
    transport = None if answer is None else httpx.MockTransport(answer)
    return Connections(access, transport=transport, clock=lambda: 0.0)


def ask(
    connections: Connections, request: AnyRequest = REQUEST, *, seconds: float = 5, max_bytes: int = 1000
) -> Answer:
    async def main() -> Answer:
        try:
            return await connections.ask(request, seconds=seconds, max_bytes=max_bytes)
        finally:
            await connections.close()

    return asyncio.run(main())


async def pool_of(connections: Connections) -> httpx.AsyncClient:
    """What a request of them would be sent through now."""

    async def read(client: httpx.AsyncClient, extensions: Extensions) -> httpx.AsyncClient:
        return client

    client = await connections.outcome_of(read, seconds=5, subject="pool")
    assert isinstance(client, httpx.AsyncClient)
    return client


def always(response: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        return response

    return answer


class Server:
    """Answers each request with a page, or `answer`; knows its connections."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, answer: bytes = ANSWER) -> None:
        self._tls = tls
        self._answer = answer
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
                writer.write(self._answer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def has_open(self, number: int) -> bool:
        """Whether it comes to so many open connections."""
        for _ in range(2000):
            if self.open == number:
                return True
            await asyncio.sleep(0.002)
        return False


def with_server(work: Callable[[Server, Connections], Awaitable[None]]) -> None:
    async def main() -> None:
        async with Server() as server:
            connections = connections_to(server.base_url)
            await work(server, connections)
            await connections.close()
            assert await server.has_open(0)

    asyncio.run(main())
