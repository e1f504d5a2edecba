"""Writing the rows of a query to a file or stream, batch by batch: nothing is held as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import aclosing, closing, contextmanager
from pathlib import PurePath
from typing import Any, Final, Literal, Protocol, TypeAlias, get_args

from .._generated import InvalidParameterError
from .binary import ArrowSink, ParquetSink
from .columns import select
from .schema import Decimals
from .stream import AsyncQuery, Query, Shape, async_batches, batches
from .targets import Stream, Target, opened
from .text import Csv, Json, JsonLines, TextSink, Writing

Format = Literal["csv", "ndjson", "json", "parquet", "arrow"]

BY_SUFFIX: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
_ROWS = 131_072
"""Of a Parquet row group: with fewer, readers spend more on the groups than on the rows."""


class Sink(Protocol):
    """Takes buckets or batches and counts their rows."""

    rows: int

    def add(self, item: Any, /) -> None: ...
    def finish(self) -> None: ...
    def abandon(self) -> None: ...


MakeSink: TypeAlias = Callable[[Stream], Sink]


def write(
    query: Query,
    target: Target,
    *,
    format: Format | None = None,
    columns: Sequence[str] | None = None,
    decimals: Decimals = "decimal128",
) -> int:
    """Write the rows of `query` to `target`; how many there were.

    A file is complete when it appears under its name: after an error or a kill, what stood there
    before still does. A stream is left open, and has what came before the error.

    Args:
        query: what is written.
        target: a path, or an open binary stream such as `sys.stdout.buffer`.
        format: `csv`, `ndjson`, `json`, `parquet` or `arrow`; by default as the path's suffix says.
        columns: names in the order wanted; None for all.
        decimals: the type of exact numbers in `parquet` and `arrow`. Text holds any number.

    Raises:
        InvalidParameterError: there is no such format or column; nothing was sent.
        MissingExtraError: the format needs pyarrow; nothing was sent.
        OSError: it cannot be written; a BrokenPipeError if nobody reads the stream any more.
        OpenAIUsageError: the query failed; see `resume`.
    """
    format = _format_of(target, format)
    make_sink = _text_sink(query, format, columns)
    if make_sink is not None:
        with _sink(target, make_sink) as sink:
            for bucket in query:
                sink.add(bucket)
        return sink.rows
    schema, stream = batches(query, Shape(columns=columns, decimals=decimals, rows=_ROWS))
    with closing(stream), _sink(target, _binary_sink(schema, format)) as sink:
        for batch in stream:
            sink.add(batch)
    return sink.rows


async def write_async(
    query: AsyncQuery,
    target: Target,
    *,
    format: Format | None = None,
    columns: Sequence[str] | None = None,
    decimals: Decimals = "decimal128",
) -> int:
    """As `write`. The event loop stands still while the disk writes."""
    format = _format_of(target, format)
    make_sink = _text_sink(query, format, columns)
    if make_sink is not None:
        return await _write_text_async(query, target, make_sink)
    schema, stream = async_batches(query, Shape(columns=columns, decimals=decimals, rows=_ROWS))
    async with aclosing(stream):
        with _sink(target, _binary_sink(schema, format)) as sink:
            async for batch in stream:
                sink.add(batch)
    return sink.rows


async def _write_text_async(query: AsyncQuery, target: Target, make_sink: MakeSink) -> int:
    with _sink(target, make_sink) as sink:
        async with aclosing(query.fetch.joined()) as steps:
            async for _, event, ready in steps:
                query.tell(event)
                for bucket in ready:
                    sink.add(bucket)
    return sink.rows


@contextmanager
def _sink(target: Target, make_sink: MakeSink) -> Generator[Sink]:
    """A sink to fill; finished in the end, or abandoned at an exception."""
    with opened(target) as stream:
        sink = make_sink(stream)
        try:
            yield sink
            sink.finish()
        except BaseException:
            sink.abandon()
            raise


def _format_of(target: Target, format: Format | None) -> Format:
    found = format
    if format is None and isinstance(target, (str, os.PathLike)):
        found = BY_SUFFIX.get(PurePath(target).suffix.lower())
    if found is None or found not in get_args(Format):
        raise InvalidParameterError(
            f"format is one of {', '.join(get_args(Format))}, not {format!r}; without it, a path ends in "
            f"one of {', '.join(BY_SUFFIX)}",
            parameter="format",
        )
    return found


def _text_sink(query: Query | AsyncQuery, format: Format, columns: Sequence[str] | None) -> MakeSink | None:
    """None for the formats that are made of record batches."""
    chosen = select(query.fetch.start.request.operation, columns)
    makers: dict[str, Callable[[], Writing]] = {"csv": lambda: Csv(chosen), "ndjson": JsonLines, "json": Json}
    make = makers.get(format)
    return None if make is None else lambda stream: TextSink(stream, make(), chosen)


def _binary_sink(schema: Any, format: Format) -> MakeSink:
    kind = ParquetSink if format == "parquet" else ArrowSink
    return lambda stream: kind(stream, schema)


__all__ = ["BY_SUFFIX", "Format", "Target", "write", "write_async"]
