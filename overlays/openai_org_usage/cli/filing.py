"""Buckets that are there already, written by the sinks of the tables, format by format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from .._generated import Operation
from ..paging import Bucket
from ..tables.batches import BatchMaker, Part
from ..tables.binary import ArrowSink, ParquetSink
from ..tables.columns import Column, select
from ..tables.schema import Decimals
from ..tables.targets import Stream
from ..tables.text import Csv, Json, JsonLines, TextSink
from ..tables.writing import Format

_BUCKETS = 1000
"""How many buckets make a batch of rows."""


def write_buckets(
    buckets: Iterable[Bucket],
    stream: Stream,
    *,
    operation: Operation,
    format: Format,
    names: Sequence[str] | None,
    decimals: Decimals,
) -> int:
    """Write the rows of `buckets` to `stream`; how many there were. `names` are the columns, None for all.

    Raises:
        InexactValueError: a number does not fit exactly into a column of `decimals`.
        MissingExtraError: the format needs pyarrow.
        OSError: the stream cannot be written.
    """
    columns = select(operation, names)
    if format in ("parquet", "arrow"):
        maker = BatchMaker(operation, columns, decimals)
        kind = ParquetSink if format == "parquet" else ArrowSink
        return _write_batches(iter(buckets), maker, kind(stream, maker.schema))
    return _write_text(buckets, _text_sink(stream, format, columns))


def _text_sink(stream: Stream, format: Format, columns: Sequence[Column]) -> TextSink:
    if format == "csv":
        return TextSink(stream, Csv(columns), columns)
    return TextSink(stream, JsonLines() if format == "ndjson" else Json(), columns)


def _write_text(buckets: Iterable[Bucket], sink: TextSink) -> int:
    for bucket in buckets:
        sink.add(bucket)
    sink.finish()
    return sink.rows


def _write_batches(buckets: Iterator[Bucket], maker: BatchMaker, sink: ParquetSink | ArrowSink) -> int:
    try:
        while some := list(islice(buckets, _BUCKETS)):
            sink.add(maker.batch(Part(some, partial(list[Bucket], some))))
        sink.finish()
    except BaseException:
        sink.abandon()
        raise
    return sink.rows
