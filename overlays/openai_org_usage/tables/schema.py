"""The Arrow types of the columns: the same for every page and for an empty result.

| column | type | why |
| --- | --- | --- |
| times | `timestamp[us, tz=UTC]` | the one unit that Parquet, pandas, polars and DuckDB keep as it is |
| counts | `int64` | |
| money | `decimal128(38, 30)` | most amounts have 30 digits after the point at the most; leaves 8 before it |
| other decimals | `decimal128(38, 27)` | leaves 11 digits before the point, for tokens |
| ids, names | `dictionary<int32, string>` | few values, many rows |
| unknown members | `string` | JSON |

Decimals of 256 bits, `decimal256(76, 50)` for money and the rest, hold every amount that was ever
recorded: the longest has 39 digits after the point, and 50 leave 26 before it, enough for any sum. But
polars 2.1 panics on them, and DuckDB 2.0 refuses them in Arrow and reads them as DOUBLE from Parquet:
they are made only when asked for. What the API's own type may hold beyond them, only text does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Final, Literal, get_args

from .._generated import InvalidParameterError, Operation
from ..named_rows import NameLookup
from .columns import EXACT, Column, Kind, select
from .optional_imports import ArrowSchema, ArrowType, require

Decimals = Literal["decimal128", "decimal256", "string", "float64"]
"""How exact numbers are held: in 38 digits, in 76, or as text, which holds any. `float64` is `decimal128`
with a column of binary floats beside each exact one, called `amount_value_float` for `amount_value`."""

WIDEST: Final = (76, 50)
SCALES: Final = {
    "decimal128": {Kind.MONEY: (38, 30), Kind.DECIMAL: (38, 27)},
    "decimal256": {Kind.MONEY: WIDEST, Kind.DECIMAL: WIDEST},
}
"""Precision and scale."""
_LOSSLESS = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)


def columns_for(
    operation: Operation,
    chosen: Sequence[str] | None,
    *,
    decimals: Decimals,
    names: NameLookup | None = None,
) -> tuple[Column, ...]:
    """The columns of a table: those `chosen`, all if None, with floats if `decimals` asks for them.

    Raises:
        InvalidParameterError: there is no such column, or `decimals` is none of the choices.
    """
    if decimals not in get_args(Decimals):
        raise InvalidParameterError(
            f"decimals is one of {', '.join(get_args(Decimals))}, not {decimals!r}", parameter="decimals"
        )
    return select(operation, chosen, floats=decimals == "float64", names=names)


def schema_of(columns: Sequence[Column], *, decimals: Decimals = "decimal128") -> ArrowSchema:
    """The schema of a table with `columns`.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    pa = require("pyarrow")
    return pa.schema([(column.name, _type_of(column.kind, decimals)) for column in columns])


def without_dictionaries(schema: ArrowSchema) -> ArrowSchema:
    """`schema` with plain strings; polars reads no Arrow file whose dictionaries grow."""
    pa = require("pyarrow")
    return pa.schema([(field.name, getattr(field.type, "value_type", field.type)) for field in schema])


def schema_of_kinds(kinds: Mapping[str, Kind]) -> ArrowSchema:
    """The schema of columns of these kinds by their names, strings plain."""
    columns = [Column(name, kind, (), False) for name, kind in kinds.items()]
    return without_dictionaries(schema_of(columns))


def shortest(value: Decimal) -> Decimal:
    """`value` without zeros at its end."""
    return value.normalize(_LOSSLESS)


def has_room(value: Decimal, precision: int, scale: int) -> bool:
    """Whether decimals of this precision and scale hold `value` exactly; zeros at its end take no room."""
    lowest = value.adjusted() - len(shortest(value).as_tuple().digits) + 1
    return not value or (value.adjusted() < precision - scale and lowest >= -scale)


def _type_of(kind: Kind, decimals: Decimals) -> ArrowType:
    pa = require("pyarrow")
    if kind in EXACT:
        name = "decimal128" if decimals == "float64" else decimals
        return pa.string() if name == "string" else getattr(pa, name)(*SCALES[name][kind])
    return {
        Kind.FLOAT: pa.float64(),
        Kind.TIME: pa.timestamp("us", tz="UTC"),
        Kind.COUNT: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.OTHER: pa.string(),
    }.get(kind, pa.dictionary(pa.int32(), pa.string()))


__all__ = [
    "SCALES",
    "WIDEST",
    "Decimals",
    "columns_for",
    "has_room",
    "schema_of",
    "schema_of_kinds",
    "shortest",
    "without_dictionaries",
]
