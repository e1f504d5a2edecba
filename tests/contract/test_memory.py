"""CONTRACT.md 5: memory is bounded, whatever the server sends and however long one reads."""

from __future__ import annotations

import gc
import gzip
import json
import socket
import subprocess
import sys
import threading
import tracemalloc
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from openai_org_usage import UsageClient
from openai_org_usage.errors import ResponseTooLargeError

from ..conftest import DAY
from ..scripted import SETTINGS, START, Json, bucket, page, result
from . import bombs
from .wire import Wire, response

KINDS = ["gzip", "deflate", "members", "length", "chunks", "refusal"]
INFLATED = 500
"""MiB."""


def _send(connection: socket.socket, kind: str) -> None:
    match kind:
        case "good":
            connection.sendall(response(json.dumps(page()).encode()))
        case "length":
            connection.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {INFLATED * bombs.MIB}\r\n\r\n".encode())
            for piece in bombs.spaces(INFLATED):
                connection.sendall(piece)
        case "chunks":
            connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            for piece in bombs.spaces(INFLATED):
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        case "members":
            body = bombs.many_members(INFLATED)
            connection.sendall(response(body, headers="content-encoding: gzip\r\n"))
        case "refusal":
            body = bombs.bomb("gzip", INFLATED)
            connection.sendall(response(body, status="503 Busy", headers="content-encoding: gzip\r\n"))
        case _:
            body = bombs.bomb(kind, INFLATED)
            assert kind != "gzip" or len(body) < 530_000
            connection.sendall(response(body, headers=f"content-encoding: {kind}\r\n"))


def test_bombs_are_refused_in_little_memory(counts: Counter[str]) -> None:
    """500 MiB in 510 KB, in all framings: ResponseTooLargeError, and at most 100 MiB more at the peak."""

    def answer(connection: socket.socket, head: bytes) -> None:
        _send(connection, head.split(b"/")[1].decode())

    with Wire(answer) as wire:
        urls = [f"{wire.base_url[:-3]}/{kind}" for kind in ("good", *KINDS)]
        command = [sys.executable, "-W", "error", "-m", bombs.__name__, *urls]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr == ""
    assert float(done.stdout) <= 100
    counts["memory: MiB added at the peak by 500 MiB in 510 KB, 7 times"] = round(float(done.stdout))


class _Whole(httpx.AsyncBaseTransport):
    """Gives one body, compressed or not, as a stream."""

    def __init__(self, body: bytes, *, zipped: bool) -> None:
        self._body = gzip.compress(body) if zipped else body
        self._headers = {"content-encoding": "gzip"} if zipped else {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=self._headers, stream=httpx.ByteStream(self._body))


@pytest.mark.parametrize("zipped", [False, True])
def test_the_cap_is_exact(zipped: bool) -> None:
    """A page of just as many bytes is read, one byte more is refused, with the advice what to do."""
    body = json.dumps(page(bucket(0))).encode().ljust(5000)
    for cap, fits in ((5000, True), (4999, False)):
        options: dict[str, Any] = {
            **SETTINGS,
            "max_page_bytes": cap,
            "transport": _Whole(body, zipped=zipped),
        }
        with UsageClient(**options) as client:
            if fits:
                assert len(list(client.completions(start_time=START))) == 1
            else:
                with pytest.raises(ResponseTooLargeError, match=r"4,999 bytes.*fewer buckets") as caught:
                    list(client.completions(start_time=START))
                assert caught.value.resume.cursor is None


class _Days:
    """Answers each day's request with a bucket of `rows` results; counts the requests."""

    def __init__(self, rows: int) -> None:
        self.requests = 0
        self._asked = threading.Condition()
        self._template = json.dumps(page(bucket(0, *(result(model=f"model-{n}") for n in range(rows)))))

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._asked:
            self.requests += 1
            self._asked.notify_all()
        start = int(request.url.params["start_time"])
        body = self._template.replace(str(START + DAY), str(start + DAY)).replace(str(START), str(start))
        return httpx.Response(200, content=body)

    def wait_for(self, requests: int) -> None:
        """Wait until so many requests have come."""
        with self._asked:
            assert self._asked.wait_for(lambda: self.requests >= requests, timeout=60)

    def client(self, concurrency: int) -> UsageClient:
        options: Json = {**SETTINGS, "clock": lambda: START + 9999 * DAY, "concurrency": concurrency}
        return UsageClient(**options, transport=httpx.MockTransport(self.answer))


@pytest.mark.parametrize("concurrency", [1, 2, 8])
def test_pages_are_released_as_they_are_consumed(concurrency: int) -> None:
    """Only the current bucket lives on, and no more is fetched ahead than the concurrency allows."""
    days = _Days(rows=1)
    living: list[weakref.ref[Any]] = []
    read = most_alive = most_ahead = 0
    with days.client(concurrency) as client:
        for read, found in enumerate(
            client.completions(
                start_time=START, end_time=START + 100 * DAY, limit=1 if concurrency > 1 else None
            ),
            1,
        ):
            living = [weakref.ref(found), *(other for other in living if other() is not None)]
            most_alive = max(most_alive, len(living))
            most_ahead = max(most_ahead, days.requests - read)
    assert read == (100 if concurrency > 1 else 1)
    assert most_alive <= 2
    assert most_ahead <= concurrency


def peaks() -> list[int]:
    """The peaks of three thirds of 120,000 rows, in bytes.

    Each page waits for those ahead of it, lest what is held hang on which thread is faster; and garbage is
    collected, as when Python does that for what httpx ties in circles differs by version.
    """
    days = _Days(rows=1000)
    found: list[int] = []
    tracemalloc.start()
    with days.client(4) as client:
        query = client.completions(start_time=START, end_time=START + 120 * DAY, limit=1)
        for number, _ in enumerate(query.rows(), 1):
            if number % 1_000 == 1:
                days.wait_for(min(120, number // 1_000 + 4))
                gc.collect()
            if number % 40_000 == 0:
                found.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.reset_peak()
    return found


def test_memory_stays_flat(counts: Counter[str]) -> None:
    """Iterating over 120,000 rows: the peak of the last third is that of the first, within a tenth.

    In a process of its own, where there is little else to collect.
    """
    command = [sys.executable, "-c", f"from {__name__} import peaks; print(*peaks())"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    first, _, last = map(int, done.stdout.split())
    assert last <= 1.1 * first
    counts["memory: rows iterated with a flat peak"] += 120_000
