"""Servers and networks that would show the key if they could, and the places where it might show."""

from __future__ import annotations

import json
import logging
import pickle
import ssl
import traceback
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import httpx

from ..scripted import KEY, Json, bucket, error, page, result
from .canary import FORMS, trace_of

Answer = Callable[[httpx.Request], httpx.Response]
BEARER = f"Bearer {KEY}"


def _raising(make: Callable[[httpx.Request], Exception]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise make(request)

    return answer


def _caused(request: httpx.Request) -> Exception:
    failure = httpx.ConnectError("refused", request=request)
    failure.__cause__ = OSError(f"while sending {request.headers['authorization']}")
    failure.__context__ = failure.__cause__
    return failure


def _saying(status: int, body: bytes | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said = (
        error(status, f"Incorrect API key: {BEARER}", code=KEY, param=KEY).content if body is None else body
    )
    return lambda _: httpx.Response(status, content=said, headers=named)


def _paging(*answers: Json) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=answers["page" in request.url.params])

    return answer


def _listing(*ids: str, **more: Any) -> Answer:
    """Every page of a list of users is this one."""
    users = [{"object": "organization.user", "id": each, "name": KEY, "email": KEY} for each in ids]
    return _saying(200, _text({"object": "list", "data": users, "has_more": False, **more}))


def _text(body: Json) -> bytes:
    return json.dumps(body).encode()


BETRAYALS: dict[str, Answer] = {
    "connection refused": _raising(lambda request: httpx.ConnectError("refused", request=request)),
    "connection refused with a cause": _raising(_caused),
    "connect timeout": _raising(lambda request: httpx.ConnectTimeout("slow", request=request)),
    "read timeout": _raising(lambda request: httpx.ReadTimeout("", request=request)),
    "broken off": _raising(lambda request: httpx.RemoteProtocolError("peer closed", request=request)),
    "reset": _raising(lambda request: ConnectionResetError("reset")),
    "bad certificate": _raising(lambda request: ssl.SSLError("certificate verify failed")),
    "odd value": _raising(lambda request: ValueError("bad header")),
    "a transport with a bug": _raising(lambda request: RuntimeError("bug")),
    **{
        f"{status} with the key": _saying(status)
        for status in (400, 401, 403, 404, 408, 409, 418, 429, 500, 503)
    },
    **{
        f"401 with the key {how}": _saying(401, error(401, f"{put(KEY)} is wrong", param=put(KEY)).content)
        for how, put in FORMS.items()
    },
    "401 with the key at the end of what is shown": _saying(401, error(401, "x" * 485 + KEY).content),
    "a web page with the key in entities": _saying(
        401, _text({"error": "".join(f"&#{ord(c)};" for c in KEY)})
    ),
    "an error with status 200": _saying(200, _text({"error": {"message": "x" * 485 + KEY}})),
    "a line that is no HTTP": _raising(lambda request: httpx.RemoteProtocolError(f"illegal line: {BEARER}")),
    "redirect with the key": _saying(302, location=f"https://api.test/?key={KEY}"),
    "missing scopes": _saying(403, error(403, f"{KEY}: Missing scopes: api.usage.read").content),
    "HTML refusal with the key": _saying(502, f"<html>{KEY}".encode()),
    "key in a header": _saying(401, b"", x_debug=BEARER, www_authenticate=BEARER, set_cookie=KEY),
    "key as request id": _saying(500, b"", x_request_id=KEY),
    "key as Retry-After": _saying(429, b"", retry_after=KEY),
    "HTML with the key": _saying(200, f"<html>{KEY}".encode()),
    "text with the key": _saying(200, KEY.encode()),
    "empty with the key in a header": _saying(200, b"", x_debug=BEARER),
    "key as a tag": _saying(200, _text({"object": KEY})),
    "key as a count": _saying(200, _text(page(bucket(0, result(input_tokens=KEY))))),
    "key as a cursor": _paging(page(bucket(0), cursor=KEY), page(bucket(1), cursor=KEY)),
    "key as a field": _paging(page(bucket(0), cursor="A", **{KEY: 1}), page(bucket(1), cursor="A")),
    "key as a kind of result": _paging(
        page(bucket(0, {"object": KEY, "of": KEY}), cursor="A"), page(bucket(1), cursor="A")
    ),
    "key as a last id": _listing("a", has_more=True, last_id=KEY),
    "key as an item that comes twice": _listing(KEY, KEY),
    "key where it is said whether there is more": _listing(KEY, has_more=KEY),
    "key in a body that breaks off": _saying(200, f'{{"object": "page", "next_page": "{KEY}'.encode()),
    "key in a gzip that is none": _saying(503, KEY.encode(), content_encoding="x"),
    "key in a page that is too large": _saying(200, KEY.encode() * 9999),
}


def places(failure: BaseException) -> dict[str, str]:
    """All that an error could tell to a log, a debugger, another process or a reader."""
    told = traceback.TracebackException.from_exception(failure, capture_locals=True)
    found = {"traceback with locals": "".join(told.format())}
    for number, link in enumerate(_chain(failure)):
        found[f"str {number}"], found[f"repr {number}"] = str(link), repr(link)
        notes = getattr(link, "__notes__", ())
        found[f"attributes {number}"] = repr((link.args, vars(link), notes))
        found[f"pickle {number}"] = _pickled(link)
    return found


def _chain(failure: BaseException) -> Iterator[BaseException]:
    links: list[BaseException | None] = [failure]
    seen = set[int]()
    while links:
        link = links.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            yield link
            links += [link.__cause__, link.__context__]


def _pickled(thing: object) -> str:
    try:
        return pickle.dumps(thing).decode("latin-1")
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        return str(error)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record) + repr(vars(record)))


@attrs.define
class Witness:
    """What is noted while something goes wrong: logs of every logger, warnings, events, errors."""

    texts: dict[str, str] = attrs.field(factory=dict[str, str])
    _events: list[object] = attrs.field(factory=list[object])

    def hear(self, event: object) -> None:
        """A hook of the client."""
        self._events.append(event)

    def see(self, failure: BaseException) -> None:
        """An error that came out."""
        self.texts.update(places(failure))

    def show(self, *things: object) -> None:
        """Things that a caller holds."""
        for thing in things:
            self.texts[f"repr of {type(thing).__name__}"] = f"{thing!r} {thing}"

    def leaks(self) -> list[str]:
        """Where the key shows."""
        texts = {**self.texts, "events": repr(self._events), "pickled events": _pickled(self._events)}
        return [f"{place}: {trace}" for place, text in texts.items() if (trace := trace_of(text))]


@contextmanager
def witnessed() -> Generator[Witness]:
    """Keep what every logger says, at every level, and every warning."""
    witness, kept, root = Witness(), _Kept(), logging.getLogger()
    level = root.level
    root.addHandler(kept)
    root.setLevel(1)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield witness
    finally:
        root.removeHandler(kept)
        root.setLevel(level)
    witness.texts["logs"] = "\n".join(kept.texts)
    witness.texts["warnings"] = "\n".join(str(warning) for warning in warned)


def all_hooks(witness: Witness) -> dict[str, Any]:
    """The options with which a client tells the witness everything."""
    return {"on_page": witness.hear, "on_retry": witness.hear, "max_page_bytes": 50_000}
