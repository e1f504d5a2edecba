"""The Arrow types of the columns: the same for every page and for an empty result.

| column | type | why |
| --- | --- | --- |
| times | `timestamp[us, tz=UTC]` | the one unit that Parquet, pandas, polars and DuckDB keep as it is |
| counts | `int64` | |
| money | `decimal128(38, 30)` | the API sends 30 digits after the point; leaves 8 before it |
| other decimals | `decimal128(38, 27)` | leaves 11 digits before the point, for tokens |
| ids, names | `dictionary<int32, string>` | few values, many rows |
| unknown members | `string` | JSON |

Decimals of 256 bits would hold everything, but polars 2.1 panics on them, and DuckDB 2.0 refuses
them in Arrow and reads them as DOUBLE from Parquet: they are made only when asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from .._generated import InvalidParameterError
from .columns import Column, Kind
from .extras import ArrowSchema, ArrowType, require

Decimals = Literal["decimal128", "decimal256", "string"]
"""How exact numbers are held: in 38 digits, in 76, or as text, which holds any."""

_SCALES: Final = {
    "decimal128": {Kind.MONEY: (38, 30), Kind.DECIMAL: (38, 27)},
    "decimal256": {Kind.MONEY: (76, 38), Kind.DECIMAL: (76, 38)},
}
"""Precision and scale."""


def schema_of(columns: Sequence[Column], *, decimals: Decimals = "decimal128") -> ArrowSchema:
    """The schema of a table with `columns`.

    Raises:
        InvalidParameterError: `decimals` is none of the choices.
        MissingExtraError: pyarrow is not installed.
    """
    if decimals not in get_args(Decimals):
        raise InvalidParameterError(
            f"decimals is one of {', '.join(get_args(Decimals))}, not {decimals!r}", parameter="decimals"
        )
    pa = require("pyarrow")
    return pa.schema([(column.name, _type_of(column.kind, decimals)) for column in columns])


def without_dictionaries(schema: ArrowSchema) -> ArrowSchema:
    """`schema` with plain strings; polars reads no Arrow file whose dictionaries grow."""
    pa = require("pyarrow")
    return pa.schema([(field.name, getattr(field.type, "value_type", field.type)) for field in schema])


def _type_of(kind: Kind, decimals: Decimals) -> ArrowType:
    pa = require("pyarrow")
    if kind in (Kind.MONEY, Kind.DECIMAL):
        return pa.string() if decimals == "string" else getattr(pa, decimals)(*_SCALES[decimals][kind])
    return {
        Kind.TIME: pa.timestamp("us", tz="UTC"),
        Kind.COUNT: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.OTHER: pa.string(),
    }.get(kind, pa.dictionary(pa.int32(), pa.string()))


__all__ = ["Decimals", "schema_of", "without_dictionaries"]
