"""What the endpoint methods return: a query that is sent when it is iterated, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeGuard, TypeVar, overload

import attrs

from ._generated import AnyRequest, Request, html_table, redacted
from .lazy_names import late_imports
from .named_rows import NamedRow, NameLookup, look_ups, named
from .pagination.page_stream import Fetch
from .pagination.rules import Bucket
from .rows import Rows, SummedRows
from .table_methods import AsyncTableMethods, TableMethods

if TYPE_CHECKING:
    from .sums.calendar_periods import AddedBy
    from .sums.period_sums import PeriodSums

PageT_co = TypeVar("PageT_co", covariant=True)
BucketT_co = TypeVar("BucketT_co", bound=Bucket, covariant=True)
RowT_co = TypeVar("RowT_co", covariant=True)


class Described(Protocol):
    """What a method of a client returned: it knows what it asks for."""

    @property
    def request(self) -> AnyRequest: ...


def shown(described: Described) -> str:
    """Its kind, operation and arguments, without keys."""
    request = described.request
    extra = [("extra_query", dict(request.extra_query))] if request.extra_query else []
    given = ", ".join(f"{name}={value!r}" for name, value in (*request.arguments, *extra))
    return redacted(f"<{type(described).__name__} {request.operation.name}({given})>")


def shown_in_html(described: Described, *, ways: str) -> str:
    """The same as a table for notebooks, which sends nothing; `ways` are those to what it asks for."""
    request = described.request
    given = [
        *request.arguments,
        *({"extra_query": dict(request.extra_query)} if request.extra_query else {}).items(),
    ]
    return html_table(
        [(name, _readable(name, value)) for name, value in given],
        caption=f"{type(described).__name__} {request.operation.name}",
        foot=f"Nothing is sent yet. {ways}",
    )


def _readable(name: str, value: object) -> object:
    if name.endswith("_time") and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return ", ".join(map(str, value)) if _is_list(value) else str(value)


def _is_list(value: object) -> TypeGuard[tuple[object, ...]]:
    """Whether `value` is a list, as requests hold them."""
    return isinstance(value, tuple)


@attrs.frozen(eq=False, repr=False)
class _Query(Generic[PageT_co, BucketT_co, RowT_co]):
    """What both kinds share."""

    _fetch: Fetch[Any, BucketT_co, RowT_co]

    @property
    def request(self) -> Request[PageT_co, BucketT_co, RowT_co]:
        """The request described, times in Unix seconds. A long range is cut into several."""
        return self._fetch.plan.request

    def __repr__(self) -> str:
        return shown(self)

    def _repr_html_(self) -> str:
        """What it asks for, for notebooks. It sends nothing."""
        return shown_in_html(self, ways="to_rows(), to_pandas() and write() ask the API, each anew.")

    def _row_maker(
        self, names: NameLookup | None
    ) -> Callable[[Bucket], Iterator[RowT_co | NamedRow[RowT_co]]]:
        """What makes the rows of a bucket."""
        of_bucket: Callable[[Bucket], Iterator[RowT_co]] = self.request.operation.row_type.of_bucket
        if names is None:
            return of_bucket
        look_ups(names)  # Names are looked up when they are read, which is late to say what is wrong.
        return lambda bucket: named(of_bucket(bucket), names)

    def _period_sums(self, by: AddedBy) -> PeriodSums:
        """What adds up its buckets."""
        with late_imports():
            from .sums.calendar_periods import Periods
            from .sums.period_sums import PeriodSums

        return PeriodSums(self.request.operation, Periods.of(self._fetch.plan, by=by))


class UsageQuery(_Query[PageT_co, BucketT_co, RowT_co], TableMethods):
    """The buckets of one endpoint, fetched while you iterate, in time order, every page followed.

    Each iteration sends the requests anew. Errors: see `openai_org_usage.errors`; one that
    interrupts an iteration carries `partial` and `resume`.
    """

    def __iter__(self) -> Iterator[BucketT_co]:
        """Buckets; one that the API splits over two pages comes as one."""
        with closing(self._fetch.calls.iterate(self._fetch.joined())) as steps:
            for _, event, ready in steps:
                self._fetch.tell(event)
                yield from ready

    @overload
    def rows(self, *, names: None = None) -> Iterator[RowT_co]: ...
    @overload
    def rows(self, *, names: NameLookup) -> Iterator[NamedRow[RowT_co]]: ...

    def rows(self, *, names: NameLookup | None = None) -> Iterator[RowT_co | NamedRow[RowT_co]]:
        """Flat rows: one for each result, with the start and end of its bucket.

        With `names`, each is the `row` of a NamedRow, which has the names of its project, user and API key.
        """
        make = self._row_maker(names)
        for bucket in self:
            yield from make(bucket)

    @overload
    def to_rows(self, *, names: None = None) -> Rows[RowT_co]: ...
    @overload
    def to_rows(self, *, names: NameLookup) -> Rows[NamedRow[RowT_co]]: ...

    def to_rows(self, *, names: NameLookup | None = None) -> Rows[RowT_co] | Rows[NamedRow[RowT_co]]:
        """All `rows`, read now: a tuple, which notebooks show as a table."""
        return Rows(self.rows()) if names is None else Rows(self.rows(names=names))

    @overload
    def sums(self, *, by: AddedBy, names: None = None) -> SummedRows[RowT_co]: ...
    @overload
    def sums(self, *, by: AddedBy, names: NameLookup) -> SummedRows[NamedRow[RowT_co]]: ...

    def sums(
        self, *, by: AddedBy, names: NameLookup | None = None
    ) -> SummedRows[RowT_co | NamedRow[RowT_co]]:
        """The rows added up, read now: one for each group and hour, day, week (from Monday), month or year.

        By `total` there is one for each group. Amounts and quantities are exact sums, each currency and unit
        by itself; periods are those of the UTC calendar, cut to the range of the query. Of levels, such as
        bytes stored, each row has the last of its period. The `notes` of the rows say what is not whole.

        Raises:
            InvalidParameterError: `by` is none of these, or hours are to be made of longer buckets.
        """
        sums, make = self._period_sums(by), self._row_maker(names)
        buckets = list(sums.rows(self))
        return SummedRows(chain.from_iterable(map(make, buckets)), notes=sums.notes(self._fetch.now()))

    def pages(self) -> Iterator[PageT_co]:
        """Pages as they came, checked but not joined: a bucket may stand on two of them.

        A result that cannot be read, such as one with an amount that is no number, is no error here: it
        stands in its bucket's `unknown_results`, with the `problem`.
        """
        with closing(self._fetch.calls.iterate(self._fetch.pages())) as steps:
            for step, event in steps:
                self._fetch.tell(event)
                yield step.reply.page


class AsyncUsageQuery(_Query[PageT_co, BucketT_co, RowT_co], AsyncTableMethods):
    """The asynchronous UsageQuery: `async for bucket in query`, `async for row in query.rows()`."""

    async def __aiter__(self) -> AsyncIterator[BucketT_co]:
        """Buckets; one that the API splits over two pages comes as one."""
        async with aclosing(self._fetch.joined()) as steps:
            async for _, event, ready in steps:
                self._fetch.tell(event)
                for bucket in ready:
                    yield bucket

    @overload
    def rows(self, *, names: None = None) -> AsyncIterator[RowT_co]: ...
    @overload
    def rows(self, *, names: NameLookup) -> AsyncIterator[NamedRow[RowT_co]]: ...

    async def rows(self, *, names: NameLookup | None = None) -> AsyncIterator[RowT_co | NamedRow[RowT_co]]:
        """Flat rows: one for each result, with the start and end of its bucket.

        With `names`, each is the `row` of a NamedRow, which has the names of its project, user and API key.
        """
        make = self._row_maker(names)
        async with aclosing(self._fetch.joined()) as steps:
            async for _, event, ready in steps:
                self._fetch.tell(event)
                for bucket in ready:
                    for row in make(bucket):
                        yield row

    @overload
    async def to_rows(self, *, names: None = None) -> Rows[RowT_co]: ...
    @overload
    async def to_rows(self, *, names: NameLookup) -> Rows[NamedRow[RowT_co]]: ...

    async def to_rows(self, *, names: NameLookup | None = None) -> Rows[RowT_co] | Rows[NamedRow[RowT_co]]:
        """All `rows`, read now: a tuple, which notebooks show as a table."""
        if names is None:
            return Rows([row async for row in self.rows()])
        return Rows([row async for row in self.rows(names=names)])

    @overload
    async def sums(self, *, by: AddedBy, names: None = None) -> SummedRows[RowT_co]: ...
    @overload
    async def sums(self, *, by: AddedBy, names: NameLookup) -> SummedRows[NamedRow[RowT_co]]: ...

    async def sums(
        self, *, by: AddedBy, names: NameLookup | None = None
    ) -> SummedRows[RowT_co | NamedRow[RowT_co]]:
        """The rows added up, read now: one for each group and hour, day, week (from Monday), month or year.

        By `total` there is one for each group. Amounts and quantities are exact sums, each currency and unit
        by itself; periods are those of the UTC calendar, cut to the range of the query. Of levels, such as
        bytes stored, each row has the last of its period. The `notes` of the rows say what is not whole.

        Raises:
            InvalidParameterError: `by` is none of these, or hours are to be made of longer buckets.
        """
        sums, make = self._period_sums(by), self._row_maker(names)
        buckets = [row async for bucket in self for row in sums.add(bucket)]
        buckets += sums.rest()
        return SummedRows(chain.from_iterable(map(make, buckets)), notes=sums.notes(self._fetch.now()))

    async def pages(self) -> AsyncIterator[PageT_co]:
        """Pages as they came, checked but not joined: a bucket may stand on two of them.

        A result that cannot be read, such as one with an amount that is no number, is no error here: it
        stands in its bucket's `unknown_results`, with the `problem`.
        """
        async with aclosing(self._fetch.pages()) as steps:
            async for step, event in steps:
                self._fetch.tell(event)
                yield step.reply.page
