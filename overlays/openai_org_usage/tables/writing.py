"""Writing rows to a file or stream, batch by batch: nothing is held as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from pathlib import PurePath
from typing import Final, Protocol, TypeAlias, TypeVar, get_args

from .._generated import InvalidParameterError, Operation
from ..named_rows import NameLookup
from ..pagination.page_stream import fetch_of
from ..pagination.rules import Bucket
from .batches import BatchMaker, Part
from .binary import ArrowSink, ParquetSink
from .columns import Column
from .formats import BINARY, BY_SUFFIX, Format
from .optional_imports import ArrowBatch, ArrowSchema
from .schema import Decimals, columns_for
from .stream import ROWS, AsyncQuery, Query, Shape, async_batches, batches
from .targets import Stream, Target, opened
from .text import TextSink, writing_in

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


def write(
    query: Query,
    target: Target,
    *,
    format: Format | None = None,
    columns: Sequence[str] | None = None,
    decimals: Decimals = "decimal128",
    names: NameLookup | None = None,
    csv_safe: bool = False,
) -> int:
    """Write the rows of `query` to `target`; how many there were.

    A file is complete when it appears under its name: after an error or a kill, what stood there
    before still does. A stream is left open, and has what came before the error.

    Args:
        query: what is written.
        target: a path, or an open binary stream such as `sys.stdout.buffer`.
        format: `csv`, `ndjson`, `json`, `parquet` or `arrow`; by default as the path's suffix says.
        columns: names in the order wanted; None for all.
        names: what gives names to ids, for columns beside them: `project_name` after `project_id`.
        decimals: the type of exact numbers in `parquet` and `arrow`; text holds any. `float64` adds a
            column of binary floats after each exact one, in any format: `amount_value_float`.
        csv_safe: in `csv`, put `'` before texts that a spreadsheet would run as a formula.

    Raises:
        InvalidParameterError: there is no such format, column or `decimals`, or it is no CSV that is to be
            safe; nothing was sent.
        MissingExtraError: the format needs pyarrow; nothing was sent.
        InexactValueError: a number does not fit exactly into a column of `decimals`.
        OSError: it cannot be written; a BrokenPipeError if nobody reads the stream any more.
        OpenAIUsageError: the query failed; see `resume`.
    """
    format = _format_of(target, format, csv_safe=csv_safe)
    if format not in BINARY:
        return write_buckets(
            query,
            target,
            operation=fetch_of(query).plan.request.operation,
            format=format,
            columns=columns,
            decimals=decimals,
            names=names,
            csv_safe=csv_safe,
        )
    shape = Shape(columns=columns, decimals=decimals, names=names, rows=ROW_GROUP)
    schema, found = batches(query, shape)
    with closing(found):
        return write_batches(found, target, schema=schema, format=format)


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
) -> int:
    """As `write`, for buckets of `operation` that are there already, or come from elsewhere.

    What their iteration raises is passed on, and counts as an error of the query.
    """
    format = _format_of(target, format, csv_safe=csv_safe)
    chosen = columns_for(operation, columns, decimals=decimals, names=names)
    if format not in BINARY:
        return _written(buckets, target, _text_sink(format, chosen, csv_safe=csv_safe))
    maker = BatchMaker(operation, chosen, decimals)
    return write_batches(_batches_of(buckets, maker), target, schema=maker.schema, format=format)


def write_batches(
    batches: Iterable[ArrowBatch], target: Target, *, schema: ArrowSchema, format: Format
) -> int:
    """As `write`, for record batches of `schema`, in one of the formats `BINARY`."""
    return _written(batches, target, _binary_sink(schema, format))


async def write_async(
    query: AsyncQuery,
    target: Target,
    *,
    format: Format | None = None,
    columns: Sequence[str] | None = None,
    decimals: Decimals = "decimal128",
    names: NameLookup | None = None,
    csv_safe: bool = False,
) -> int:
    """As `write`. The event loop stands still while the disk writes."""
    format = _format_of(target, format, csv_safe=csv_safe)
    if format not in BINARY:
        operation = fetch_of(query).plan.request.operation
        chosen = columns_for(operation, columns, decimals=decimals, names=names)
        return await _write_text_async(query, target, _text_sink(format, chosen, csv_safe=csv_safe))
    shape = Shape(columns=columns, decimals=decimals, names=names, rows=ROW_GROUP)
    schema, found = async_batches(query, shape)
    async with aclosing(found):
        with _sink(target, _binary_sink(schema, format)) as sink:
            async for batch in found:
                sink.add(batch)
    return sink.rows


async def _write_text_async(query: AsyncQuery, target: Target, make_sink: MakeSink[Bucket]) -> int:
    with _sink(target, make_sink) as sink:
        fetch = fetch_of(query)
        async with aclosing(fetch.joined()) as steps:
            async for _, event, ready in steps:
                fetch.tell(event)
                for bucket in ready:
                    sink.add(bucket)
    return sink.rows


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


def _format_of(target: Target, format: Format | None, *, csv_safe: bool) -> Format:
    found = format
    if format is None and isinstance(target, (str, os.PathLike)):
        found = BY_SUFFIX.get(PurePath(target).suffix.lower())
    if found is None or found not in get_args(Format):
        raise InvalidParameterError(
            f"format is one of {', '.join(get_args(Format))}, not {format!r}; without it, a path ends in "
            f"one of {', '.join(BY_SUFFIX)}",
            parameter="format",
        )
    if csv_safe and found != "csv":
        raise InvalidParameterError(f"csv_safe is for csv, not for {found}", parameter="csv_safe")
    return found


def _text_sink(format: Format, columns: Sequence[Column], *, csv_safe: bool) -> MakeSink[Bucket]:
    return lambda stream: TextSink(stream, writing_in(format, columns, csv_safe=csv_safe), columns)


def _binary_sink(schema: ArrowSchema, format: Format) -> MakeSink[ArrowBatch]:
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
