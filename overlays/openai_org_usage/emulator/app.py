"""The HTTP face of the emulator: routes from the registry, refusals as JSON, a record of requests.

A request passes `Front` (record, latency, headers), then whatever the `Intercept` puts in its way,
then the routes.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from http import HTTPStatus
from itertools import count
from time import perf_counter_ns
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qsl

import anyio
import msgspec
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .._generated import Operation
from .access import check_admin_key
from .errors import ApiError, unknown_path, wrong_method
from .page import Pages

PREFIX: Final = "/v1"

Intercept = Callable[[ASGIApp], ASGIApp]
"""Wraps the application that answers; may delay, change, cut off or replace its answers."""

_JSON: Final = msgspec.json.Encoder(decimal_format="number")


class RecordedRequest(NamedTuple):
    """A request that the emulator received; the key that came with it is not kept."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]

    def without(self, secret: str) -> Self:
        """Return the request with a secret blotted out, should it be in the path or query."""
        blot = [(name.replace(secret, "***"), text.replace(secret, "***")) for name, text in self.query]
        return self._replace(path=self.path.replace(secret, "***"), query=tuple(blot))


def build_routes(
    operations: Iterable[Operation], *, pages: Pages, admin_key: str, now: Callable[[], float]
) -> Starlette:
    """Return an application that answers the operations under `/v1`."""

    def route(operation: Operation) -> Route:
        async def answer(request: Request) -> Response:
            try:
                if request.method != operation.method:
                    raise wrong_method(request.method, request.url.path)
                check_admin_key(request.headers.get("authorization"), admin_key=admin_key)
                return _json(pages.answer(operation, _pairs(request.scope), now=int(now())))
            except ApiError as error:
                return _json(error.body(), status=error.status)

        return Route(PREFIX + operation.path, answer, methods=[operation.method])

    app = Starlette(
        routes=[route(operation) for operation in operations],
        exception_handlers={HTTPException: _refuse_route},
    )
    app.router.redirect_slashes = False
    return app


class Front:
    """Sees every request first and every answer last."""

    def __init__(self, app: ASGIApp, *, latency: float, record: Callable[[RecordedRequest], None]) -> None:
        self._app = app
        self._latency = latency
        self._record = record
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record a request, wait for `latency` seconds, and mark the answer as OpenAI does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter_ns()
        request_id = f"req_{sha256(str(next(self._numbers)).encode()).hexdigest()[:32]}"
        self._record(RecordedRequest(scope["method"], scope["path"], tuple(_pairs(scope))))
        if self._latency:
            await anyio.sleep(self._latency)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["openai-processing-ms"] = str((perf_counter_ns() - began) // 1_000_000)
            await send(message)

        await self._app(scope, receive, send_marked)


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _json(body: object, *, status: int = 200) -> Response:
    return Response(_JSON.encode(body), status_code=status, media_type="application/json")


async def _refuse_route(request: Request, error: Exception) -> Response:
    # Asynchronous, because starlette would run a plain function in a thread that outlives the server.
    status = error.status_code if isinstance(error, HTTPException) else None
    refuse = wrong_method if status == HTTPStatus.METHOD_NOT_ALLOWED else unknown_path
    refusal = refuse(request.method, request.url.path)
    return _json(refusal.body(), status=refusal.status)
