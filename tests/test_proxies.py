"""A proxy that refuses is named, and its password is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from openai_org_usage import APIConnectionError, RetryPolicy, UsageClient

from .scripted import KEY, START


@contextmanager
def refusing_proxy(answer: bytes) -> Generator[int]:
    """The port of a proxy that gives `answer` to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """By its address and the variable that it stands in."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with refusing_proxy(refusal) as port:
        monkeypatch.setenv(variable, f"http://someone:secret@127.0.0.1:{port}")
        client = UsageClient(admin_key=KEY, base_url="https://api.test/v1", retry=RetryPolicy(max_retries=0))
        with client, pytest.raises(APIConnectionError) as caught:
            list(client.costs(start_time=START))
    said = str(caught.value)
    assert f"the proxy 127.0.0.1:{port} ({variable}) refused: 407" in said
    assert "secret" not in said
