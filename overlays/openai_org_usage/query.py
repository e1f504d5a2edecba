"""What the endpoint methods return: a query that is sent when it is iterated, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Generic, TypeVar

from ._generated import OpenAIUsageError, Request
from .errors import BadRequestError
from .paging import Bucket, PageWalk, ResumePoint
from .transport import AsyncTransport, SyncTransport

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")


class _Query(Generic[PageT, BucketT, RowT]):
    """What both kinds share: the start, and how a walk begins."""

    def __init__(
        self,
        start: ResumePoint[PageT, BucketT, RowT],
        *,
        now: Callable[[], float],
        max_pages: int,
    ) -> None:
        self._start = start
        self._now = now
        self._max_pages = max_pages

    @property
    def request(self) -> Request[PageT, BucketT, RowT]:
        """The request for the first page, times in Unix seconds."""
        return self._start.request

    def _walk(self) -> PageWalk[PageT, BucketT, RowT]:
        return PageWalk(self._start, now=self._now, max_pages=self._max_pages)

    def _rows_of(self, bucket: BucketT) -> Iterator[RowT]:
        make_row: Any = self.request.row_type
        for result in bucket.results:
            yield make_row(bucket.start_time, bucket.end_time, result)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.request.arguments)
        return f"<{type(self).__name__} {self.request.operation.name}({given})>"


class UsageQuery(_Query[PageT, BucketT, RowT]):
    """The buckets of one endpoint, fetched while you iterate, in time order, every page followed.

    Each iteration sends the requests anew. Errors: see `openai_org_usage.errors`; one that
    interrupts an iteration carries `partial` and `resume`.
    """

    def __init__(
        self,
        start: ResumePoint[PageT, BucketT, RowT],
        transport: SyncTransport,
        *,
        now: Callable[[], float],
        max_pages: int,
    ) -> None:
        super().__init__(start, now=now, max_pages=max_pages)
        self._transport = transport

    def __iter__(self) -> Iterator[BucketT]:
        """Buckets; one that the API splits over two pages comes as one."""
        walk = self._walk()
        for _, ready in self._steps(walk):
            yield from ready
        yield from walk.rest()

    def rows(self) -> Iterator[RowT]:
        """Flat rows: one for each result, with the start and end of its bucket."""
        for bucket in self:
            yield from self._rows_of(bucket)

    def pages(self) -> Iterator[PageT]:
        """Pages as they came, checked but not joined: a bucket may stand on two of them."""
        for page, _ in self._steps(self._walk()):
            yield page

    def _steps(self, walk: PageWalk[PageT, BucketT, RowT]) -> Iterator[tuple[PageT, list[BucketT]]]:
        while (request := walk.request) is not None:
            try:
                page: Any = self._fetch(walk, request)
                ready = walk.accept(page)
            except OpenAIUsageError as error:
                walk.interrupted(error)
                raise
            yield page, ready

    def _fetch(self, walk: PageWalk[PageT, BucketT, RowT], request: Request[PageT, BucketT, RowT]) -> PageT:
        try:
            body = self._transport.send(request)
        except BadRequestError as error:
            smaller = walk.step_down(error)
            if smaller is None:
                raise
            body = self._transport.send(smaller)
        return request.decode(body)


class AsyncUsageQuery(_Query[PageT, BucketT, RowT]):
    """The asynchronous UsageQuery: `async for bucket in query`, `async for row in query.rows()`."""

    def __init__(
        self,
        start: ResumePoint[PageT, BucketT, RowT],
        transport: AsyncTransport,
        *,
        now: Callable[[], float],
        max_pages: int,
    ) -> None:
        super().__init__(start, now=now, max_pages=max_pages)
        self._transport = transport

    async def __aiter__(self) -> AsyncIterator[BucketT]:
        """Buckets; one that the API splits over two pages comes as one."""
        walk = self._walk()
        async for _, ready in self._steps(walk):
            for bucket in ready:
                yield bucket
        for bucket in walk.rest():
            yield bucket

    async def rows(self) -> AsyncIterator[RowT]:
        """Flat rows: one for each result, with the start and end of its bucket."""
        async for bucket in self:
            for row in self._rows_of(bucket):
                yield row

    async def pages(self) -> AsyncIterator[PageT]:
        """Pages as they came, checked but not joined: a bucket may stand on two of them."""
        async for page, _ in self._steps(self._walk()):
            yield page

    async def _steps(
        self, walk: PageWalk[PageT, BucketT, RowT]
    ) -> AsyncIterator[tuple[PageT, list[BucketT]]]:
        while (request := walk.request) is not None:
            try:
                page: Any = await self._fetch(walk, request)
                ready = walk.accept(page)
            except OpenAIUsageError as error:
                walk.interrupted(error)
                raise
            yield page, ready

    async def _fetch(
        self, walk: PageWalk[PageT, BucketT, RowT], request: Request[PageT, BucketT, RowT]
    ) -> PageT:
        try:
            body = await self._transport.send(request)
        except BadRequestError as error:
            smaller = walk.step_down(error)
            if smaller is None:
                raise
            body = await self._transport.send(smaller)
        return request.decode(body)
