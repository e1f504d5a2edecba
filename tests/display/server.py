"""A server on the loopback whose answers are hostile wherever the API answers with text."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs

from ..conftest import DAY, MIDNIGHT
from ..scripted import Json
from .strings import HOSTILE, marked

_MESSAGE = 450
"""Characters of an error's message that are shown for certain."""


@attrs.frozen
class Reply:
    """An answer."""

    body: Json
    status: int = 200
    request_id: str = "req_1"


@attrs.frozen
class Server:
    """Answers below `/<world>/v1`, each world in its own way."""

    address: str
    seen: threading.Event
    """Lets the slow world answer."""

    def url(self, world: str) -> str:
        return f"{self.address}/{world}/v1"


def lumps() -> list[str]:
    """All texts, as many in one as an error's message shows."""
    found = [""]
    for text in marked():
        if len(found[-1]) + len(text) > _MESSAGE:
            found.append("")
        found[-1] += text
    return found


def lump(number: str) -> str:
    return lumps()[int(number)]


def costs_rows(texts: Sequence[str], currencies: Sequence[str]) -> list[Json]:
    """A result of costs for each text, in all its places; the currencies in turn."""
    return [
        {
            "object": "organization.costs.result",
            "amount": {"value": f"{place}.5", "currency": currencies[place % len(currencies)], text: text},
            "line_item": text,
            "project_id": text,
            "project_name": text,
            "api_key_id": text,
            "user_id": text,
            "user_email": text,
            "organization_id": HOSTILE[place],
            "quantity": place + 1,
            "quantity_unit": text,
            f"x{text}": {text: [text]},
        }
        for place, text in enumerate(texts)
    ]


def completions_rows(texts: Sequence[str]) -> list[Json]:
    """The same of completions."""
    return [
        {
            "object": "organization.usage.completions.result",
            "input_tokens": place + 1,
            "output_tokens": 1,
            "num_model_requests": 1,
            "model": text,
            "project_id": text,
            "user_id": text,
            "api_key_id": HOSTILE[place],
            "service_tier": text,
            f"x{text}": text,
        }
        for place, text in enumerate(texts)
    ]


def unknown_rows(texts: Sequence[str]) -> list[Json]:
    """Results of types that no document knows."""
    return [{"object": f"organization.{text}", text: text} for text in texts]


def _page(rows: Sequence[Json], *, cursor: Any = None) -> Json:
    start = MIDNIGHT - DAY
    buckets = [
        {
            "object": "bucket",
            "start_time": start,
            "end_time": start + DAY,
            "results": list(rows),
            f"x{marked()[0]}": marked()[50],
            "start_time_iso": marked()[5],
        }
    ]
    return {
        "object": "page",
        "data": buckets,
        "has_more": cursor is not None,
        "next_page": cursor,
        f"y{marked()[60]}": marked()[61],
    }


def _empty() -> Json:
    return {"object": "page", "data": [], "has_more": False, "next_page": None}


def _error(text: str, *, status: int) -> Reply:
    error = {"message": text, "code": text, "param": text, "type": text, text: text}
    return Reply({"error": error, text: text}, status=status, request_id=text)


_World = Callable[["_Handler", str, dict[str, list[str]]], Reply]


def _rows(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """Every text in every place of one bucket."""
    texts = marked()
    rows = costs_rows(texts, texts) if path.endswith("costs") else completions_rows(texts)
    return _within(rows, query)


def _spends(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """What a report can show: the texts are many, the currencies few."""
    texts = marked()
    currencies = ["usd", *texts[::28]]
    rows = costs_rows(texts, currencies) if path.endswith("costs") else completions_rows(texts)
    return _within([*rows, *unknown_rows(texts[::20])], query)


def _unknown(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    return _within(unknown_rows(marked()), query)


def _refused(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """400 with the texts of a lump, which is named by the world."""
    return _error(lump(handler.world.partition("-")[2]), status=400)


def _owners(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """The breakdowns by owner are refused, each with another lump."""
    by = query.get("group_by", ["line_item"])[0]
    first = int(handler.world.partition("-")[2])
    names = ["project_id", "user_id", "api_key_id"]
    if path.endswith("costs") and by in names:
        return _error(lumps()[min(first + names.index(by), len(lumps()) - 1)], status=400)
    rows = costs_rows(marked()[:3], ["usd"]) if path.endswith("costs") else []
    return _within(rows, query)


def _too_long_ago(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """The error that has the command name another one."""
    message = f"start_time must not be before {MIDNIGHT - DAY}. {lump(handler.world.partition('-')[2])}"
    error = {"message": message, "code": "reporting_lookback_exceeded"}
    return Reply({"error": error}, status=400)


def _failing(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """500 with one lump after the other; then the rows."""
    server = handler.server
    assert isinstance(server, _HTTPServer)
    turn = server.turns[handler.world] = server.turns.get(handler.world, -1) + 1
    if turn < len(lumps()):
        return _error(lumps()[turn], status=500)
    return Reply({**_page(completions_rows(marked()))}, request_id=lumps()[turn % len(lumps())])


def _cursors(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """The cursor is a lump, and comes again."""
    return Reply(_page(costs_rows(marked(), ["usd"]), cursor=lump(handler.world.partition("-")[2])))


def _tags(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """The tag of the page is a lump."""
    return Reply({**_empty(), "object": lump(handler.world.partition("-")[2])})


def _slow(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    """The page comes once somebody has seen that it is waited for."""
    server = handler.server
    assert isinstance(server, _HTTPServer)
    assert server.seen.wait(60)
    return _rows(handler, path, query)


def _surrogate(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    return Reply(_page(costs_rows(["a\ud800b"], ["usd"])))


def _in_an_error(handler: _Handler, path: str, query: dict[str, list[str]]) -> Reply:
    return _error("a\ud800b", status=400)


WORLDS: dict[str, _World] = {
    "rows": _rows,
    "spends": _spends,
    "unknown": _unknown,
    "refused": _refused,
    "owners": _owners,
    "lookback": _too_long_ago,
    "failing": _failing,
    "cursors": _cursors,
    "tags": _tags,
    "slow": _slow,
    "surrogate": _surrogate,
    "surrogate-error": _in_an_error,
}


def _within(rows: Sequence[Json], query: dict[str, list[str]]) -> Reply:
    """The page of yesterday, if it is asked for."""
    start, end = int(query.get("start_time", ["0"])[0]), int(query.get("end_time", [str(MIDNIGHT + DAY)])[0])
    return Reply(_page(rows) if start < MIDNIGHT <= end else _empty())


class _Handler(BaseHTTPRequestHandler):
    world: str

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.world = parts.path.split("/")[1]
        answer = WORLDS.get(self.world) or WORLDS[self.world.partition("-")[0]]
        reply = answer(self, parts.path, parse_qs(parts.query))
        body = json.dumps(reply.body, ensure_ascii="surrogate" in self.world).encode()
        self.send_response_only(reply.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("retry-after-ms", "1")
        raw = "".join(char for char in reply.request_id if char >= " " and char != "\x7f")
        self.flush_headers()
        self.wfile.write(b"x-request-id: " + raw.encode("utf-8", "replace").strip() + b"\r\n\r\n" + body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.turns: dict[str, int] = {}
        self.seen = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has heard enough is no error; any other fails in the test."""


@contextmanager
def hostile_server() -> Generator[Server]:
    """A server, for as long as this lasts."""
    with _HTTPServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{server.server_address[1]}", server.seen)
        finally:
            server.shutdown()
            thread.join()
