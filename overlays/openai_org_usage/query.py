"""What the endpoint methods return: a query that is sent when it is iterated, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._generated import Request
from .events import PageEvent
from .fetching import Fetch
from .paging import Bucket
from .tables.methods import AsyncTableMethods, TableMethods

if TYPE_CHECKING:
    from .background import Background

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")

OnPage = Callable[[PageEvent], object]


class _Query(Generic[PageT, BucketT, RowT]):
    """What both kinds share: how the pages are fetched, and who is told of each."""

    def __init__(self, fetch: Fetch[Any, BucketT, RowT], on_page: OnPage | None) -> None:
        self.fetch = fetch
        """How pages are fetched, for building on."""
        self._on_page = on_page

    @property
    def request(self) -> Request[PageT, BucketT, RowT]:
        """The request described, times in Unix seconds. A long range is cut into several."""
        return self.fetch.start.request

    def tell(self, event: PageEvent) -> None:
        """Call the hook `on_page`."""
        if self._on_page is not None:
            self._on_page(event)

    def _rows_of(self, bucket: BucketT) -> Iterator[RowT]:
        row_type: Any = self.request.row_type
        yield from row_type.of_bucket(bucket)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.request.arguments)
        return f"<{type(self).__name__} {self.request.operation.name}({given})>"


class UsageQuery(_Query[PageT, BucketT, RowT], TableMethods):
    """The buckets of one endpoint, fetched while you iterate, in time order, every page followed.

    Each iteration sends the requests anew. Errors: see `openai_org_usage.errors`; one that
    interrupts an iteration carries `partial` and `resume`.
    """

    def __init__(
        self, fetch: Fetch[Any, BucketT, RowT], background: Background, on_page: OnPage | None
    ) -> None:
        super().__init__(fetch, on_page)
        self.background = background
        """Where the requests run, for building on."""

    def __iter__(self) -> Iterator[BucketT]:
        """Buckets; one that the API splits over two pages comes as one."""
        with closing(self.background.iterate(self.fetch.joined())) as steps:
            for _, event, ready in steps:
                self.tell(event)
                yield from ready

    def rows(self) -> Iterator[RowT]:
        """Flat rows: one for each result, with the start and end of its bucket."""
        for bucket in self:
            yield from self._rows_of(bucket)

    def pages(self) -> Iterator[PageT]:
        """Pages as they came, checked but not joined: a bucket may stand on two of them."""
        with closing(self.background.iterate(self.fetch.steps())) as steps:
            for step, event in steps:
                self.tell(event)
                yield step.page


class AsyncUsageQuery(_Query[PageT, BucketT, RowT], AsyncTableMethods):
    """The asynchronous UsageQuery: `async for bucket in query`, `async for row in query.rows()`."""

    async def __aiter__(self) -> AsyncIterator[BucketT]:
        """Buckets; one that the API splits over two pages comes as one."""
        async with aclosing(self.fetch.joined()) as steps:
            async for _, event, ready in steps:
                self.tell(event)
                for bucket in ready:
                    yield bucket

    async def rows(self) -> AsyncIterator[RowT]:
        """Flat rows: one for each result, with the start and end of its bucket."""
        async with aclosing(self.fetch.joined()) as steps:
            async for _, event, ready in steps:
                self.tell(event)
                for bucket in ready:
                    for row in self._rows_of(bucket):
                        yield row

    async def pages(self) -> AsyncIterator[PageT]:
        """Pages as they came, checked but not joined: a bucket may stand on two of them."""
        async with aclosing(self.fetch.steps()) as steps:
            async for step, event in steps:
                self.tell(event)
                yield step.page
