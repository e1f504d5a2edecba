"""Results of usage and costs as JSON has them, made of the columns of an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec

from .._generated import Operation, ResponseField
from ..tables.columns import EXACT, OTHERS, Kind, columns_of
from ..tables.literals import digits
from ..tables.optional_imports import ArrowTable
from ..tables.schema import shortest
from .partitions import EXACT_SUFFIX

Columns: TypeAlias = dict[str, list[Any]]
"""Values by the name of their column."""
Result: TypeAlias = dict[str, object]
_TAG: Final = "object"
_MEMBERS: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def exact_columns(rows: ArrowTable, operation: Operation, *, beside: str) -> Columns:
    """The columns of results that `rows` have, and `beside`; numbers that were kept as text are these."""
    columns = [column for column in columns_of(operation) if not column.on_bucket]
    names = [beside, *(column.name for column in columns)]
    held = {name: rows.column(name).to_pylist() for name in names}
    for column in columns:
        text = f"{column.name}{EXACT_SUFFIX}"
        if column.kind in EXACT and rows.column(text).null_count < len(rows):
            texts = rows.column(text).to_pylist()
            both = zip(held[column.name], texts, strict=True)
            held[column.name] = [value if exact is None else Decimal(exact) for value, exact in both]
    return held


def results_of(columns: Columns, operation: Operation) -> Iterator[Result]:
    """A result for each row; members that the API may leave out are, where they are null."""
    count = max(map(len, columns.values()))
    forms = {Kind.MONEY: _plain_number, Kind.DECIMAL: _plain_number, Kind.COUNT: _whole}
    values = dict(columns)
    for column in columns_of(operation):
        if column.kind in forms and column.name in values:
            values[column.name] = list(map(forms[column.kind], values[column.name]))
    members = {
        field.name: made for field in operation.fields if (made := _members(field, values, count)) is not None
    }
    members[_TAG] = [operation.result_object] * count
    optional = [field.name for field in operation.fields if not (field.nullable or field.required)]
    others: list[str | None] = values.get(OTHERS) or [None] * count
    for row, more in zip(zip(*members.values(), strict=True), others, strict=True):
        result: Result = dict(zip(members, row, strict=True))
        for name in optional:
            if name in result and result[name] is None:
                del result[name]
        yield result if more is None else result | read_members(more)


def unknown_results(rows: ArrowTable) -> Iterator[Result]:
    """The results of kinds that are unknown, whole."""
    tags, members = rows.column(_TAG).to_pylist(), rows.column(OTHERS).to_pylist()
    for tag, more in zip(tags, members, strict=True):
        yield {_TAG: tag, **({} if more is None else read_members(more))}


def read_members(text: str) -> dict[str, Any]:
    """The members in `text`, numbers exact."""
    return _MEMBERS.decode(text)


def _members(field: ResponseField, columns: Mapping[str, list[Any]], count: int) -> list[Any] | None:
    """The values of `field`; None where no answer has brought it."""
    if field.fields:
        inner = {
            each.name: columns.get(f"{field.name}_{each.name}") or [None] * count for each in field.fields
        }
        return [_object(inner, row) for row in zip(*inner.values(), strict=True)]
    held = columns.get(field.name)
    if held is None:
        return None if field.observed or not field.nullable else [None] * count
    return None if field.observed and not any(value is not None for value in held) else held


def _object(names: Mapping[str, object], values: Sequence[object]) -> dict[str, object] | None:
    held = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return held or None


def _plain_number(value: Decimal | None) -> object:
    """As the API writes amounts; a zero is short."""
    return None if value is None else digits(shortest(value))


def _whole(value: int | Decimal | None) -> object:
    return None if value is None else int(value)


__all__ = [
    "Columns",
    "Result",
    "exact_columns",
    "read_members",
    "results_of",
    "unknown_results",
]
