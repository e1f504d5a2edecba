"""The methods that clients have for described requests: queries of usage and costs, lists, and their rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from .lazy_names import late_imports

if TYPE_CHECKING:
    from ._generated import ListRequest, Request
    from .http.requestor import Requestor
    from .item_list import AsyncItemList, ItemList
    from .options import Options
    from .pagination.item_rules import ListResumePoint
    from .pagination.item_stream import ItemFetch
    from .pagination.page_stream import Fetch
    from .pagination.rules import Bucket, ResumePoint
    from .query import AsyncUsageQuery, UsageQuery
    from .session import Session

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound="Bucket")
RowT = TypeVar("RowT")
ItemT = TypeVar("ItemT")
B1 = TypeVar("B1", bound="Bucket")
B2 = TypeVar("B2", bound="Bucket")
B3 = TypeVar("B3", bound="Bucket")


class QuerySource:
    """What the queries and lists of a client are made with."""

    _session: Session
    _options: Options
    _requestor: Requestor | None = None
    """Made with the first query."""

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
        with late_imports():  # What queries need has been imported by now.
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


class QueryMethods(QuerySource):
    """The methods of the synchronous client."""

    def query(self, request: Request[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]:
        """The query for a described `request`; the endpoint methods do the same in one step."""
        fetch = self._fetch(request)
        from .query import UsageQuery

        return UsageQuery(fetch)

    def item_list(
        self, request: ListRequest[PageT, ItemT] | ListResumePoint[PageT, ItemT]
    ) -> ItemList[PageT, ItemT]:
        """The list for a described `request`; the methods of the lists do the same in one step.

        The `resume` of an error that interrupted a list gives the rest of it.
        """
        fetch = self._item_fetch(request)
        with late_imports():
            from .item_list import ItemList

        return ItemList(fetch)

    def resume(self, point: ResumePoint[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]:
        """The rest of a query that was interrupted, from the `resume` of its error."""
        fetch = self._fetch(point)
        from .query import UsageQuery

        return UsageQuery(fetch)

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


class AsyncQueryMethods(QuerySource):
    """The methods of the asynchronous client."""

    def query(self, request: Request[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]:
        """The query for a described `request`; the endpoint methods do the same in one step."""
        fetch = self._fetch(request)
        from .query import AsyncUsageQuery

        return AsyncUsageQuery(fetch)

    def item_list(
        self, request: ListRequest[PageT, ItemT] | ListResumePoint[PageT, ItemT]
    ) -> AsyncItemList[PageT, ItemT]:
        """The list for a described `request`; the methods of the lists do the same in one step.

        The `resume` of an error that interrupted a list gives the rest of it.
        """
        fetch = self._item_fetch(request)
        with late_imports():
            from .item_list import AsyncItemList

        return AsyncItemList(fetch)

    def resume(self, point: ResumePoint[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]:
        """The rest of a query that was interrupted, from the `resume` of its error."""
        fetch = self._fetch(point)
        from .query import AsyncUsageQuery

        return AsyncUsageQuery(fetch)

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
