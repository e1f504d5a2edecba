"""A proxy that refuses is named, and its password is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from openai_org_usage import APIConnectionError, ConfigurationError, RetryPolicy, UsageClient
from openai_org_usage.http.proxies import proxy_of

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


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{}/?token={}",
        "http://{1}@127.0.0.1:{0}",
        "127.0.0.1:{}#{}",
        "http://127.0.0.1:{}/{}",
    ],
)
def test_nothing_of_an_address_but_host_and_port_is_told(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Whatever else stands in it may be a password, or the key."""
    monkeypatch.setenv("HTTPS_PROXY", address.format(9, KEY))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    said = str(proxy_of("https://api.test/v1"))
    assert said == "the proxy 127.0.0.1:9 (HTTPS_PROXY)"


def test_a_proxy_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It, and not the API, refused the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    client = UsageClient(admin_key=KEY, base_url="https://api.test/v1", retry=RetryPolicy(max_retries=0))
    with client, pytest.raises(APIConnectionError, match=rf"by way of the proxy 127\.0\.0\.1:{port}"):
        list(client.costs(start_time=START))


NO_PROXY = [
    ("*", "https://api.test/v1", True),
    ("api.test", "https://api.test/v1", True),
    ("API.Test", "https://api.test/v1", True),
    ("api.test.", "https://api.test/v1", True),
    ("test", "https://api.test/v1", True),
    (".test", "https://api.test/v1", True),
    ("*.test", "https://api.test/v1", True),
    (".api.test", "https://api.test/v1", True),
    ("pi.test", "https://api.test/v1", False),
    ("api.test:443", "https://api.test/v1", True),
    ("api.test:8443", "https://api.test/v1", False),
    ("api.test:8443", "https://api.test:8443/v1", True),
    ("https://api.test", "https://api.test/v1", True),
    ("all://api.test", "https://api.test/v1", True),
    ("http://api.test", "https://api.test/v1", False),
    ("a.test, b.test,api.test", "https://api.test/v1", True),
    ("a.test b.test", "https://b.test/v1", True),
    ("10.0.0.0/8", "https://10.1.2.3/v1", True),
    ("10.0.0.0/8", "https://11.1.2.3/v1", False),
    ("10.1.2.3", "https://10.1.2.3:8443/v1", True),
    ("10.1.2.3:443", "https://10.1.2.3/v1", True),
    ("10.1.2.3:80", "https://10.1.2.3/v1", False),
    ("fd00::/8", "https://[fd00::1]/v1", True),
    ("[fd00::1]", "https://[fd00::1]/v1", True),
    ("[fd00::1]:443", "https://[fd00::1]/v1", True),
    ("fd00::1", "https://[fd00:0:0::1]/v1", True),
    ("fd00::/8", "https://10.1.2.3/v1", False),
    ("10.0.0.0/99", "https://10.1.2.3/v1", False),
    (",,;:,[,]:/,%,..,://", "https://api.test/v1", False),
    ("api.test:²,api.test:" + "9" * 5000, "https://api.test/v1", False),
    ("", "https://api.test/v1", False),
    ("", "https://127.9.9.9/v1", True),
    ("", "https://[::1]:8443/v1", True),
    ("", "https://localhost/v1", True),
    ("", "https://api.localhost/v1", True),
]


@pytest.mark.parametrize(("entries", "url", "direct"), NO_PROXY)
def test_no_proxy_in_every_form(
    monkeypatch: pytest.MonkeyPatch, entries: str, url: str, direct: bool
) -> None:
    """Names, domains, ports, schemes, addresses and networks of both kinds; this machine needs none."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", entries)
    assert (proxy_of(url) is None) == direct


def test_small_letters_count_before_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for curl; an empty variable is none."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:8")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert str(proxy_of("https://api.test/v1")) == "the proxy 127.0.0.1:9 (https_proxy)"
    monkeypatch.setenv("https_proxy", "")
    assert proxy_of("https://api.test/v1") is None


@pytest.mark.parametrize(
    "address",
    ["http://someone:{}@h:x", "{}://h:1", "http://{}:99999", "http://{} x:1", "{}", "http://{}:3128"],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """The variable, what is wrong, and what to do."""
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", address.format(KEY))
    with pytest.raises(ConfigurationError, match=r"^HTTPS_PROXY names .*; write it like") as caught:
        proxy_of("https://api.test/v1")
    assert KEY not in str(caught.value)


def test_where_no_proxy_applies_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By NO_PROXY, or because there is none."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "api.test")
    assert proxy_of("https://api.test/v1") is None
