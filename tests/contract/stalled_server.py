"""Servers that keep a client waiting, each in its own way."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from ..conftest import DAY
from ..scripted import START, bucket, page, result
from .wire import Wire, response

PAUSE = 0.02
Answer = Callable[[Wire, socket.socket, bytes], None]


def _never(wire: Wire, connection: socket.socket, head: bytes) -> None:
    wire.ended.wait()


def _dribble(wire: Wire, connection: socket.socket, answer: Iterator[bytes]) -> None:
    for piece in answer:
        connection.sendall(piece)
        if wire.ended.wait(PAUSE):
            return


def _endless(start: bytes, piece: bytes) -> Iterator[bytes]:
    yield start
    while True:
        yield piece


def _slow_body(wire: Wire, connection: socket.socket, head: bytes) -> None:
    _dribble(wire, connection, _endless(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n{", b" "))


def _slow_chunks(wire: Wire, connection: socket.socket, head: bytes) -> None:
    _dribble(
        wire, connection, _endless(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n")
    )


def _slow_refusal(wire: Wire, connection: socket.socket, head: bytes) -> None:
    _dribble(wire, connection, _endless(b"HTTP/1.1 503 Busy\r\ncontent-length: 999999\r\n\r\n", b" "))


def _slow_headers(wire: Wire, connection: socket.socket, head: bytes) -> None:
    _dribble(wire, connection, _endless(b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n"))


def _slow_status(wire: Wire, connection: socket.socket, head: bytes) -> None:
    _dribble(wire, connection, _endless(b"HTTP/1.1 200 ", b"O"))


def _always_more(wire: Wire, connection: socket.socket, head: bytes) -> None:
    """One bucket that is continued for ever."""
    start = int(head.partition(b"start_time=")[2].partition(b"&")[0])
    more = result(model=f"model-{wire.requests}")
    body = page(bucket((start - START) // DAY, more), cursor=f"c{wire.requests}")
    connection.sendall(response(json.dumps(body).encode()))


def _slow_pages(wire: Wire, connection: socket.socket, head: bytes) -> None:
    if not wire.ended.wait(PAUSE):
        _always_more(wire, connection, head)


def _throttled_for_long(wire: Wire, connection: socket.socket, head: bytes) -> None:
    connection.sendall(response(b"", status="429 Slow", headers="retry-after: 100\r\n"))


def _throttled_shortly(wire: Wire, connection: socket.socket, head: bytes) -> None:
    connection.sendall(response(b"", status="429 Slow", headers="retry-after-ms: 30\r\n"))


def _slow_windows(wire: Wire, connection: socket.socket, head: bytes) -> None:
    """Good pages of one day, each after a pause."""
    if wire.ended.wait(PAUSE):
        return
    start = int(head.partition(b"start_time=")[2].partition(b"&")[0])
    connection.sendall(response(json.dumps(page(bucket((start - START) // DAY))).encode()))


SERVERS: dict[str, Answer] = {
    "never answers": _never,
    "status line without end": _slow_status,
    "headers without end": _slow_headers,
    "body byte by byte": _slow_body,
    "chunks byte by byte": _slow_chunks,
    "refusal byte by byte": _slow_refusal,
    "pages without end": _always_more,
    "slow pages without end": _slow_pages,
    "429 with a long Retry-After": _throttled_for_long,
    "429 with a short one, for ever": _throttled_shortly,
    "hundreds of slow windows": _slow_windows,
}
ENDS_EARLY = {"429 with a long Retry-After"}
"""Where waiting is pointless, so that the error comes at once."""


@contextmanager
def stalling(kind: str) -> Generator[str]:
    """A base URL at which a client is kept waiting."""
    if kind == "TLS handshake without end":
        with Wire(lambda connection, head: None) as wire:
            yield wire.base_url.replace("http:", "https:")
    elif kind == "connection not accepted":
        with _full_backlog() as port:
            yield f"http://127.0.0.1:{port}/v1"
    else:
        with Wire(lambda connection, head: SERVERS[kind](wire, connection, head)) as wire:
            yield wire.base_url


@contextmanager
def _full_backlog() -> Generator[int]:
    """A listening port that accepts nobody, and whose queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port: int = server.getsockname()[1]
        waiting: list[socket.socket] = []
        for _ in range(8):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            waiting.append(client)
        try:
            yield port
        finally:
            for client in waiting:
                client.close()


KINDS = [*SERVERS, "TLS handshake without end", "connection not accepted"]
