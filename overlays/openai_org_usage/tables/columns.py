"""The columns of a table, derived from the registry: an endpoint or field new there is new here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto

import attrs

from .._generated import FieldRole, InvalidParameterError, Operation, OverTime, ResponseField, ValueType


class Kind(Enum):
    """What a column holds."""

    TIME = auto()
    """A moment, in UTC."""
    TAG = auto()
    """The `object` tag of the result."""
    TEXT = auto()
    """An id or a name."""
    COUNT = auto()
    """A whole number."""
    MONEY = auto()
    """An exact amount of money."""
    DECIMAL = auto()
    """Another exact number that may be fractional."""
    FLOAT = auto()
    """The binary float nearest to an exact number, whose column stands before it."""
    FLAG = auto()
    """True or false."""
    OTHER = auto()
    """Members that the pinned document lacks, as JSON."""


@attrs.frozen
class Column:
    """One column."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    """Where a result, or a bucket, has its value: `("amount", "value")`."""
    required: bool
    """Whether each documented result has it. Any value may be null in a result of an unknown type."""
    on_bucket: bool = attrs.field(default=False, kw_only=True)
    """Whether the bucket has it, and all rows of the bucket the same."""
    role: FieldRole | None = attrs.field(default=None, kw_only=True)
    """As in the registry; None for what is no field of results."""
    over_time: OverTime | None = attrs.field(default=None, kw_only=True)
    """Of a number, as in the registry."""


START, END, OTHERS = "start_time", "end_time", "additional_properties"
FLOAT_SUFFIX = "_float"
"""What the name of a column of floats has after the name of the exact one."""
EXACT = (Kind.MONEY, Kind.DECIMAL)
"""The kinds that are never rounded."""


def columns_of(operation: Operation) -> tuple[Column, ...]:
    """All columns: the times, the fields of results, in their order and flat, and of buckets; the unknown."""
    return (
        Column(START, Kind.TIME, (START,), True, on_bucket=True),
        Column(END, Kind.TIME, (END,), True, on_bucket=True),
        *_flat(operation.fields, ()),
        *(attrs.evolve(column, on_bucket=True) for column in _flat(operation.bucket_fields, ())),
        Column(OTHERS, Kind.OTHER, (OTHERS,), False),
    )


def with_floats(columns: Sequence[Column]) -> tuple[Column, ...]:
    """`columns`, each exact one followed by its floats: `quantity`, `quantity_float`."""
    return tuple(one for column in columns for one in (column, *_floats_of(column)))


def select(operation: Operation, names: Sequence[str] | None, *, floats: bool = False) -> tuple[Column, ...]:
    """The columns called `names`, in that order; all if None.

    With `floats`, each exact one is followed by its floats, unless these are named and have their own place.

    Raises:
        InvalidParameterError: there is no such column, a name comes twice, none is given, or floats are
            named without the exact column.
    """
    columns = columns_of(operation)
    all_columns = {column.name: column for column in (with_floats(columns) if floats else columns)}
    if names is None:
        return tuple(all_columns.values())
    if isinstance(names, str) or not names or len(set(names)) < len(names):
        raise InvalidParameterError(
            f"{operation.name}: columns takes a list of different names, got {names!r}", parameter="columns"
        )
    for name in names:
        if name not in all_columns:
            raise InvalidParameterError.unknown_value(
                "columns", name, tuple(all_columns), operation=operation.name
            )
    chosen = tuple(all_columns[name] for name in names)
    return tuple(_beside(chosen, operation)) if floats else chosen


def _beside(chosen: Sequence[Column], operation: Operation) -> Iterator[Column]:
    """`chosen`, and the floats of those exact ones whose floats are not among them."""
    names = {column.name for column in chosen}
    for column in chosen:
        exact = column.name.removesuffix(FLOAT_SUFFIX)
        if column.kind is Kind.FLOAT and exact not in names:
            raise InvalidParameterError(
                f"{operation.name}: {column.name} stands beside {exact}, never instead of it: name both",
                parameter="columns",
            )
        yield column
        yield from (one for one in _floats_of(column) if one.name not in names)


def _flat(fields: Sequence[ResponseField], above: tuple[ResponseField, ...]) -> Iterator[Column]:
    for field in fields:
        path = (*above, field)
        if field.fields:
            yield from _flat(field.fields, path)
        else:
            names = tuple(part.name for part in path)
            required = all(part.required and not part.nullable for part in path)
            name, over_time = "_".join(names), field.over_time
            yield Column(name, _kind(path), names, required, role=field.role, over_time=over_time)


def _floats_of(column: Column) -> Iterator[Column]:
    if column.kind in EXACT:
        yield attrs.evolve(column, name=column.name + FLOAT_SUFFIX, kind=Kind.FLOAT)


def _kind(path: tuple[ResponseField, ...]) -> Kind:
    field = path[-1]
    if field.role == FieldRole.TAG:
        return Kind.TAG
    if field.type == ValueType.NUMBER:
        return Kind.MONEY if any(part.role == FieldRole.MONEY for part in path) else Kind.DECIMAL
    kinds = {ValueType.INTEGER: Kind.COUNT, ValueType.BOOLEAN: Kind.FLAG, ValueType.STRING: Kind.TEXT}
    return kinds[field.type]


__all__ = [
    "END",
    "EXACT",
    "FLOAT_SUFFIX",
    "OTHERS",
    "START",
    "Column",
    "Kind",
    "columns_of",
    "select",
    "with_floats",
]
