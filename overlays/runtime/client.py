"""The client that the endpoint functions take: one request, one answer, no paging, no retries.

`openai_org_usage.UsageClient` is the one for daily use.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Generic, TypeVar

import attrs
import httpx

from .document import SERVER_URL
from .errors import UnexpectedStatusError
from .models.error_response import ErrorResponse
from .page_decoder import decode_part
from .redaction import keep_out
from .registry import ApiOperation
from .request import ApiRequest

PageT = TypeVar("PageT")
OperationT = TypeVar("OperationT", bound=ApiOperation)


@attrs.frozen
class Response(Generic[PageT]):
    """The answer to one request."""

    status_code: int
    content: bytes = attrs.field(repr=False)
    headers: httpx.Headers = attrs.field(repr=False)
    parsed: PageT | ErrorResponse | None
    """The page, or the error body; None where an error came without the documented body."""


@attrs.define(kw_only=True)
class AuthenticatedClient:
    """Sends described requests with an admin key.

    Attributes:
        base_url: where the API is.
        token: an admin key; it is in no repr.
        timeout: seconds for connecting and for each read; finite unless you pass None.
        brackets: whether lists are sent as `name[]=…` instead of `name=…`.
        raise_on_unexpected_status: whether a status other than 200 raises UnexpectedStatusError.
        httpx_args: further arguments of httpx.Client and httpx.AsyncClient.
    """

    token: str = attrs.field(repr=False)
    base_url: str = SERVER_URL
    timeout: float | httpx.Timeout | None = 60.0
    brackets: bool = False
    raise_on_unexpected_status: bool = False
    httpx_args: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    _client: httpx.Client | None = attrs.field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep_out(self, attribute="token")

    def send(self, request: ApiRequest[OperationT, PageT]) -> Response[PageT]:
        """Send `request` once; see the endpoint functions for what it returns and raises."""
        answer = self.get_httpx_client().request(
            request.operation.method, self._url(request), headers=self._headers()
        )
        return self._response(request, answer)

    async def send_async(self, request: ApiRequest[OperationT, PageT]) -> Response[PageT]:
        """Send `request` once; see the endpoint functions for what it returns and raises."""
        answer = await self.get_async_httpx_client().request(
            request.operation.method, self._url(request), headers=self._headers()
        )
        return self._response(request, answer)

    def get_httpx_client(self) -> httpx.Client:
        """The connection pool of the synchronous functions, made when first asked for."""
        if self._client is None:
            self._client = httpx.Client(timeout=self.timeout, **self.httpx_args)
        return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The connection pool of the asynchronous functions, made when first asked for."""
        if self._async_client is None:
            self._async_client = httpx.AsyncClient(timeout=self.timeout, **self.httpx_args)
        return self._async_client

    def _url(self, request: ApiRequest[OperationT, PageT]) -> str:
        return request.url(self.base_url, brackets=self.brackets)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def _response(self, request: ApiRequest[OperationT, PageT], answer: httpx.Response) -> Response[PageT]:
        parsed: PageT | ErrorResponse | None
        if answer.status_code == 200:
            parsed = request.decode(answer.content)
        elif self.raise_on_unexpected_status:
            raise UnexpectedStatusError(answer.status_code, answer.content)
        else:
            parsed = decode_part(ErrorResponse, answer.content)
        return Response(answer.status_code, answer.content, answer.headers, parsed)

    def __enter__(self) -> AuthenticatedClient:
        self.get_httpx_client()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    async def __aenter__(self) -> AuthenticatedClient:
        self.get_async_httpx_client()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._async_client is not None:
            await self._async_client.aclose()
            self._async_client = None


__all__ = ["AuthenticatedClient", "Response"]
