"""A query as a table: of pyarrow, polars or pandas, whole or batch by batch."""

from __future__ import annotations

from contextlib import aclosing
from itertools import chain
from types import ModuleType

from .._generated import InvalidParameterError
from ..named_rows import NameLookup
from ..pagination.paged_query import fetch_of
from .columns import select
from .optional_imports import ArrowReader, ArrowTable, ArrowType, PandasFrame, PolarsFrame, require
from .records import Record, RecordMaker
from .schema import Decimals
from .stream import AsyncQuery, Query, Shape, async_batches, batches


def to_records(query: Query, names: NameLookup | None) -> list[Record]:
    """The rows as dictionaries with the columns of the table; needs no extra."""
    maker = _record_maker(query, names)
    return list(chain.from_iterable(map(maker.records, query)))


async def to_records_async(query: AsyncQuery, names: NameLookup | None) -> list[Record]:
    """As `to_records`."""
    maker = _record_maker(query, names)
    records: list[Record] = []
    fetch = fetch_of(query)
    async with aclosing(fetch.joined()) as steps:
        async for _, event, ready in steps:
            fetch.tell(event)
            records.extend(chain.from_iterable(map(maker.records, ready)))
    return records


def to_reader(query: Query, shape: Shape) -> ArrowReader:
    """A `pyarrow.RecordBatchReader`, which sends the query when it is read, batch by batch."""
    schema, stream = batches(query, shape)
    return require("pyarrow").RecordBatchReader.from_batches(schema, stream)


def to_arrow(query: Query, shape: Shape) -> ArrowTable:
    """A `pyarrow.Table`."""
    schema, stream = batches(query, shape)
    return require("pyarrow").Table.from_batches(list(stream), schema)


async def to_arrow_async(query: AsyncQuery, shape: Shape) -> ArrowTable:
    """As `to_arrow`."""
    schema, stream = async_batches(query, shape)
    async with aclosing(stream):
        read = [batch async for batch in stream]
    return require("pyarrow").Table.from_batches(read, schema)


def to_polars(query: Query, shape: Shape) -> PolarsFrame:
    """A `polars.DataFrame`; ids and names are categorical.

    Raises:
        InvalidParameterError: `decimals` is `decimal256`, which polars does not know.
    """
    polars = _polars(shape.decimals)
    return polars.from_arrow(to_arrow(query, shape))


async def to_polars_async(query: AsyncQuery, shape: Shape) -> PolarsFrame:
    """As `to_polars`."""
    polars = _polars(shape.decimals)
    return polars.from_arrow(await to_arrow_async(query, shape))


def to_pandas(query: Query, shape: Shape) -> PandasFrame:
    """A `pandas.DataFrame` in types that can be null and lose nothing, see `pandas_type`."""
    require("pandas")
    return to_arrow(query, shape).to_pandas(types_mapper=pandas_type)


async def to_pandas_async(query: AsyncQuery, shape: Shape) -> PandasFrame:
    """As `to_pandas`."""
    require("pandas")
    table = await to_arrow_async(query, shape)
    return table.to_pandas(types_mapper=pandas_type)


def pandas_type(kind: ArrowType) -> object:
    """The pandas type for an Arrow type: `Int64`, `boolean`, and Arrow's own for decimals and text.

    None leaves times as `datetime64[us, UTC]`, which can be resampled, and dictionaries as categories.
    Without this, pandas makes floats of counts that may be null, and sums decimals in 28 digits.
    """
    pa, pandas = require("pyarrow"), require("pandas")
    if pa.types.is_int64(kind):
        return pandas.Int64Dtype()
    if pa.types.is_boolean(kind):
        return pandas.BooleanDtype()
    return pandas.ArrowDtype(kind) if pa.types.is_decimal(kind) or pa.types.is_string(kind) else None


def _polars(decimals: Decimals) -> ModuleType:
    polars = require("polars")
    if decimals == "decimal256":
        raise InvalidParameterError(
            'polars has no decimals of 256 bits: pass decimals="string", which holds any number, or '
            '"decimal128" or "float64"',
            parameter="decimals",
        )
    return polars


def _record_maker(query: Query | AsyncQuery, names: NameLookup | None) -> RecordMaker:
    return RecordMaker(select(fetch_of(query).plan.request.operation, None, names=names))


__all__ = [
    "to_arrow",
    "to_arrow_async",
    "to_pandas",
    "to_pandas_async",
    "to_polars",
    "to_polars_async",
    "to_reader",
    "to_records",
    "to_records_async",
]
