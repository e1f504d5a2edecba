"""The two clients: the same endpoints, synchronous and asynchronous."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal, NoReturn, TypeVar

import httpx

from ._generated import Request
from .credentials import AdminKey, checked_base_url
from .endpoints import Endpoints
from .errors import ConfigurationError
from .paging import MAX_PAGES, Bucket, ResumePoint
from .query import AsyncUsageQuery, UsageQuery
from .times import resolve_times
from .transport import AsyncTransport, Endpoint, SyncTransport, user_agent

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")

ArrayFormat = Literal["repeat", "brackets"]
"""How lists go on the wire: `group_by=a&group_by=b`, as documented, or `group_by[]=a&group_by[]=b`."""

DEFAULT_TIMEOUT = 60.0


class _Client(Endpoints):
    """What both clients share: where requests go, and the clock."""

    def __init__(
        self,
        *,
        admin_key: str | None,
        base_url: str | None,
        array_format: ArrayFormat,
        max_pages: int,
        clock: Callable[[], float],
    ) -> None:
        try:
            key = AdminKey.from_argument(admin_key)
        finally:
            del admin_key  # A traceback that shows locals would show it.
        if array_format not in ("repeat", "brackets"):
            raise ConfigurationError(f"array_format is 'repeat' or 'brackets', not {array_format!r}")
        if max_pages < 1:
            raise ConfigurationError(f"max_pages is at least 1, not {max_pages!r}")
        from . import __version__

        self._endpoint = Endpoint(
            key, checked_base_url(base_url), array_format == "brackets", user_agent(__version__)
        )
        self._max_pages = max_pages
        self._clock = clock

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self._endpoint.base_url

    def _start(self, request: Request[PageT, BucketT, RowT]) -> ResumePoint[PageT, BucketT, RowT]:
        return ResumePoint(resolve_times(request, now=self._clock()), None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a key and connections and cannot be pickled: make one there"
        )


class UsageClient(_Client):
    """Reads an organization's usage and costs.

    Args:
        admin_key: an admin key (`sk-admin-…`); by default from OPENAI_ADMIN_KEY.
        base_url: by default from OPENAI_BASE_URL, else OpenAI's.
        timeout: seconds to wait for connecting and for each read.
        array_format: how lists go on the wire.
        max_pages: how many pages one query may have before it is refused as endless.
        transport: an httpx transport to send through, for tests and proxies.
        clock: the present in Unix seconds; spans such as `"30d"` go back from it.

    Raises:
        ConfigurationError: the key is missing or of another kind, or the URL is unsafe.
    """

    def __init__(
        self,
        *,
        admin_key: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        array_format: ArrayFormat = "repeat",
        max_pages: int = MAX_PAGES,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        try:
            super().__init__(
                admin_key=admin_key,
                base_url=base_url,
                array_format=array_format,
                max_pages=max_pages,
                clock=clock,
            )
        finally:
            del admin_key
        self._transport = SyncTransport(self._endpoint, timeout=timeout, transport=transport)

    def query(self, request: Request[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]:
        """The query for a described `request`; the endpoint methods do the same in one step."""
        return self.resume(self._start(request))

    def resume(self, point: ResumePoint[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]:
        """The rest of a query that was interrupted, from the `resume` of its error."""
        return UsageQuery(point, self._transport, now=self._clock, max_pages=self._max_pages)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> UsageClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


class AsyncUsageClient(_Client):
    """The asynchronous UsageClient: the same arguments and methods; iterate with `async for`."""

    def __init__(
        self,
        *,
        admin_key: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        array_format: ArrayFormat = "repeat",
        max_pages: int = MAX_PAGES,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        try:
            super().__init__(
                admin_key=admin_key,
                base_url=base_url,
                array_format=array_format,
                max_pages=max_pages,
                clock=clock,
            )
        finally:
            del admin_key
        self._transport = AsyncTransport(self._endpoint, timeout=timeout, transport=transport)

    def query(self, request: Request[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]:
        """The query for a described `request`; the endpoint methods do the same in one step."""
        return self.resume(self._start(request))

    def resume(self, point: ResumePoint[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]:
        """The rest of a query that was interrupted, from the `resume` of its error."""
        return AsyncUsageQuery(point, self._transport, now=self._clock, max_pages=self._max_pages)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> AsyncUsageClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
