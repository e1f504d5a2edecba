"""Which authorities are trusted when TLS is spoken, with a server and with a proxy."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from openai_org_usage.errors import APIConnectionError, ConfigurationError
from openai_org_usage.http.connections import Connections

from .server import PAGE, REQUEST, Server, always, ask, connections_to, with_server


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """What a server speaks with a certificate for `localhost`, and the file of the authority behind it."""
    authority, bundle = trustme.CA(), tmp_path / "authority.pem"
    certificate: Any = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(bundle)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context, str(bundle)


def test_tls_trusts_the_authorities_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tls: tuple[ssl.SSLContext, str]
) -> None:
    """And no others. They are read once; a name is looked up on the way."""
    context, bundle = tls

    async def main() -> None:
        async with Server(tls=context) as server:
            connections = connections_to(server.base_url.replace("http://127.0.0.1", "https://localhost"))
            try:
                for _ in range(2):
                    assert (await connections.ask(REQUEST, seconds=5, max_bytes=1000)).body == PAGE
                    await connections.release()
                    monkeypatch.setenv("SSL_CERT_FILE", "gone")
            finally:
                await connections.close()

    with pytest.raises(APIConnectionError, match="certificate"):
        asyncio.run(main())
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    asyncio.run(main())


def test_a_proxy_may_speak_tls(monkeypatch: pytest.MonkeyPatch, tls: tuple[ssl.SSLContext, str]) -> None:
    """It is trusted by the same authorities."""
    context, bundle = tls
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"

    async def main() -> None:
        async with Server(tls=context, answer=refusal) as server:
            proxy = server.base_url.replace("http://127.0.0.1", "https://localhost")
            monkeypatch.setenv("HTTPS_PROXY", proxy.removesuffix("/v1"))
            connections = connections_to("https://api.test/v1")
            for _ in range(2):
                with pytest.raises(APIConnectionError, match="refused: 407"):
                    await connections.ask(REQUEST, seconds=5, max_bytes=1000)
                await connections.release()
                monkeypatch.setenv("SSL_CERT_FILE", "gone")

    asyncio.run(main())


def test_certificates_are_read_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither without TLS, nor for a transport of the user's."""
    monkeypatch.setenv("SSL_CERT_FILE", "no such file")
    assert ask(connections_to(answer=always(httpx.Response(200, content=PAGE)))).body == PAGE

    async def work(server: Server, connections: Connections) -> None:
        assert (await connections.ask(REQUEST, seconds=5, max_bytes=1000)).body == PAGE

    with_server(work)
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        ask(connections_to("https://localhost/v1"))
