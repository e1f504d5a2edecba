"""The columns of a table, derived from the registry: an endpoint or field new there is new here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import cache

import attrs

from .._generated import FieldRole, InvalidParameterError, Operation, OverTime, ResponseField, ValueType
from ..named_rows import NAMES_BESIDE, NameLookup, NameSource, look_ups


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
    """Where a result, or a bucket, has its value: `("amount", "value")`. Empty where none has it."""
    required: bool
    """Whether each documented result has it. Any value may be null in a result of an unknown type."""
    on_bucket: bool = attrs.field(default=False, kw_only=True)
    """Whether the bucket has it, and all rows of the bucket the same."""
    role: FieldRole | None = attrs.field(default=None, kw_only=True)
    """As in the registry; None for what is no field of results."""
    over_time: OverTime | None = attrs.field(default=None, kw_only=True)
    """Of a number, as in the registry."""
    beside: str = attrs.field(default="", kw_only=True)
    """The column without which this one never stands: of floats the exact one, of names that of ids."""
    names: NameSource | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    """Where the names of a column of names come from."""


START, END, OTHERS = "start_time", "end_time", "additional_properties"
FLOAT_SUFFIX = "_float"
"""What the name of a column of floats has after the name of the exact one."""
EXACT = (Kind.MONEY, Kind.DECIMAL)
"""The kinds that are never rounded."""


@cache
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


def with_names(columns: Sequence[Column], names: NameLookup) -> tuple[Column, ...]:
    """`columns`, each of ids followed by those of names: `user_id`, `user_name`, `user_email`.

    Names that results say themselves stand there, too, as far as `names` know none.
    """
    own = {column.name: column for column in columns}
    moved = {name for id, beside in NAMES_BESIDE.items() if id in own for name in beside}
    return tuple(
        one
        for column in columns
        if column.name not in moved
        for one in (column, *_names_beside(column, own, names))
    )


def select(
    operation: Operation,
    chosen: Sequence[str] | None,
    *,
    floats: bool = False,
    names: NameLookup | None = None,
) -> tuple[Column, ...]:
    """The columns that are `chosen`, in that order; all if None.

    With `floats`, each exact one is followed by its floats, and with `names` each of ids by its names,
    unless one of these is chosen and has its own place.

    Raises:
        InvalidParameterError: there is no such column, one comes twice, none is given, or floats or names are
            chosen without what they stand beside.
    """
    columns = columns_of(operation)
    if names is not None:
        columns = with_names(columns, names)
    if floats:
        columns = with_floats(columns)
    if chosen is None:
        return columns
    if isinstance(chosen, str) or not chosen or len(set(chosen)) < len(chosen):
        raise InvalidParameterError(
            f"{operation.name}: columns takes a list of different names, got {chosen!r}", parameter="columns"
        )
    known = {column.name: column for column in columns}
    for name in chosen:
        if name not in known:
            raise InvalidParameterError.unknown_value("columns", name, tuple(known), operation=operation.name)
    return tuple(_with_companions([known[name] for name in chosen], columns, operation))


def _with_companions(
    chosen: Sequence[Column], columns: Sequence[Column], operation: Operation
) -> Iterator[Column]:
    """`chosen`, each with those of `columns` that stand beside it, unless one of them is chosen."""
    names = {column.name for column in chosen}
    for column in chosen:
        if column.beside and column.beside not in names:
            raise InvalidParameterError(
                f"{operation.name}: {column.name} stands beside {column.beside}, never instead of it: "
                "name both",
                parameter="columns",
            )
        companions = [one for one in columns if one.beside == column.name]
        yield column
        yield from [] if any(one.name in names for one in companions) else companions


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
        yield attrs.evolve(column, name=column.name + FLOAT_SUFFIX, kind=Kind.FLOAT, beside=column.name)


def _names_beside(ids: Column, own: Mapping[str, Column], names: NameLookup) -> Iterator[Column]:
    ways = look_ups(names)
    for name in NAMES_BESIDE.get(ids.name, ()):
        column = own.get(name, Column(name, Kind.TEXT, (), False, role=FieldRole.ATTRIBUTE))
        source = NameSource(ways[name], id=ids.name, own=name if name in own else "")
        yield attrs.evolve(column, beside=ids.name, names=source)


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
    "with_names",
]
