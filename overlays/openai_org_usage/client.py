"""The two clients: the same endpoints, synchronous and asynchronous, over the same engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, Unpack, overload

import attrs

from .credentials import Access, AdminKey, checked_base_url
from .endpoints import DirectoryEndpoints, Endpoints
from .errors import ConfigurationError
from .hidden_arguments import hides_arguments
from .http.retry import RetryPolicy
from .name_methods import AsyncNameMethods, NameMethods
from .options import (
    DEFAULT_CONCURRENCY,
    DEFAULT_MAX_PAGE_BYTES,
    DEFAULT_MAX_PAGES,
    DEFAULT_TIMEOUT,
    ArrayFormat,
    Changes,
    Options,
)
from .session import Session

if TYPE_CHECKING:
    import httpx

    from ._generated import ListRequest, Request
    from .hooks import PageEvent, RetryEvent
    from .http.deadline import Timing
    from .http.requestor import Requestor
    from .item_list import AsyncItemList, ItemList
    from .pagination.item_rules import ListResumePoint
    from .pagination.item_stream import ItemFetch
    from .pagination.page_stream import Fetch
    from .pagination.rules import Bucket, ResumePoint
    from .query import AsyncUsageQuery, UsageQuery

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound="Bucket")
B1 = TypeVar("B1", bound="Bucket")
B2 = TypeVar("B2", bound="Bucket")
B3 = TypeVar("B3", bound="Bucket")
RowT = TypeVar("RowT")
ItemT = TypeVar("ItemT")


class _Client(Endpoints, DirectoryEndpoints):
    """What both clients share: a session, options, and the endpoints."""

    _requestor: Requestor | None = None
    """Made with the first query."""

    @hides_arguments
    def __init__(
        self,
        *,
        admin_key: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        deadline: float | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - immutable
        concurrency: int = DEFAULT_CONCURRENCY,
        max_pages: int = DEFAULT_MAX_PAGES,
        max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES,
        array_format: ArrayFormat = "repeat",
        on_page: Callable[[PageEvent], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        timing: Timing | None = None,
    ) -> None:
        key, address = AdminKey.from_argument(admin_key), checked_base_url(base_url)
        if array_format not in ("repeat", "brackets"):
            raise ConfigurationError(f"array_format is 'repeat' or 'brackets', not {array_format!r}")
        self._options = Options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            concurrency=concurrency,
            max_pages=max_pages,
            max_page_bytes=max_page_bytes,
            on_page=on_page,
            on_retry=on_retry,
        )
        from . import __version__

        self._session = Session(
            access=Access(key, address, array_format == "brackets", __version__),
            transport=transport,
            clock=clock,
            timing=timing,
        )

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self._session.access.base_url

    @hides_arguments
    def with_options(self, **changes: Unpack[Changes]) -> Self:
        """This client with other options, such as `with_options(deadline=30)`.

        It shares connections, retry budget and, unless `concurrency` is changed, the limit of
        requests under way; closing either closes both.

        Raises:
            ConfigurationError: an option is unknown or out of its range.
        """
        unknown = sorted(changes.keys() - Changes.__annotations__.keys())
        if unknown:
            raise ConfigurationError(
                f"with_options takes {', '.join(Changes.__annotations__)}; not {', '.join(unknown)}"
            )
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._options, other._requestor = attrs.evolve(self._options, **changes), None
        return other

    def _fetch(
        self, start: Request[PageT, BucketT, RowT] | ResumePoint[PageT, BucketT, RowT]
    ) -> Fetch[Any, BucketT, RowT]:
        """How a query is fetched, from its `start` on."""
        if self._requestor is None:
            self._requestor = self._session.requestor(self._options)
        from .pagination.page_stream import Fetch
        from .pagination.plan import plan_of
        from .pagination.rules import ResumePoint

        session, options = self._session, self._options
        point = start if isinstance(start, ResumePoint) else ResumePoint(start)
        if point.request.operation.name not in session.loaded:
            session.load(point.request.operation)
        plan = plan_of(point, now=session.clock(), concurrency=options.concurrency)
        return Fetch(
            plan=plan,
            requestor=self._requestor,
            calls=session.calls,
            now=session.clock,
            max_pages=options.max_pages,
            on_page=options.on_page,
        )

    def _item_fetch(
        self, start: ListRequest[PageT, ItemT] | ListResumePoint[PageT, ItemT]
    ) -> ItemFetch[PageT, ItemT]:
        """How a list is fetched, from its `start` on."""
        if self._requestor is None:
            self._requestor = self._session.requestor(self._options)
        from .pagination.item_rules import ListResumePoint, page_size
        from .pagination.item_stream import ItemFetch

        session, options = self._session, self._options
        point = start if isinstance(start, ListResumePoint) else ListResumePoint(start)
        if point.request.operation.name not in session.loaded:
            session.load(point.request.operation)
        return ItemFetch(
            start=point,
            limit=page_size(point.request.operation, point.request.get("limit")),
            requestor=self._requestor,
            calls=session.calls,
            max_pages=options.max_pages,
            on_page=options.on_page,
        )

    def __repr__(self) -> str:
        made = "_session" in vars(self)  # Not while its arguments are refused.
        return f"{type(self).__name__}({f'base_url={self.base_url!r}' if made else 'not made'})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a key and connections and cannot be pickled: make one there"
        )


class UsageClient(_Client, NameMethods):
    """Reads an organization's usage and costs.

    Args:
        admin_key: an admin key (`sk-admin-…`); by default from OPENAI_ADMIN_KEY.
        base_url: by default from OPENAI_BASE_URL, else OpenAI's.
        timeout: seconds that one attempt at a request may take, from connecting to the last byte.
        deadline: seconds that one iteration of a query may take, all pages, retries and waits
            included, and your own work between the pages, too; None for no end.
        retry: how often failed requests are tried again, and after what wait.
        concurrency: how many requests may be under way at once. A long range is cut into windows
            of one page each, fetched this many at a time and handed out in order of time; a 429
            halves the number for a while. With 1, pages are fetched one after the other by cursor.
        max_pages: how many pages one query may have before it is refused as endless.
        max_page_bytes: how large a page may be, as JSON; a larger one is refused while it arrives.
        array_format: how lists go on the wire.
        on_page: is told of each page as it is handed out; see `PageEvent`.
        on_retry: is told of each failed attempt that is tried again, on the thread of the
            connections; see `RetryEvent`.
        transport: an httpx transport to send through, for tests and proxies.
        clock: the present in Unix seconds; spans such as `"30d"` go back from it.
        timing: what waits are measured by, for tests.

    Raises:
        ConfigurationError: the key is missing or of another kind, the URL is unsafe, or an option
            is out of its range.
    """

    def query(self, request: Request[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]:
        """The query for a described `request`; the endpoint methods do the same in one step."""
        fetch = self._fetch(request)
        from .query import UsageQuery

        return UsageQuery(fetch)

    def item_list(self, request: ListRequest[PageT, ItemT]) -> ItemList[PageT, ItemT]:
        """The list for a described `request`; the methods of the lists do the same in one step."""
        fetch = self._item_fetch(request)
        from .item_list import ItemList

        return ItemList(fetch)

    @overload
    def resume(self, point: ResumePoint[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]: ...
    @overload
    def resume(self, point: ListResumePoint[PageT, ItemT]) -> ItemList[PageT, ItemT]: ...
    def resume(
        self, point: ResumePoint[PageT, BucketT, RowT] | ListResumePoint[PageT, ItemT]
    ) -> UsageQuery[PageT, BucketT, RowT] | ItemList[PageT, ItemT]:
        """The rest of a query or a list that was interrupted, from the `resume` of its error."""
        from .pagination.rules import ResumePoint

        if isinstance(point, ResumePoint):
            fetch = self._fetch(point)
            from .query import UsageQuery

            return UsageQuery(fetch)
        items = self._item_fetch(point)
        from .item_list import ItemList

        return ItemList(items)

    @overload
    def gather(
        self, one: UsageQuery[object, B1, object], two: UsageQuery[object, B2, object], /
    ) -> tuple[list[B1], list[B2]]: ...
    @overload
    def gather(
        self,
        one: UsageQuery[object, B1, object],
        two: UsageQuery[object, B2, object],
        three: UsageQuery[object, B3, object],
        /,
    ) -> tuple[list[B1], list[B2], list[B3]]: ...
    @overload
    def gather(self, *queries: UsageQuery[object, B1, object]) -> tuple[list[B1], ...]: ...
    def gather(self, *queries: UsageQuery[object, Bucket, object]) -> tuple[list[Any], ...]:
        """The buckets of several queries of this client, fetched at once under its one limit.

        Raises:
            OpenAIUsageError: of the first query that fails; the others are cancelled. `partial` are
                its complete buckets, and `resume` gives those after them.
        """
        self._session.begin()
        from .pagination.gather import gather_buckets

        return self._session.calls.run(lambda: gather_buckets(queries))

    def close(self) -> None:
        """Close the connections for good."""
        if sys.is_finalizing():  # As in __del__: they have been closed by then.
            return
        self._session.begin()
        self._session.connections.shut()
        self._session.calls.stop()

    def __enter__(self) -> UsageClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


class AsyncUsageClient(_Client, AsyncNameMethods):
    """The asynchronous UsageClient: the same arguments and methods; iterate with `async for`.

    It belongs to the event loop on which it is first used.
    """

    def query(self, request: Request[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]:
        """The query for a described `request`; the endpoint methods do the same in one step."""
        fetch = self._fetch(request)
        from .query import AsyncUsageQuery

        return AsyncUsageQuery(fetch)

    def item_list(self, request: ListRequest[PageT, ItemT]) -> AsyncItemList[PageT, ItemT]:
        """The list for a described `request`; the methods of the lists do the same in one step."""
        fetch = self._item_fetch(request)
        from .item_list import AsyncItemList

        return AsyncItemList(fetch)

    @overload
    def resume(self, point: ResumePoint[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]: ...
    @overload
    def resume(self, point: ListResumePoint[PageT, ItemT]) -> AsyncItemList[PageT, ItemT]: ...
    def resume(
        self, point: ResumePoint[PageT, BucketT, RowT] | ListResumePoint[PageT, ItemT]
    ) -> AsyncUsageQuery[PageT, BucketT, RowT] | AsyncItemList[PageT, ItemT]:
        """The rest of a query or a list that was interrupted, from the `resume` of its error."""
        from .pagination.rules import ResumePoint

        if isinstance(point, ResumePoint):
            fetch = self._fetch(point)
            from .query import AsyncUsageQuery

            return AsyncUsageQuery(fetch)
        items = self._item_fetch(point)
        from .item_list import AsyncItemList

        return AsyncItemList(items)

    @overload
    async def gather(
        self, one: AsyncUsageQuery[object, B1, object], two: AsyncUsageQuery[object, B2, object], /
    ) -> tuple[list[B1], list[B2]]: ...
    @overload
    async def gather(
        self,
        one: AsyncUsageQuery[object, B1, object],
        two: AsyncUsageQuery[object, B2, object],
        three: AsyncUsageQuery[object, B3, object],
        /,
    ) -> tuple[list[B1], list[B2], list[B3]]: ...
    @overload
    async def gather(self, *queries: AsyncUsageQuery[object, B1, object]) -> tuple[list[B1], ...]: ...
    async def gather(self, *queries: AsyncUsageQuery[object, Bucket, object]) -> tuple[list[Any], ...]:
        """The buckets of several queries of this client, fetched at once under its one limit.

        Raises:
            OpenAIUsageError: of the first query that fails; the others are cancelled. `partial` are
                its complete buckets, and `resume` gives those after them.
        """
        from .pagination.gather import gather_buckets

        return await gather_buckets(queries)

    async def close(self) -> None:
        """Close the connections for good."""
        self._session.begin()
        await self._session.connections.close()

    async def __aenter__(self) -> AsyncUsageClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
