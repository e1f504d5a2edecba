"""Pages in, record batches out: the logic that the synchronous and the asynchronous driver share.

A bucket that the API splits over two pages is put together on the typed path, by the rules of
`bucket_merge`; nothing is counted twice. Small batches are joined, large ones are passed on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing, closing
from typing import Any, Protocol, TypeAlias

import attrs

from .._generated import AnyRequest, OpenAIUsageError, decode_structs
from ..named_rows import NameLookup
from ..pagination.bucket_merge import BucketJoin
from ..pagination.page_stream import Fetch, Step, Steps
from ..pagination.paged_query import PagedQuery, fetch_of
from ..pagination.rules import Bucket, Page, Span
from .batches import BatchMaker, Part, are_bare
from .optional_imports import ArrowBatch, ArrowSchema, require
from .schema import Decimals, columns_for

ROWS = 32_768
"""How many rows a batch has at least, except the last."""


class Query(PagedQuery, Protocol):
    """What is needed of a `UsageQuery`."""

    def __iter__(self) -> Iterator[Bucket]: ...


AsyncQuery: TypeAlias = PagedQuery
"""What is needed of an `AsyncUsageQuery`."""


@attrs.frozen(kw_only=True)
class Shape:
    """Which columns a table has and how exact numbers are held in it.

    Attributes:
        columns: their names in the order wanted; None for all.
        decimals: how exact numbers are held.
        names: what gives names to ids, for columns beside them; None for no such columns.
        rows: how many rows a batch has at least, except the last.
    """

    columns: Sequence[str] | None = None
    decimals: Decimals = "decimal128"
    names: NameLookup | None = None
    rows: int = ROWS


class BatchStream:
    """The batches of one iteration over a query."""

    def __init__(self, fetch: Fetch[Page[Span], Bucket, object], shape: Shape) -> None:
        operation = fetch.plan.request.operation
        self._fetch = fetch
        columns = columns_for(operation, shape.columns, decimals=shape.decimals, names=shape.names)
        self._maker = BatchMaker(operation, columns, shape.decimals)
        self._new_table = require("pyarrow").Table.from_batches
        self._rows = shape.rows
        held = fetch.plan.start.held
        self._held: Part | None = None if held is None else Part.of([held])
        self._waiting: list[ArrowBatch] = []
        self.until: int | None = None
        """Where the buckets end that are in a batch, in Unix seconds; None before the first."""

    @property
    def schema(self) -> ArrowSchema:
        """Of every batch."""
        return self._maker.schema

    def steps(self) -> Steps[Page[Span], Bucket, object]:
        """The pages for `add`, checked and not joined."""
        fetch: Fetch[Page[Span], Bucket, object] = attrs.evolve(self._fetch, decode=_decoded)
        return Steps(fetch)

    def add(self, step: Step[Page[Span]]) -> list[ArrowBatch]:
        """The batches that are complete, now that a page has come.

        Raises:
            OpenAIUsageError: the page contradicts the one before, or a value does not fit; nothing of
                it was used, and `resume` begins with it.
        """
        before = self._held
        try:
            ready = self._ready(step)
            made = [self._maker.batch(part) for part in ready]
        except OpenAIUsageError as error:
            self._held, error.resume = before, step.again
            raise
        self._waiting += made
        if ready:
            self.until = ready[-1].buckets[-1].end_time
        enough = sum(batch.num_rows for batch in self._waiting) >= self._rows
        return self.rest() if enough else []

    def rest(self) -> list[ArrowBatch]:
        """What waits for more rows, as one batch."""
        table = self._new_table(self._waiting, self.schema).combine_chunks()
        self._waiting.clear()
        batches: list[ArrowBatch] = table.to_batches()
        return batches

    def interrupted(self, error: OpenAIUsageError) -> None:
        """Note on `error` what had been read and is in no batch, and where to go on."""
        held = None if self._held is None else self._held.typed()[-1]
        error.partial = () if held is None else (held,)
        if error.resume is not None:
            error.resume = attrs.evolve(error.resume, held=held)

    def _ready(self, step: Step[Page[Span]]) -> list[Part]:
        """The complete buckets; the last of a page that another may follow is held back."""
        page = _part(step)
        parts = [page] if self._held is None else [self._held, page]
        if self._held is not None and step.continues:
            parts = [self._joined(self._held, page[:1]), page[1:]]
        parts = [part for part in parts if part.buckets]
        self._held = None
        if parts and not step.closes:
            self._held = parts[-1][-1:]
            parts[-1] = parts[-1][:-1]
        return [part for part in parts if part.buckets]

    def _joined(self, held: Part, more: Part) -> Part:
        join = BucketJoin(self._fetch.plan, now=self._fetch.now, held=held.typed()[0])
        join.add(more.typed(), continues=True)
        return Part.of(join.rest())


def batches(query: Query, shape: Shape) -> tuple[ArrowSchema, Generator[ArrowBatch]]:
    """The schema of a query's table, and its batches, fetched while they are iterated."""
    fetch = fetch_of(query)
    stream = BatchStream(fetch, shape)
    return stream.schema, _batches(fetch, stream)


def async_batches(query: AsyncQuery, shape: Shape) -> tuple[ArrowSchema, AsyncGenerator[ArrowBatch]]:
    """As `batches`."""
    fetch = fetch_of(query)
    stream = BatchStream(fetch, shape)
    return stream.schema, _async_batches(fetch, stream)


def _batches(fetch: Fetch[Page[Span], Bucket, object], stream: BatchStream) -> Generator[ArrowBatch]:
    try:
        with closing(fetch.calls.iterate(stream.steps())) as steps:
            for step, event in steps:
                fetch.tell(event)
                yield from stream.add(step)
    except OpenAIUsageError as error:
        yield from stream.rest()
        stream.interrupted(error)
        raise
    yield from stream.rest()


async def _async_batches(
    fetch: Fetch[Page[Span], Bucket, object], stream: BatchStream
) -> AsyncGenerator[ArrowBatch]:
    try:
        async with aclosing(stream.steps()) as steps:
            async for step, event in steps:
                fetch.tell(event)
                for batch in stream.add(step):
                    yield batch
    except OpenAIUsageError as error:
        for batch in stream.rest():
            yield batch
        stream.interrupted(error)
        raise
    for batch in stream.rest():
        yield batch


def _decoded(request: AnyRequest, body: bytes) -> Page[Span]:
    page: Page[Span] = decode_structs(request.operation.page_type, body, operation=request.operation.name)
    return page


def _part(step: Step[Any]) -> Part:
    reply, page = step.reply, step.reply.page
    part = Part(page.data, lambda: page.data)
    if are_bare(page.data):
        return Part(page.data, lambda: reply.request.decode(reply.body).data)
    return part


__all__ = ["AsyncQuery", "Query", "Shape", "async_batches", "batches"]
