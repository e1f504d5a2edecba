"""Answers that break off on the wire, in every framing: tried again, never taken for a page."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from collections import Counter
from typing import Any

import pytest

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.errors import APIConnectionError, OpenAIUsageError
from openai_org_usage.http.deadline import Timing

from ..conftest import NOW
from ..scripted import KEY, START, bucket, page, result
from .reading import no_wait
from .wire import Wire, response

PAGE = json.dumps(
    page(*(bucket(day, *(result(model=f"m{n}") for n in range(4))) for day in range(3)))
).encode()
ZIPPED = gzip.compress(PAGE)
CLOSE = "connection: close\r\n"
GZIP = f"{CLOSE}content-encoding: gzip\r\n"
FRAMED = {
    "length": response(PAGE, headers=CLOSE),
    "chunks": response(PAGE, framing="chunks", headers=CLOSE),
    "length, gzip": response(ZIPPED, headers=GZIP),
    "chunks, gzip": response(ZIPPED, framing="chunks", headers=GZIP),
    "end, gzip": response(ZIPPED, framing="end", headers=GZIP),
    "end": response(PAGE, framing="end"),
}


def _options(wire: Wire, **more: Any) -> dict[str, Any]:
    retry = RetryPolicy(max_retries=1)
    return {
        "admin_key": KEY,
        "base_url": wire.base_url,
        "clock": lambda: NOW,  # Else the range is cut into ever more windows.
        "retry": retry,
        "timing": Timing(sleep=no_wait),
        **more,
    }


async def _read(client: AsyncUsageClient) -> int:
    return len([bucket async for bucket in client.completions(start_time=START)])


@pytest.mark.parametrize("framing", FRAMED)
def test_a_whole_answer_is_read_in_every_framing(framing: str) -> None:
    """The answers that are cut below are good ones."""

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(FRAMED[framing])
        connection.close()

    async def main() -> None:
        async with AsyncUsageClient(**_options(wire)) as client:
            assert await _read(client) == 3

    with Wire(answer) as wire:
        asyncio.run(main())
        assert wire.requests == 1


def _cuts(whole: bytes, *, ended: bool) -> list[int]:
    """Where to cut: all over head and body; an unframed body also after each `}` inside of it.

    Nothing at all after the head is left out where nothing says how much should come: it is empty.
    """
    body = whole.index(b"\r\n\r\n") + 4
    cuts = {*range(0, len(whole) - 1, 97), body, body + 1, len(whole) - 7, len(whole) - 1}
    if not ended:
        return sorted(cuts)
    braces = {at + 1 for at in range(body, len(whole) - 1) if whole[at : at + 1] == b"}"}
    return sorted((cuts | braces) - {body})


@pytest.mark.parametrize("framing", FRAMED)
@pytest.mark.parametrize("always", [False, True])
def test_an_answer_that_breaks_off_is_tried_again(counts: Counter[str], framing: str, always: bool) -> None:
    """Wherever it is cut: the next attempt gives the page; without one it is an error, never a part of it."""
    whole = FRAMED[framing]
    cut = 0

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(whole[:cut] if always or wire.requests % 2 else whole)
        connection.close()

    async def main() -> None:
        nonlocal cut
        async with AsyncUsageClient(**_options(wire)) as client:
            for cut in _cuts(whole, ended=framing.startswith("end")):
                wire.requests = 0
                if always:
                    with pytest.raises(OpenAIUsageError):
                        await _read(client)
                else:
                    assert await _read(client) == 3
                assert wire.requests == 2, cut
                counts["retries: answers cut on the wire"] += 1

    with Wire(answer) as wire:
        asyncio.run(main())


def test_an_empty_answer_at_the_end_of_a_connection_is_an_error() -> None:
    """Nothing at all, unframed, is no page; the blocking client says so as well."""

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(response(b"", framing="end"))
        connection.close()

    with (
        Wire(answer) as wire,
        UsageClient(**_options(wire)) as client,
        pytest.raises(OpenAIUsageError, match=r"empty|no answer|breaks off"),
    ):
        list(client.completions(start_time=START))


def test_a_refused_connection_is_a_connection_error() -> None:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        UsageClient(
            admin_key=KEY, base_url=f"http://127.0.0.1:{port}/v1", retry=RetryPolicy(max_retries=0)
        ) as client,
        pytest.raises(APIConnectionError) as caught,
    ):
        list(client.completions(start_time=START))
    assert caught.value.attempts == 1
