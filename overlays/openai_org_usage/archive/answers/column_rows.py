"""Rows of usage and costs made of columns, for readings that take rows alone: no pages, no models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

import attrs

from ..._generated import Operation
from ...tables.columns import END, EXACT, OTHERS, START, Column, Kind, columns_of
from .group_sums import BUCKET
from .kept_results import TAG, Columns, Values

_ZERO: Final = Decimal(0)
_NOTHING: Final[Mapping[str, object]] = {}


class ColumnRow:
    """A flat row: it has the fields that the rows of its operation have."""

    __slots__ = ()

    @property
    def additional_properties(self) -> Mapping[str, object]:
        """None: what has members that the document lacks is not made of columns."""
        return _NOTHING


def rows_by_bucket(
    columns: Columns, operation: Operation, spans: Mapping[int, tuple[int, int]]
) -> Mapping[int, Sequence[ColumnRow]] | None:
    """The rows of the results in `columns`, by the start of their whole bucket.

    `spans` are the start and the end of each bucket by that start. None where only pages tell all: where
    members are unknown, or missing that no result is without.
    """
    members = [column for column in columns_of(operation) if not column.on_bucket]
    if not all(_is_plain(column, columns) for column in members) or _has_halves(members, columns):
        return None
    buckets = columns[BUCKET]
    held = {
        column.name: _exact(columns[column.name]) if column.kind in EXACT else columns[column.name]
        for column in members
        if column.name in columns and columns[column.name].count(None) < len(buckets)
    }
    times = {START: {start: first for start, (first, _) in spans.items()}}
    times[END] = {start: end for start, (_, end) in spans.items()}
    values: Columns = {name: list(map(known.get, buckets)) for name, known in times.items()} | held
    empty = tuple(column.name for column in members if column.name not in held and column.name != TAG)
    found: defaultdict[int, list[ColumnRow]] = defaultdict(list)
    rows = map(_row_type(tuple(values), empty), *values.values())
    for bucket, row in zip(buckets, rows, strict=True):
        found[bucket].append(row)
    return found


def _is_plain(column: Column, columns: Columns) -> bool:
    """Whether the values of a column are all that results say of it."""
    values = columns.get(column.name)
    if column.name == OTHERS:
        return values is None or values.count(None) == len(values)
    return column.kind is not Kind.COUNT or not column.required or (values is not None and None not in values)


def _has_halves(members: Sequence[Column], columns: Columns) -> bool:
    """Whether an object within a result lacks a part of its members: what that means, decoding says."""
    inner: defaultdict[str, list[Values]] = defaultdict(list)
    for column in members:
        if len(column.path) > 1:
            inner[column.path[0]].append(columns.get(column.name) or [None] * len(columns[BUCKET]))
    return any(
        [value is None for value in first] != [value is None for value in other]
        for first, *others in inner.values()
        for other in others
    )


def _exact(texts: Sequence[str | None]) -> Values:
    """The numbers; every zero is the same, as answers are read."""
    found = [None if text is None else Decimal(text) for text in texts]
    return found if all(found) else [number if number is None else number or _ZERO for number in found]


@cache
def _row_type(names: tuple[str, ...], empty: tuple[str, ...]) -> type[ColumnRow]:
    """Rows with the fields `names`, in this order, and None in `empty`."""
    made: type[ColumnRow] = attrs.make_class(
        ColumnRow.__name__,
        list(names),
        bases=(ColumnRow,),
        class_body=dict.fromkeys(empty),
        eq=False,
        repr=False,
        slots=True,
    )
    return made


__all__ = ["ColumnRow", "rows_by_bucket"]
