"""A loopback server whose costs are written down day by day, and which can leave days out."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..conftest import DAY, MIDNIGHT
from ..scripted import Json, page

Results = Sequence[Any]
Days = Mapping[int, Results | None]
"""What a day has, by how many days ago it is: results, or None if no bucket of it comes. Others are empty."""
TAG = "organization.costs.result"


def cost(value: Any, currency: Any = "usd", **more: Any) -> Json:
    """A result of costs as it is on the wire; a currency of `...` is not sent."""
    amount = {"value": value} if currency is ... else {"value": value, "currency": currency}
    return {"object": TAG, "amount": amount, **more}


def every_day(*results: Any, since: int = 83, until: int = 0) -> dict[int, Results]:
    """The same on each of the days, so many days ago; without more, of twelve weeks."""
    return dict.fromkeys(range(until, since + 1), results)


def without(days: Days, *gone: int) -> dict[int, Results | None]:
    """`days`, and no buckets of those that are `gone`."""
    return {**days, **dict.fromkeys(gone)}


class Ledgers:
    """What the server answers from; can be changed while it runs."""

    def __init__(self) -> None:
        self.days: Days = {}
        self.keeps = 365
        """How many days back it answers for."""

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, Json]:
        """Status and body."""
        start, end = (int(query[name][0]) for name in ("start_time", "end_time"))
        earliest = MIDNIGHT - self.keeps * DAY
        if start < earliest:
            return 400, _too_early(earliest)
        is_costs = path.endswith("/costs")
        return 200, page(*self._buckets(start, end) if is_costs else ())

    def _buckets(self, start: int, end: int) -> Iterator[Json]:
        for at in range(start, min(end, MIDNIGHT + DAY), DAY):
            results = self.days.get((MIDNIGHT - at) // DAY, ())
            if results is not None:
                times = {"start_time": at, "end_time": at + DAY}
                yield {"object": "bucket", **times, "results": list(results)}


def _too_early(earliest: int) -> Json:
    message = f"Data are available for some days only; earliest supported: start_time {earliest}."
    code = "reporting_lookback_exceeded"
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


@contextmanager
def serving(ledgers: Ledgers) -> Generator[str]:
    """Serve them; the base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            status, body = ledgers.answer(asked.path, parse_qs(asked.query))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        log_message: Callable[..., None] = staticmethod(lambda *_, **__: None)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        handle_error: Callable[..., None] = staticmethod(lambda *_: None)  # A client may go away at any time.

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
