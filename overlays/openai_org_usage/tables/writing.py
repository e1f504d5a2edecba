"""Writing rows to a file or stream, batch by batch: nothing is held as a whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from typing import Final, Protocol, TypeAlias, TypeVar

from .._generated import Operation
from ..named_rows import NameLookup
from ..pagination.paged_query import fetch_of
from ..pagination.rules import Bucket
from .batches import BatchMaker, Part
from .binary import ArrowSink, ParquetSink
from .columns import Column
from .file_options import FileOptions, filled_columns, format_of
from .formats import BATCHED, Dates, Format
from .optional_imports import ArrowBatch, ArrowSchema
from .schema import Decimals
from .stream import ROWS, AsyncQuery, Query, Shape, async_batches, batches
from .targets import Stream, Target, opened
from .text import TextSink, writing_in
from .workbook_rows import WorkbookSink

ROW_GROUP: Final = 131_072
"""How many rows a batch of a file has at least: with fewer, readers of Parquet spend more on the row
groups than on the rows."""

ItemT = TypeVar("ItemT")
ItemT_contra = TypeVar("ItemT_contra", contravariant=True)


class Sink(Protocol[ItemT_contra]):
    """Takes buckets or batches and counts their rows."""

    rows: int

    def add(self, item: ItemT_contra, /) -> None: ...
    def finish(self) -> None: ...
    def abandon(self) -> None: ...


MakeSink: TypeAlias = Callable[[Stream], Sink[ItemT]]


def write(query: Query, target: Target, options: FileOptions) -> int:
    """Write the rows of `query` to `target`; how many there were.

    A file is complete when it appears under its name: after an error or a kill, what stood there
    before still does. A stream is left open, and has what came before the error.

    Raises:
        InvalidParameterError: there is no such column or kind of decimals; nothing was sent.
        MissingExtraError: the format needs pyarrow; nothing was sent.
        InexactValueError: a number does not fit exactly into a column of `decimals`, or a text into a cell.
        OSError: it cannot be written; a BrokenPipeError if nobody reads the stream any more.
        OpenAIUsageError: the query failed; see `resume`.
    """
    if options.format not in BATCHED or options.drop_empty:
        return write_with(options, query, target, operation=fetch_of(query).plan.request.operation)
    schema, found = batches(query, _shape(options))
    with closing(found):
        return write_batches(found, target, schema=schema, format=options.format)


async def write_async(query: AsyncQuery, target: Target, options: FileOptions) -> int:
    """As `write`. The event loop stands still while the disk writes."""
    operation = fetch_of(query).plan.request.operation
    if options.drop_empty:
        options.columns_of(operation)  # What is refused is refused before anything is sent.
        buckets = [bucket async for bucket in _buckets_of(query)]
        return write_with(options, buckets, target, operation=operation)
    if options.format not in BATCHED:
        return await _write_rows_async(
            query, target, _row_sink(options, options.columns_of(operation), operation)
        )
    schema, found = async_batches(query, _shape(options))
    async with aclosing(found):
        with _sink(target, _batch_sink(schema, options.format)) as sink:
            async for batch in found:
                sink.add(batch)
    return sink.rows


def write_buckets(
    buckets: Iterable[Bucket],
    target: Target,
    *,
    operation: Operation,
    format: Format | None = None,
    columns: Sequence[str] | None = None,
    decimals: Decimals = "decimal128",
    names: NameLookup | None = None,
    csv_safe: bool = False,
    dates: Dates = "iso",
    drop_empty: bool = False,
) -> int:
    """Write `buckets` of `operation` that are there already, or come from elsewhere, as queries are written.

    What their iteration raises is passed on, and counts as an error of the query.

    Args:
        buckets: what is written.
        target: a path, or an open binary stream such as `sys.stdout.buffer`.
        operation: whose buckets they are.
        format: `csv`, `ndjson`, `json`, `parquet`, `arrow` or `xlsx`; by default as the path's suffix says.
        columns: names in the order wanted; None for all.
        names: what gives names to ids, for columns beside them: `project_name` after `project_id`.
        decimals: the type of exact numbers in `parquet` and `arrow`; text holds any. `float64` adds a
            column of binary floats after each exact one, in any format: `amount_value_float`.
        csv_safe: in `csv`, put `'` before texts that a spreadsheet would run as a formula.
        dates: in `csv`, `plain` is for spreadsheets: times as they read them, in UTC, and texts as with
            `csv_safe`.
        drop_empty: leave out columns in which no row has a value. All rows are held until that is known.

    Raises:
        InvalidParameterError: there is no such choice, or it does not go with the format.
        MissingExtraError: the format needs pyarrow or XlsxWriter.
        InexactValueError: as `write`.
        OSError: as `write`.
    """
    options = FileOptions(
        format=format_of(target, format),
        columns=columns,
        decimals=decimals,
        names=names,
        csv_safe=csv_safe,
        dates=dates,
        drop_empty=drop_empty,
    )
    return write_with(options, buckets, target, operation=operation)


def write_with(
    options: FileOptions, buckets: Iterable[Bucket], target: Target, *, operation: Operation
) -> int:
    """As `write_buckets`, with options that have been checked."""
    chosen = options.columns_of(operation)
    if options.drop_empty:
        buckets = list(buckets)
        chosen = filled_columns(buckets, chosen)
    if options.format not in BATCHED:
        return _written(buckets, target, _row_sink(options, chosen, operation))
    maker = BatchMaker(operation, chosen, options.decimals)
    return write_batches(_batches_of(buckets, maker), target, schema=maker.schema, format=options.format)


def write_batches(
    batches: Iterable[ArrowBatch], target: Target, *, schema: ArrowSchema, format: Format
) -> int:
    """As `write`, for record batches of `schema`, in one of the formats `BATCHED`."""
    return _written(batches, target, _batch_sink(schema, format))


async def _write_rows_async(query: AsyncQuery, target: Target, make_sink: MakeSink[Bucket]) -> int:
    with _sink(target, make_sink) as sink:
        async with aclosing(_buckets_of(query)) as buckets:
            async for bucket in buckets:
                sink.add(bucket)
    return sink.rows


async def _buckets_of(query: AsyncQuery) -> AsyncGenerator[Bucket]:
    fetch = fetch_of(query)
    async with aclosing(fetch.joined()) as steps:
        async for _, event, ready in steps:
            fetch.tell(event)
            for bucket in ready:
                yield bucket


def _written(items: Iterable[ItemT], target: Target, make_sink: MakeSink[ItemT]) -> int:
    with _sink(target, make_sink) as sink:
        for item in items:
            sink.add(item)
    return sink.rows


@contextmanager
def _sink(target: Target, make_sink: MakeSink[ItemT]) -> Generator[Sink[ItemT]]:
    """A sink to fill; finished in the end, or abandoned at an exception."""
    with opened(target) as stream:
        sink = make_sink(stream)
        try:
            yield sink
            sink.finish()
        except BaseException:
            sink.abandon()
            raise


def _batches_of(buckets: Iterable[Bucket], maker: BatchMaker) -> Iterator[ArrowBatch]:
    """The rows of `buckets`, which are held until they are enough for a batch."""
    waiting: list[Bucket] = []
    rows = 0
    for bucket in buckets:
        waiting.append(bucket)
        rows += len(bucket.results) + len(bucket.unknown_results)
        if rows >= ROWS:
            yield maker.batch(Part.of(waiting))
            waiting, rows = [], 0
    if waiting:
        yield maker.batch(Part.of(waiting))


def _shape(options: FileOptions) -> Shape:
    return Shape(columns=options.columns, decimals=options.decimals, names=options.names, rows=ROW_GROUP)


def _row_sink(options: FileOptions, columns: Sequence[Column], operation: Operation) -> MakeSink[Bucket]:
    if options.format == "xlsx":
        return lambda stream: WorkbookSink(stream, columns, operation)
    safe, dates = options.is_for_spreadsheets, options.dates
    return lambda stream: TextSink(
        stream, writing_in(options.format, columns, csv_safe=safe, dates=dates), columns
    )


def _batch_sink(schema: ArrowSchema, format: Format) -> MakeSink[ArrowBatch]:
    kind = ParquetSink if format == "parquet" else ArrowSink
    return lambda stream: kind(stream, schema)


__all__ = [
    "ROW_GROUP",
    "Format",
    "Target",
    "write",
    "write_async",
    "write_batches",
    "write_buckets",
]
