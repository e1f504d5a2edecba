"""The rows of answers as they are kept: strings plain, numbers as decimals, and as text where need be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from ..._generated import Operation
from ...client import UsageClient
from ...errors import InexactValueError
from ...pagination.rules import Bucket
from ...query import UsageQuery
from ...tables.columns import EXACT, columns_of
from ...tables.literals import digits
from ...tables.optional_imports import ArrowArray, ArrowBatch, ArrowTable, ArrowType, require
from ...tables.schema import has_room
from ...tables.stream import Shape, batches
from ..partitions import EXACT_SUFFIX, ORGANIZATION, answer_schema

_ROUNDING: Final = Context(prec=77, rounding=ROUND_HALF_EVEN)


def answer_rows(client: UsageClient, query: UsageQuery[object, Bucket, object]) -> Iterator[ArrowTable]:
    """The rows of a query, some thousand at a time, in the order of their buckets.

    Amounts with more digits after the point than decimals have come as text: the page with the first of them
    and all after it are read as text, which takes longer.

    Raises:
        InexactValueError: a number has too many digits before the point.
        OpenAIUsageError: as the query.
    """
    try:
        yield from map(_Kept(query.request.operation).table, batches(query, Shape())[1])
    except InexactValueError as error:
        if error.resume is None:
            raise
        rest = client.resume(error.resume)
    else:
        return
    yield from map(_Kept(rest.request.operation).table, batches(rest, Shape(decimals="string"))[1])


def with_organization(rows: ArrowTable, organization: str | None) -> ArrowTable:
    """`rows` with the id of the organization where answers name none."""
    if organization is None:
        return rows
    place = rows.schema.get_field_index(ORGANIZATION)
    filled = require("pyarrow.compute").fill_null(rows.column(place), organization)
    return rows.set_column(place, rows.schema.field(place), filled)


class _Kept:
    """Makes tables of the batches of one operation."""

    def __init__(self, operation: Operation) -> None:
        self._exact = [column.name for column in columns_of(operation) if column.kind in EXACT]
        self._schema = answer_schema(operation)

    def table(self, batch: ArrowBatch) -> ArrowTable:
        pa = require("pyarrow")
        read = pa.Table.from_batches([batch])
        columns = {name: read.column(name) for name in read.column_names}
        for name in self._exact:
            kind = self._schema.field(name).type
            if columns[name].type != kind:
                columns |= _rounded(name, columns[name].to_pylist(), kind)
        arrays = [
            columns[field.name].cast(field.type) if field.name in columns else pa.nulls(len(read), field.type)
            for field in self._schema
        ]
        return pa.table(arrays, schema=self._schema)


def _rounded(name: str, texts: list[str | None], kind: ArrowType) -> dict[str, ArrowArray]:
    """The columns of the numbers in `texts`: decimals of `kind`, and the text where they were rounded."""
    pa = require("pyarrow")
    values = [None if text is None else Decimal(text) for text in texts]
    exact = [
        None if value is None or has_room(value, kind.precision, kind.scale) else digits(value)
        for value in values
    ]
    held = [None if value is None else _fitting(name, value, kind) for value in values]
    return {name: pa.array(held, kind), name + EXACT_SUFFIX: pa.array(exact, pa.string())}


def _fitting(name: str, value: Decimal, kind: ArrowType) -> Decimal:
    """`value` rounded half-even to the digits of `kind`.

    Raises:
        InexactValueError: it has too many digits before the point.
    """
    if not value:
        return Decimal(0)
    if value.adjusted() < kind.precision - kind.scale:
        rounded = value.quantize(Decimal(1).scaleb(-kind.scale), context=_ROUNDING)
        if has_room(rounded, kind.precision, kind.scale):
            return rounded
    raise InexactValueError(
        f"{name}: {digits(value)} has too many digits before the point for the archive, which keeps "
        f"{kind.precision - kind.scale}",
        column=name,
    )


__all__ = ["answer_rows", "with_organization"]
