"""What went over the wire: a transport for our client that sends for real, records, and may add.

The client has no option for extra headers, and mock servers are steered by headers; and what they
answer are pages whose times and cursors are random, which a walk over pages refuses, rightly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl

import attrs
import httpx
import msgspec

from codegen.tree import Object, as_object, member, objects_in

from .questions import WIDTH_SECONDS, Question, as_text

Rewrite = Callable[[httpx.URL, bytes], bytes]

_OF_THE_CONNECTION = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


@attrs.frozen
class Exchange:
    """One request, the key left out, and its answer as the client saw it."""

    method: str
    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def json(self) -> Object:
        """The body; numbers with a fraction as Decimal. Empty where it is no JSON object."""
        try:
            return as_object(json.loads(self.body, parse_float=Decimal))
        except (ValueError, RecursionError):
            return {}

    @property
    def reproduction(self) -> str:
        """A line to see it again."""
        return f"{self.method} {self.url} -> {self.status} {self.body[:300].decode(errors='replace')}"


class Forwarding(httpx.AsyncBaseTransport):
    """Sends what it is given to the real server; both clients take it."""

    def __init__(self) -> None:
        self.headers: Mapping[str, str] = {}
        """Added to each request."""
        self.rewrite: Rewrite | None = None
        """Makes the body of an answer with status 200 out of the one that came."""
        self._exchanges: list[Exchange] = []
        self._network = httpx.AsyncHTTPTransport()

    def take(self) -> list[Exchange]:
        """What went over the wire since this was last asked."""
        taken, self._exchanges = self._exchanges, []
        return taken

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and return its answer."""
        request.headers.update(self.headers)
        answer = await self._network.handle_async_request(request)
        await answer.aread()
        await answer.aclose()
        return self._recorded(request, answer)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._network.aclose()

    def _recorded(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        body = answer.content
        if self.rewrite and answer.status_code == 200:
            body = self.rewrite(request.url, body)
        kept = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in _OF_THE_CONNECTION]
        headers = httpx.Headers(kept)
        self._exchanges.append(Exchange(request.method, request.url, answer.status_code, headers, body))
        return httpx.Response(answer.status_code, headers=headers, content=body)


def straightened(url: httpx.URL, body: bytes) -> bytes:
    """The page in `body` as the last one, its buckets one after the other from `start_time` on.

    Nothing else of it is changed: not the results, not what the server has beside them.
    """
    page = as_object(_DECODER.decode(body))
    width = WIDTH_SECONDS[url.params.get("bucket_width", "1d")]
    start = int(url.params["start_time"])
    for number, bucket in enumerate(objects_in(page, "data")):
        bucket["start_time"] = start + number * width
        bucket["end_time"] = start + (number + 1) * width
    page.update(has_more=False, next_page=None)
    return _ENCODER.encode(page)


def sent(url: httpx.URL) -> set[tuple[str, str]]:
    """The names and values in `url`, lists in either form; not what paging decides on."""
    pairs = parse_qsl(url.query.decode(), keep_blank_values=True)
    return {(name.removesuffix("[]"), value) for name, value in pairs} - _paging(pairs)


def asked_for(question: Question) -> set[tuple[str, str]]:
    """What has to be sent for `question`, as `sent` reads it."""
    pairs: list[tuple[str, str]] = []
    for name, value in question.arguments.items():
        pairs += [(name, text) for text in (value if isinstance(value, list) else [as_text(value)])]
    return set(pairs) - _paging(pairs)


def _paging(pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """What a client may choose for itself: the window that it asks for, and the size of a page."""
    return {(name, value) for name, value in pairs if name in ("start_time", "end_time", "limit")}


def results_in(page: Object) -> list[Object]:
    """The results of all buckets of a page."""
    return [result for bucket in objects_in(page, "data") for result in objects_in(bucket, "results")]


def tag_of(result: object) -> str:
    """What kind of result it is."""
    return str(member(result, "object"))
