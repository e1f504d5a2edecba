"""Rows of usage and costs made of columns, for readings that take rows alone: no pages, no models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

import attrs

from ..._generated import Operation
from ...tables.columns import END, EXACT, OTHERS, START, Column, columns_of
from .group_sums import BUCKET
from .kept_results import Columns, Values, read_members

_ZERO: Final = Decimal(0)
_NOTHING: Final[Mapping[str, object]] = {}


class ColumnRow:
    """A flat row: it has the fields that the rows of its operation have."""

    __slots__ = ()


def rows_by_bucket(
    columns: Columns, operation: Operation, spans: Mapping[int, tuple[int, int]]
) -> Mapping[int, Sequence[ColumnRow]]:
    """The rows of the results in `columns`, by the start of their whole bucket.

    `spans` are the start and the end of each bucket by that start.
    """
    buckets = columns[BUCKET]
    members = [column for column in columns_of(operation) if not column.on_bucket]
    held = {
        column.name: _values(column, columns[column.name])
        for column in members
        if column.name in columns and columns[column.name].count(None) < len(buckets)
    }
    times = {START: {start: first for start, (first, _) in spans.items()}}
    times[END] = {start: end for start, (_, end) in spans.items()}
    values: Columns = {name: list(map(known.get, buckets)) for name, known in times.items()} | held
    empty = tuple(column.name for column in members if column.name not in held)
    found: defaultdict[int, list[ColumnRow]] = defaultdict(list)
    rows = map(_row_type(tuple(values), empty), *values.values())
    for bucket, row in zip(buckets, rows, strict=True):
        found[bucket].append(row)
    return found


def _values(column: Column, held: Values) -> Values:
    """What rows have of a column."""
    if column.name == OTHERS:
        return [_NOTHING if text is None else read_members(text) for text in held]
    return _exact(held) if column.kind in EXACT else held


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
        class_body=dict.fromkeys(empty) | ({OTHERS: _NOTHING} if OTHERS in empty else {}),
        eq=False,
        repr=False,
        slots=True,
    )
    return made


__all__ = ["ColumnRow", "rows_by_bucket"]
