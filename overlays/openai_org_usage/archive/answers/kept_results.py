"""Results of usage and costs as JSON has them, made of the columns of an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec

from ..._generated import Operation, ResponseField
from ...tables.columns import EXACT, OTHERS, columns_of
from ...tables.literals import digits
from ...tables.optional_imports import ArrowArray, ArrowTable, require
from ...tables.schema import shortest
from ..partitions import EXACT_SUFFIX
from .arrow_values import as_type, call, options_of

Values: TypeAlias = list[Any]
"""Of one column, all alike."""
Columns: TypeAlias = dict[str, Values]
"""Values by the name of their column; exact numbers as text."""
Result: TypeAlias = dict[str, object]
TAG: Final = "object"
_MEMBERS: Final = msgspec.json.Decoder(dict[str, object], float_hook=Decimal)


def kept_columns(rows: ArrowTable, operation: Operation, *, beside: str) -> Columns:
    """The columns of results that `rows` have, and `beside`."""
    columns = [column for column in columns_of(operation) if not column.on_bucket]
    exact = {column.name for column in columns if column.kind in EXACT}
    held: Columns = {beside: rows.column(beside).to_pylist()}
    for name in [column.name for column in columns]:
        column = rows.column(name)
        held[name] = number_texts(column) if name in exact else column.to_pylist()
        texts = rows.column(name + EXACT_SUFFIX) if name in exact else None
        if texts is not None and texts.null_count < len(rows):
            held[name] = [
                value if text is None else text
                for value, text in zip(held[name], texts.to_pylist(), strict=True)
            ]
    return held


def number_texts(values: ArrowArray) -> list[str | None]:
    """Decimals as the API writes numbers, without idle zeros."""
    texts = as_type(values, require("pyarrow").string())
    if values.type.scale:
        for idle in ("0", "."):
            texts = call("ascii_rtrim", texts, options=options_of("Trim", idle))
    written: list[str | None] = texts.to_pylist()
    for place, text in enumerate(written):
        if text is not None and "E" in text:  # A power of ten, whose zeros are not idle.
            written[place] = number_text(values[place].as_py())
    return written


def number_text(value: Decimal) -> str:
    """One of them."""
    return digits(shortest(value))


def results_of(columns: Columns, operation: Operation) -> Iterator[Result]:
    """A result for each row; members that the API may leave out are, where they are null."""
    count = max(map(len, columns.values()))
    members = {
        field.name: made
        for field in operation.fields
        if (made := _members(field, columns, count)) is not None
    }
    members[TAG] = [operation.result_object] * count
    optional = [field.name for field in operation.fields if not (field.nullable or field.required)]
    sparse = [name for name in optional if name in members and None in members[name]]
    names = list(members)
    others: list[str | None] = columns.get(OTHERS) or [None] * count
    for row, more in zip(zip(*members.values(), strict=True), others, strict=True):
        result: Result = dict(zip(names, row, strict=True))
        for name in sparse:
            if result[name] is None:
                del result[name]
        yield result if more is None else result | read_members(more)


def unknown_results(rows: ArrowTable) -> Iterator[Result]:
    """The results of kinds that are unknown, whole."""
    tags, members = rows.column(TAG).to_pylist(), rows.column(OTHERS).to_pylist()
    for tag, more in zip(tags, members, strict=True):
        yield {TAG: tag, **({} if more is None else read_members(more))}


def read_members(text: str) -> dict[str, object]:
    """The members in `text`, numbers exact."""
    return _MEMBERS.decode(text)


def _members(field: ResponseField, columns: Columns, count: int) -> Values | None:
    """The values of `field`; None where no answer has brought it."""
    if field.fields:
        inner = {
            each.name: columns.get(f"{field.name}_{each.name}") or [None] * count for each in field.fields
        }
        return [_object(inner, row) for row in zip(*inner.values(), strict=True)]
    held = columns.get(field.name)
    if held is None:
        return None if field.observed or not field.nullable else [None] * count
    return None if field.observed and held.count(None) == count else held


def _object(names: Mapping[str, object], values: Sequence[object]) -> dict[str, object] | None:
    if None not in values:
        return dict(zip(names, values, strict=True))
    held = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return held or None


__all__ = [
    "TAG",
    "Columns",
    "Result",
    "Values",
    "kept_columns",
    "number_text",
    "number_texts",
    "read_members",
    "results_of",
    "unknown_results",
]
