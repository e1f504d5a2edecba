"""A server whose answers tell which question they belong to, and what is open in this process."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from .wire import Wire, response

DAY = 86_400
EPOCH = 1_296_000_000
"""A midnight."""


def page_for(start: int, *, cursor: str | None = None) -> bytes:
    """The page of the day that begins at `start`; its one result says so."""
    result = {
        "object": "organization.usage.completions.result",
        "input_tokens": start // 60,
        "output_tokens": 0,
        "num_model_requests": 1,
        "model": f"model-{start}",
    }
    bucket = {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": [result]}
    page = {"object": "page", "data": [bucket], "has_more": cursor is not None, "next_page": cursor}
    return json.dumps(page).encode()


def question(day: int, days: int = 1) -> dict[str, Any]:
    """The arguments that ask for some days, each in a request of its own."""
    return {"start_time": EPOCH + day * DAY, "end_time": EPOCH + (day + days) * DAY, "limit": 1}


def is_answer(buckets: list[Any], day: int, days: int = 1) -> bool:
    """Whether these buckets answer `question(day, days)`, and nothing else."""
    starts = [EPOCH + (day + index) * DAY for index in range(days)]
    found = [(b.start_time, [(r.model, r.input_tokens) for r in b.results]) for b in buckets]
    return found == [(start, [(f"model-{start}", start // 60)]) for start in starts]


def answer(connection: socket.socket, head: bytes) -> None:
    """Answer a request truthfully."""
    asked = dict(parse_qsl(head.split()[1].decode().partition("?")[2]))
    start, end = int(asked.get("page", asked["start_time"])), int(asked["end_time"])
    cursor = str(start + DAY) if start + DAY < end else None
    connection.sendall(response(page_for(start, cursor=cursor)))


@contextmanager
def truthful(*, tls: ssl.SSLContext | None = None) -> Generator[Wire]:
    """A server that answers at once."""
    with Wire(answer, tls=tls) as wire:
        yield wire


@contextmanager
def hesitant(seconds: float) -> Generator[Wire]:
    """A server that answers after a while."""

    def late(connection: socket.socket, head: bytes) -> None:
        if not wire.ended.wait(seconds):
            answer(connection, head)

    with Wire(late) as wire:
        yield wire


def open_files() -> int:
    """How many descriptors this process has."""
    return len(os.listdir("/proc/self/fd" if Path("/proc/self/fd").exists() else "/dev/fd"))


def own_threads() -> list[str]:
    """The threads of this library, and those that anyio or asyncio made for it."""
    made = ("openai-org-usage", "AnyIO", "asyncio")
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith(made)]
    return [name for name in names if not name.endswith("-emulator")]
