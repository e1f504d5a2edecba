"""Sending one described request over HTTP: the only place that knows httpx and the key.

Both drivers are thin: address, headers and what an answer means are shared. Retries, the deadline
and the cap on the size of a body wrap `send`; nothing above this module knows of HTTP.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Any

import attrs
import httpx

from ._generated import Request
from .credentials import AdminKey
from .errors import APIConnectionError, APIStatusError, APITimeoutError
from .statuses import error_for

OK = 200


@attrs.frozen
class Endpoint:
    """Where requests go and with what key; shared by both drivers."""

    key: AdminKey
    base_url: str
    brackets: bool
    user_agent: str

    def url(self, request: Request[Any, Any, Any]) -> str:
        """The URL of `request`, without the key."""
        return request.url(self.base_url, brackets=self.brackets)

    def headers(self) -> dict[str, str]:
        """The headers of every request; the key is in them."""
        return {
            "Authorization": f"Bearer {self.key.reveal()}",
            "Accept": "application/json",
            "User-Agent": self.user_agent,
        }

    def body_of(self, request: Request[Any, Any, Any], answer: httpx.Response) -> bytes:
        """The body of a page.

        Raises:
            APIStatusError: the answer is no page.
        """
        if answer.status_code == OK:
            return answer.content
        raise self._status_error(answer.status_code, answer.headers, answer.content, request)

    def connection_error(
        self, error: httpx.HTTPError | httpx.InvalidURL, request: Request[Any, Any, Any]
    ) -> APIConnectionError:
        """Our error for httpx's `error`, which is stripped of everything that holds the key."""
        kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
        reason = str(error) or type(error).__name__
        ours = kind(f"{request.operation.name}: no answer from {self.base_url}: {reason}")
        ours.__cause__ = _stripped(error, url=self.base_url)
        return ours

    def _status_error(
        self, status: int, headers: Mapping[str, str], body: bytes, request: Request[Any, Any, Any]
    ) -> APIStatusError:
        error = error_for(status, headers, body, operation=request.operation.name)
        error.args = tuple(self.key.redacted_from(str(part)) for part in error.args)
        return error


class SyncTransport:
    """Sends requests with an httpx.Client, whose connections are made anew after a fork."""

    def __init__(self, endpoint: Endpoint, *, timeout: float, transport: httpx.BaseTransport | None) -> None:
        self.endpoint = endpoint
        self._timeout = timeout
        self._transport = transport
        self._client, self._process = self._connect(), os.getpid()

    def send(self, request: Request[Any, Any, Any]) -> bytes:
        """The body of the page that answers `request`.

        Raises:
            APIConnectionError: no answer came.
            APIStatusError: the answer is no page.
        """
        if self._process != os.getpid():
            self._client, self._process = self._connect(), os.getpid()
        return self.endpoint.body_of(request, self._ask(request))

    def _ask(self, request: Request[Any, Any, Any]) -> httpx.Response:
        try:
            return self._client.get(self.endpoint.url(request), headers=self.endpoint.headers())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            failure = self.endpoint.connection_error(error, request)
        raise failure  # Outside of `except`, so that the original is not its context.

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _connect(self) -> httpx.Client:
        return httpx.Client(timeout=self._timeout, transport=self._transport, follow_redirects=False)


class AsyncTransport:
    """Sends requests with an httpx.AsyncClient."""

    def __init__(
        self, endpoint: Endpoint, *, timeout: float, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self.endpoint = endpoint
        self._client = httpx.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False)

    async def send(self, request: Request[Any, Any, Any]) -> bytes:
        """The body of the page that answers `request`; raises as SyncTransport.send does."""
        return self.endpoint.body_of(request, await self._ask(request))

    async def _ask(self, request: Request[Any, Any, Any]) -> httpx.Response:
        try:
            return await self._client.get(self.endpoint.url(request), headers=self.endpoint.headers())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            failure = self.endpoint.connection_error(error, request)
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def user_agent(version: str) -> str:
    """What requests say of their sender."""
    return f"openai-org-usage/{version} python/{platform.python_version()}"


def _stripped(error: httpx.HTTPError | httpx.InvalidURL, *, url: str) -> Exception:
    """`error` without frames, causes and headers, all of which would show the key to a debugger."""
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request("GET", url)
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
