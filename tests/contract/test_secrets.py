"""CONTRACT.md 6: the key is sent to the API, and shown nowhere, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx
import pytest

from openai_org_usage import AsyncUsageClient, UsageClient
from openai_org_usage.errors import AuthenticationError, ConfigurationError, OpenAIUsageError
from openai_org_usage.http.log_redaction import LOGGERS

from ..conftest import DAY
from ..scripted import KEY, START
from .calls_with_key import SPAN, WAYS, all_of, options_for
from .canary import GATEWAY_KEY
from .key_leaks import BETRAYALS, Witness, all_hooks, witnessed
from .stalled_server import KINDS, stalling
from .wire import Wire


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)


DATA = (
    *("key as a count", "key as a cursor", "key as a field", "key as a kind of result"),
    *("key as a last id", "key as an item that comes twice"),
)
"""A page with status 200 is data: a pickled `resume` or `partial` has it as it came, and no text."""


@pytest.mark.parametrize("kind", BETRAYALS)
def test_no_failure_shows_the_key(counts: Counter[str], kind: str) -> None:
    """Text, arguments, attributes, causes, locals, pickles, logs, warnings and events: no trace of it."""
    for name, way in WAYS.items():
        with witnessed() as witness:
            way(witness, BETRAYALS[kind])
        is_handed_out = kind == "key as a count" and "pages" in name  # As the problem of a result.
        assert is_handed_out or any("traceback" in place for place in witness.texts), name
        leaks = [leak for leak in witness.leaks() if kind not in DATA or "pickle" not in leak]
        assert leaks == [], name
        counts["secrets: error paths searched for the key"] += 1
        counts["secrets: places searched"] += len(witness.texts)


@pytest.mark.parametrize("kind", KINDS)
def test_no_failure_on_the_wire_shows_the_key(counts: Counter[str], kind: str) -> None:
    """The same over real connections, where httpx, httpcore and asyncio log what they do."""
    with stalling(kind) as base_url, witnessed() as witness:
        options: dict[str, Any] = {**all_hooks(witness), "base_url": base_url, "deadline": 0.05}
        with UsageClient(**options) as client:
            try:
                list(client.completions(start_time=START, end_time=START + 400 * DAY, limit=1))
            except OpenAIUsageError as failure:
                witness.see(failure)
    assert "traceback with locals" in witness.texts
    assert witness.leaks() == []
    counts["secrets: error paths searched for the key"] += 1


def _echo(connection: socket.socket, head: bytes) -> None:
    """All that the client sent, in the status line, in headers as it is and escaped, and in the body."""
    bearer = head.partition(b"Authorization: ")[2].partition(b"\r\n")[0]
    escaped = b"".join(b"%%%02x" % byte for byte in bearer)
    lines = [b"HTTP/1.1 401 " + bearer, b"x-debug: " + bearer, b"set-cookie: key=" + escaped]
    lines += [b"x-request-id: " + bearer, b"content-length: %d" % len(head), b"", head]
    connection.sendall(b"\r\n".join(lines))


@pytest.mark.parametrize("key", [KEY, GATEWAY_KEY])
def test_the_logs_of_the_libraries_below_show_no_echo(
    counts: Counter[str], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go on telling of headers, at every level that they have."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
    with Wire(_echo) as wire, witnessed() as witness:
        options: dict[str, Any] = {**all_hooks(witness), "base_url": wire.base_url}
        with UsageClient(**options) as client, pytest.raises(AuthenticationError) as caught:
            list(client.completions(**SPAN))
        witness.see(caught.value.with_traceback(_inner(caught.value)))
    assert caught.value.request_id == "Bearer [admin key]"
    assert "receive_response_headers.complete" in witness.texts["logs"]
    assert "(b'x-debug', b'Bearer [admin key]')" in witness.texts["logs"]
    assert witness.leaks() == []
    counts["secrets: error paths searched for the key"] += 1


def test_every_logger_below_is_known() -> None:
    """A new version of httpx or httpcore may have more; they are named in `logs`."""
    found = [name for name in logging.root.manager.loggerDict if re.match(r"(httpx|httpcore|hpack)\b", name)]
    loggers = [name for name in found if isinstance(logging.root.manager.loggerDict[name], logging.Logger)]
    assert set(loggers) <= set(LOGGERS)


async def _hang(request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    return httpx.Response(200)


@pytest.mark.parametrize("how", ["timeout", "wait_for", "cancel", "sibling fails"])
@pytest.mark.parametrize("wire", [False, True])
def test_a_cancelled_call_does_not_show_the_key(counts: Counter[str], how: str, wire: bool) -> None:
    """The frames of the cancelled request are not in the traceback, in which its headers would be locals."""

    async def main(witness: Witness, options: dict[str, Any]) -> None:
        async with AsyncUsageClient(**options) as client:
            task = asyncio.create_task(all_of(client.completions(**SPAN, limit=1)))
            try:
                match how:
                    case "timeout":
                        async with asyncio.timeout(0.1):
                            await all_of(client.completions(**SPAN))
                    case "wait_for":
                        await asyncio.wait_for(all_of(client.completions(**SPAN)), 0.1)
                    case "cancel":
                        await asyncio.sleep(0.1)
                        task.cancel()
                        await task
                    case _:
                        await client.gather(client.completions(**SPAN), client.completions(start_time=-1.5))
            except BaseException as failure:
                witness.see(failure)
            task.cancel()
            await asyncio.wait([task])

    with stalling("never answers") as base_url, witnessed() as witness:
        hidden = options_for(witness, BETRAYALS["reset"], transport=httpx.MockTransport(_hang))
        options: dict[str, Any] = {**all_hooks(witness), "base_url": base_url} if wire else hidden
        asyncio.run(main(witness, options))
    assert "traceback with locals" in witness.texts
    assert witness.leaks() == []
    counts["secrets: error paths searched for the key"] += 1


def test_an_interrupted_call_does_not_show_the_key(counts: Counter[str]) -> None:
    """Ctrl-C while waiting for the server."""

    def interrupt(request: httpx.Request) -> httpx.Response:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        raise httpx.ReadTimeout("late", request=request)

    with witnessed() as witness, UsageClient(**options_for(witness, interrupt)) as client:
        try:
            list(client.completions(**SPAN))
        except KeyboardInterrupt as failure:
            witness.see(failure)
    assert "traceback with locals" in witness.texts
    assert witness.leaks() == []
    counts["secrets: error paths searched for the key"] += 1


REFUSED: dict[str, dict[str, Any]] = {
    "line end": {"admin_key": f"{KEY}\n"},
    "project key": {"admin_key": f"sk-proj-{KEY}"},
    "bytes": {"admin_key": KEY.encode()},
    "list": {"admin_key": [KEY]},
    "plain http": {"base_url": "http://api.test/v1"},
    "credentials in the address": {"base_url": f"https://{KEY}@api.test/v1"},
    "credentials in an odd address": {"base_url": f"{KEY}://{KEY}@[::1"},
    "no address": {"base_url": 7},
    "timeout": {"timeout": 0},
    "concurrency": {"concurrency": 0},
    "max_page_bytes": {"max_page_bytes": None},
    "retry": {"retry": 3},
    "array_format": {"array_format": "x"},
}


@pytest.mark.parametrize("kind", [UsageClient, AsyncUsageClient])
@pytest.mark.parametrize("what", REFUSED)
def test_a_client_that_cannot_be_made_does_not_show_the_key(
    counts: Counter[str], what: str, kind: Callable[..., Any]
) -> None:
    """Wrong keys, addresses and options are refused by an error of ours that does not repeat the key."""
    with witnessed() as witness:
        try:
            kind(**REFUSED[what])
        except ConfigurationError as failure:
            witness.see(failure)
    assert "traceback with locals" in witness.texts
    assert witness.leaks() == []
    counts["secrets: error paths searched for the key"] += 1


@pytest.mark.parametrize("change", [{"deadline": -1}, {"admin_key": KEY}, {"retry": None}])
def test_options_that_cannot_be_changed_do_not_show_the_key(change: dict[str, Any]) -> None:
    """`with_options` checks as construction does; the key is not among the options."""
    with witnessed() as witness, UsageClient() as client:
        try:
            client.with_options(**change)
        except (ConfigurationError, TypeError) as failure:
            witness.see(failure.with_traceback(_inner(failure)))
    assert "traceback with locals" in witness.texts
    assert witness.leaks() == []


def _inner(failure: BaseException) -> TracebackType | None:
    """The traceback without the frame of the test, whose locals are the test's own."""
    return failure.__traceback__.tb_next if failure.__traceback__ else None


def test_a_proxy_of_the_environment_does_not_get_the_key_in_plain_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Plain http is for this machine only, so it does not go through a proxy either."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        proxy.settimeout(0.05)
        with stalling("429 with a long Retry-After") as base_url:
            options: dict[str, Any] = {"base_url": base_url, "deadline": 2}
            with UsageClient(**options) as client, pytest.raises(OpenAIUsageError, match="429"):
                list(client.completions(**SPAN))
        with pytest.raises(TimeoutError):
            proxy.accept()
