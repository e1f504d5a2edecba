"""The admin key stays secret, and goes nowhere it should not."""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from collections.abc import Callable

import httpx
import pytest

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.credentials import AdminKey
from openai_org_usage.errors import ConfigurationError, OpenAIUsageError

from .scripted import KEY, START, error, page, scripted

URL = "https://api.test/v1"
NONE = RetryPolicy(max_retries=0)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "no key in admin_key"),
        ("sk-proj-abc", "a project key"),
        ("sk-svcacct-abc", "a service account's key"),
        ("sess-abc", "a session key of OpenAI's web site"),
        ("sk-ant-admin01-abc", "a key of Anthropic"),
        ("sk-or-v1-abc", "a key of OpenRouter"),
        ("AIzaSyAbc", "a key of Google"),
        ("gsk_abc", "a key of Groq"),
        ("xai-abc", "a key of xAI"),
        ("hf_abc", "a key of Hugging Face"),
        ('"sk-admin-abc"', "quotes around it"),
        ("'sk-admin-abc", "quotes around it"),
        ("\u201csk-admin-abc\u201d", "quotes around it"),
        ("Bearer sk-admin-abc", "the word Bearer"),
        ("sk-admin-abc\n", "white space, control"),
        ("sk-admin abc", "white space, control"),
        ("sk-admin-\x00", "white space, control"),
        ("sk-admin-ä", "white space, control"),
    ],
)
@pytest.mark.parametrize("kind", [UsageClient, AsyncUsageClient])
def test_a_key_that_cannot_work_is_refused_without_being_shown(
    kind: type[UsageClient] | type[AsyncUsageClient], key: str, reason: str
) -> None:
    """The message says what is wrong and what kind of key is needed."""
    with pytest.raises(ConfigurationError, match=reason) as caught:
        kind(admin_key=key)
    assert "sk-admin-" in str(caught.value)
    assert not key or key not in str(caught.value)


def test_the_key_and_the_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_ADMIN_KEY and OPENAI_BASE_URL are used where no argument is given."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=page())

    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.test/openai/v1/")
    with UsageClient(transport=httpx.MockTransport(answer)) as client:
        list(client.costs(start_time=START))
    assert seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert str(seen[0].url).startswith("https://gateway.test/openai/v1/organization/costs?")


def test_no_key_at_all_says_where_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named."""
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="OPENAI_ADMIN_KEY"):
        UsageClient()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.openai.com/v1", "unencrypted"),
        ("http://127.0.0.1.evil.test/v1", "unencrypted"),
        ("https://user:secret@api.test/v1", "credentials"),
        ("https://api.test/v1?key=1", "query"),
        ("https://api.test/v1#x", "fragment"),
        ("ftp://api.test/v1", "not http"),
        ("api.openai.com/v1", "not http"),
        ("https://", "not http"),
        ("https://[::1", "cannot be read"),
        ("secret.test@api.test", "credentials"),
        (" https://api.test/v1", "white space"),
        ("https://api.test/v1 ", "white space"),
        ("https://api.test/v1\n", "white space"),
        ("https://api.test/\x00v1", "control characters"),
        ("https://api.test/\u200bv1", "control characters"),
        ("https://api.test:0/v1", "port"),
        ("https://api.test:65536/v1", "port"),
        (f"https://api.test/{KEY}/v1", "has a key in it"),
        (f"{KEY}@api.test", "has a key in it"),
        (KEY, "is a key: it belongs in OPENAI_ADMIN_KEY"),
        ("hunter2-secret", "not http"),
    ],
)
def test_an_unsafe_base_url_is_refused(url: str, reason: str) -> None:
    """Plain http beyond this machine, credentials and malformed URLs never get the key."""
    with pytest.raises(ConfigurationError, match=reason) as caught:
        UsageClient(admin_key=KEY, base_url=url)
    assert "secret" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_two_lines_that_are_swapped_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever is looked at first."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "https://api.openai.com/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", KEY)
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL holds a key: the two are swapped"):
        UsageClient()
    with pytest.raises(ConfigurationError, match="OPENAI_ADMIN_KEY an address: the two are swapped"):
        UsageClient(admin_key=KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.openai.com/v1")
    with pytest.raises(ConfigurationError, match="is an address: that belongs in OPENAI_BASE_URL"):
        UsageClient()


@pytest.mark.parametrize(
    "server", ["http://api.test/v1", f"https://{KEY}@api.test/v1", "https://api.test/v1?x=1"]
)
def test_the_documented_server_is_checked_as_any_other(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document may name one that is not fit to be sent a key."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr("openai_org_usage.credentials.SERVER_URL", server)
    with pytest.raises(ConfigurationError, match="base URL") as caught:
        UsageClient(admin_key=KEY)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/v1",
        "http://localhost/v1",
        "http://[::1]:9/v1",
        "http://localhost./v1",
        "http://[::ffff:127.0.0.1]:9/v1",
        URL,
    ],
)
def test_loopback_may_be_plain_http(url: str) -> None:
    """An emulator on this machine needs no TLS."""
    with UsageClient(admin_key=KEY, base_url=url) as client:
        assert client.base_url == url


def test_redirects_are_not_followed() -> None:
    """The key is not carried to another address; the error says so."""
    client, script = scripted(httpx.Response(302, headers={"location": "https://evil.test/"}))
    with pytest.raises(OpenAIUsageError, match="redirect"):
        list(client.costs(start_time=START))
    assert len(script.requests) == 1


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"connection refused for {request.url}", request=request)


def _time_out(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("", request=request)


def _echo(request: httpx.Request) -> httpx.Response:
    return error(401, f"Incorrect API key provided: {request.headers['authorization']}")


def _garble(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"<html>")


@pytest.mark.parametrize("answer", [_refuse, _time_out, _echo, _garble])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_no_error_shows_the_key(
    answer: Callable[[httpx.Request], httpx.Response], asynchronous: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in its text, its causes, its pickle, or the locals of its traceback; nor in logs."""
    caplog.set_level(logging.DEBUG)

    def walk() -> None:
        with UsageClient(
            admin_key=KEY, base_url=URL, retry=NONE, transport=httpx.MockTransport(answer)
        ) as client:
            list(client.costs(start_time=START))

    async def walk_async() -> None:
        transport = httpx.MockTransport(answer)
        async with AsyncUsageClient(admin_key=KEY, base_url=URL, retry=NONE, transport=transport) as client:
            async for _ in client.costs(start_time=START):
                pass

    with pytest.raises(OpenAIUsageError) as caught:
        asyncio.run(walk_async()) if asynchronous else walk()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert KEY not in shown
    assert KEY not in repr(caught.value)
    assert KEY.encode() not in pickle.dumps(caught.value)
    assert KEY not in caplog.text


def test_clients_and_keys_show_and_pickle_nothing() -> None:
    """Reprs name the address only, and pickling is refused with the reason."""
    client, _ = scripted()
    key = AdminKey.from_argument(KEY)
    for thing in (client, key, client.costs(start_time=START)):
        assert KEY not in repr(thing)
        assert KEY not in str(thing)
    for thing in (client, key):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(thing)
