"""The two validators of recorded traffic: openapi-core in a process of its own, Prism as a proxy."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Generator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from codegen.tree import is_array

from .documents import Contract, without_discriminators
from .mocks import prism_objections
from .processes import NODE_TOOLS, PYTHON_TOOLS, RefereeError, free_port, serving
from .traffic import Objections, Record, score
from .verdicts import ScoreSheet
from .wire import Exchange

PREFIX = "/v1"
_SECONDS = 300
_NUMBER = "X-Record"


def judge_by_openapi_core(contract: Contract, records: Sequence[Record], *, folder: Path) -> ScoreSheet:
    """Requests and answers, by the document less its discriminators, which it takes too seriously."""
    sheet = ScoreSheet(f"openapi-core on {contract.name}", asked="recorded traffic, requests and answers")
    document = without_discriminators(contract).write(folder)
    lines = "\n".join(json.dumps(_as_line(each)) for each in records)
    judge = Path(__file__).with_name("openapi_core_judge.py")
    done = subprocess.run(
        [str(PYTHON_TOOLS / "python"), "-P", str(judge), str(document)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RefereeError(f"openapi-core ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    score(sheet, records, [_objections(line) for line in done.stdout.splitlines()])
    return sheet


def judge_by_prism_proxy(contract: Contract, records: Sequence[Record], *, folder: Path) -> ScoreSheet:
    """The record played again, through Prism."""
    sheet = ScoreSheet(f"Prism proxy on {contract.name}", asked="the same traffic, played through it")
    port = free_port()
    with _playing(records) as target:
        prism, document = str(NODE_TOOLS / "prism"), str(contract.write(folder))
        options = ["--errors", "-v", "warn", "-h", "127.0.0.1", "-p", str(port)]
        command = [prism, "proxy", *options, document, target]
        with serving(command, port=port, log=sheet.referee.replace(" ", "-")) as url, httpx.Client() as http:
            said = [_ask(http, url, number, each) for number, each in enumerate(records)]
    score(sheet, records, said)
    return sheet


def _as_line(each: Record) -> dict[str, str]:
    exchange = each.exchange
    return {
        "method": exchange.method,
        "path": exchange.url.path,
        "query": exchange.url.query.decode(),
        "authorized": "yes" if each.authorized else "",
        "status": str(exchange.status),
        "content_type": exchange.headers.get("content-type", ""),
        "headers": json.dumps(dict(exchange.headers)),
        "body": exchange.body.decode(),
    }


def _objections(line: str) -> Objections:
    found: object = json.loads(line)
    pairs = found if is_array(found) else []
    return [(str(pair[0]), str(pair[1])) for pair in pairs if is_array(pair)]


def _ask(http: httpx.Client, url: str, number: int, each: Record) -> Objections:
    path = each.exchange.url.raw_path.decode().removeprefix(PREFIX)
    headers = {_NUMBER: str(number)} | ({"Authorization": "Bearer sk-admin-x"} if each.authorized else {})
    answer = http.get(url + path, headers=headers)
    got = Exchange("GET", answer.request.url, answer.status_code, answer.headers, answer.content)
    return [(side, text) for side in ("request", "response") for text in prism_objections(got, side=side)]


@contextlib.contextmanager
def _playing(records: Sequence[Record]) -> Generator[str]:
    """A server that answers with the record whose number a request carries; yields its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _player(records))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _player(records: Sequence[Record]) -> type[BaseHTTPRequestHandler]:
    class Player(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            exchange = records[int(self.headers[_NUMBER])].exchange
            self.send_response(exchange.status)
            for name in ("content-type", "retry-after"):
                if name in exchange.headers:
                    self.send_header(name, exchange.headers[name])
            self.send_header("Content-Length", str(len(exchange.body)))
            self.end_headers()
            self.wfile.write(exchange.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Player
