"""The HTTP face of the emulator: routes from the registry, refusals as JSON, a record of requests.

A request passes `RecordingMiddleware`, then the routes, where its answer may be spoilt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from http import HTTPStatus
from itertools import count
from time import perf_counter_ns
from typing import Self
from urllib.parse import parse_qsl

import attrs
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .._generated import ListOperation, Operation, redacted
from .answer import ApiAnswer, answer_error
from .auth import check_admin_key, scope_of
from .errors import ApiError, unknown_path, wrong_method
from .fault_injection import FaultInjector
from .list_paginator import ListPaginator
from .paginator import Paginator
from .raw_socket import pause, raw_socket_of, transmit
from .request_context import ListContext, RequestContext, UsageContext

PREFIX = "/v1"

_VERSION = "2020-10-01"
"""Version of the API, as in the real one's answers."""

_STANDARD_HEADERS = "openai_org_usage.standard_headers"


@attrs.frozen
class RecordedRequest:
    """A request that the emulator received; the key that came with it is not kept."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]

    def without_keys(self) -> Self:
        """The request without what looks like a key, should it be in the path or query."""
        query = tuple((redacted(name), redacted(text)) for name, text in self.query)
        return attrs.evolve(self, path=redacted(self.path), query=query)


@attrs.frozen
class StandardHeaders:
    """What every answer says of its request, as OpenAI's do."""

    request_id: str
    began: int

    def headers(self) -> list[tuple[str, str]]:
        """The headers, with the time that has passed until now."""
        milliseconds = (perf_counter_ns() - self.began) // 1_000_000
        return [
            ("x-request-id", self.request_id),
            ("openai-processing-ms", str(milliseconds)),
            ("openai-version", _VERSION),
        ]


class AnswerResponse(Response):
    """Sends an answer, by way of the connection itself if it has a transmission."""

    def __init__(
        self, answer: ApiAnswer, *, zip_bodies: bool = False, organization: str | None = None
    ) -> None:
        super().__init__()
        self._answer = answer
        self._zip_bodies = zip_bodies
        self._organization = [("openai-organization", organization)] if organization else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        answer = self._answer
        if self._zip_bodies and _accepts_gzip(Request(scope).headers.get("accept-encoding", "")):
            answer = answer.zipped()
        if answer.delay and not await pause(answer.delay, receive):
            return
        standard: StandardHeaders = scope[_STANDARD_HEADERS]
        headers = [("content-type", answer.content_type), *answer.headers, *self._organization]
        headers += standard.headers()
        if answer.transmission is None:
            await _send_whole(answer, headers, send)
        else:
            connection = raw_socket_of(scope)
            await transmit(
                answer, answer.transmission, headers=headers, connection=connection, receive=receive
            )


ContextOf = Callable[[Request, ApiError | None], RequestContext]
"""What makes the context of a request, which is refused if its key is."""


@attrs.frozen(kw_only=True)
class Answering:
    """What all answers to the key of one organization have in common.

    Attributes:
        injector: has them spoilt.
        admin_key: the one key that is accepted.
        organization_id: as a header of each answer names it.
        zip_bodies: whether bodies are compressed for who accepts it.
    """

    injector: FaultInjector
    admin_key: str = attrs.field(repr=False)
    organization_id: str
    zip_bodies: bool

    def route(self, operation: Operation | ListOperation, context_of: ContextOf) -> Route:
        """Where an operation is answered."""

        async def answer(request: Request) -> Response:
            if request.method != operation.method:
                return _wrong_method(request)
            refusal = _key_refusal(request, operation, admin_key=self.admin_key)
            return AnswerResponse(
                self.injector.answer(context_of(request, refusal)),
                zip_bodies=self.zip_bodies,
                organization=None if refusal else self.organization_id,
            )

        return Route(PREFIX + operation.path, answer, methods=[operation.method])


def build_routes(
    contexts: Iterable[tuple[Operation | ListOperation, ContextOf]], answering: Answering
) -> Starlette:
    """An application that answers the operations under `/v1`."""
    app = Starlette(
        routes=[answering.route(operation, context_of) for operation, context_of in contexts],
        exception_handlers={HTTPException: _refuse_route},
    )
    app.router.redirect_slashes = False
    return app


def usage_context(operation: Operation, paginator: Paginator, *, now: Callable[[], float]) -> ContextOf:
    """Contexts of requests for usage or costs."""

    def context(request: Request, refusal: ApiError | None) -> RequestContext:
        return UsageContext(paginator, operation, _pairs(request.scope), refusal=refusal, now=now())

    return context


def list_context(
    operation: ListOperation, paginator: ListPaginator, *, now: Callable[[], float]
) -> ContextOf:
    """Contexts of requests for a list."""

    def context(request: Request, refusal: ApiError | None) -> RequestContext:
        project_id = request.path_params.get("project_id", "")
        pairs = _pairs(request.scope)
        return ListContext(paginator, operation, pairs, project_id=project_id, refusal=refusal, now=now())

    return context


class RecordingMiddleware:
    """Records every request, and holds it up for a while."""

    def __init__(self, app: ASGIApp, *, latency: float, record: Callable[[RecordedRequest], None]) -> None:
        self._app = app
        self._latency = latency
        self._record = record
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record a request, wait for the latency, and have it answered."""
        if scope["type"] == "http":
            request_id = f"req_{sha256(str(next(self._numbers)).encode()).hexdigest()[:32]}"
            scope[_STANDARD_HEADERS] = StandardHeaders(request_id, perf_counter_ns())
            self._record(RecordedRequest(scope["method"], scope["path"], tuple(_pairs(scope))))
            if self._latency and not await pause(self._latency, receive):
                return
        await self._app(scope, receive, send)


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _accepts_gzip(accepted: str) -> bool:
    names = [part.partition(";") for part in accepted.replace(" ", "").lower().split(",")]
    return any(name == "gzip" and not re.fullmatch(r"q=0(\.0*)?", weight) for name, _, weight in names)


def _key_refusal(
    request: Request, operation: Operation | ListOperation, *, admin_key: str
) -> ApiError | None:
    authorization = request.headers.get("authorization")
    try:
        check_admin_key(authorization, admin_key=admin_key, scope=scope_of(operation))
    except ApiError as error:
        return error
    return None


def _wrong_method(request: Request) -> AnswerResponse:
    refusal = wrong_method(request.method, request.url.path)
    return AnswerResponse(answer_error(refusal, headers=(("allow", "GET"),)))


async def _send_whole(answer: ApiAnswer, headers: Iterable[tuple[str, str]], send: Send) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


async def _refuse_route(request: Request, error: Exception) -> Response:
    # Asynchronous, because starlette would run a plain function in a thread that outlives the server.
    status = error.status_code if isinstance(error, HTTPException) else None
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return _wrong_method(request)
    return AnswerResponse(answer_error(unknown_path(request.method, request.url.path)))
