"""What of rows is added up, what tells groups of them apart, and rows in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from ..._generated import FieldRole, Operation, OverTime
from ...money import exact_sum
from ...named_rows import NameLookup
from ...pagination.rules import Bucket
from ...tables.columns import END, Column, Kind, select
from ...tables.records import Record, RecordMaker

SUMMED = (Kind.COUNT, Kind.DECIMAL, Kind.MONEY)
_KEYS = (Kind.TEXT, Kind.FLAG)
VALUE, CURRENCY, UNIT = "amount_value", "amount_currency", "_unit"
"""`quantity_unit` is the unit of `quantity`: what differs in it is never added up."""


@attrs.frozen
class SortKey:
    """A column to sort by."""

    column: str
    descending: bool

    @classmethod
    def of(cls, text: str) -> SortKey:
        """`model`, or `-input_tokens` for the largest first."""
        return cls(text.removeprefix("-"), text.startswith("-"))


def sorted_rows(
    buckets: Iterable[Bucket],
    *,
    operation: Operation,
    keys: Sequence[SortKey],
    names: NameLookup | None = None,
) -> Sequence[Bucket]:
    """The rows by the first key, where it is equal by the next; without a value come last."""
    maker = RecordMaker(select(operation, None, names=names))
    rows = [
        pair for bucket in buckets for pair in zip(maker.records(bucket), row_buckets(bucket), strict=True)
    ]
    for key in reversed(keys):
        known = [pair for pair in rows if pair[0][key.column] is not None]
        missing = [pair for pair in rows if pair[0][key.column] is None]
        known.sort(key=_value_of(key.column), reverse=key.descending)
        rows = known + missing
    return [row for _, row in rows]


def group_columns(columns: Iterable[Column]) -> Sequence[str]:
    """The names of those of `columns` in which rows differ that are not added up: dimensions and units."""
    return [column.name for column in columns if column.kind in _KEYS and not is_description(column)]


def is_unit(column: Column) -> bool:
    """Whether it is the currency or unit of a number."""
    return column.name == CURRENCY or column.name.endswith(UNIT)


def is_description(column: Column) -> bool:
    """Whether it says more of what another column identifies, such as the name of a project."""
    return column.role == FieldRole.ATTRIBUTE and column.kind in _KEYS and not is_unit(column)


def last_ends(records: Sequence[Record], columns: Iterable[Column]) -> dict[str, datetime]:
    """The levels among `columns`, each with the end of the last bucket that has a value of it."""
    ends = {
        column.name: [record[END] for record in records if record[column.name] is not None]
        for column in columns
        if column.over_time == OverTime.LAST
    }
    return {name: max(found) for name, found in ends.items() if found}


def sums(records: Sequence[Record], columns: Iterable[Column], *, levels: Mapping[str, datetime]) -> Record:
    """The exact sum of each of `columns`; None where no record has a value.

    Of `levels` only the values in the bucket with the given end count: they add up over groups, never
    over time.
    """
    return {
        column.name: _sum(
            [
                value
                for record in records
                if (value := record[column.name]) is not None
                and (column.name not in levels or record[END] == levels[column.name])
            ]
        )
        for column in columns
    }


def with_value(holder: Any, path: tuple[str, ...], value: object) -> Any:
    """`holder` with `value` at `path`; unchanged where there is nothing to hold it."""
    if holder is None:
        return None
    name, *rest = path
    inner = with_value(getattr(holder, name), tuple(rest), value) if rest else value
    return attrs.evolve(holder, **{name: inner})


def _sum(values: Sequence[int | Decimal]) -> int | Decimal | None:
    if not values:
        return None
    total = exact_sum(values)
    return int(total) if all(isinstance(value, int) for value in values) else total


def row_buckets(bucket: Bucket) -> Iterator[Bucket]:
    """The rows of `bucket`, in the order of its records, each as a bucket with all else that it has."""
    for result in bucket.results:
        yield with_results(bucket, [result])
    for result in bucket.unknown_results:
        yield with_results(bucket, [], unknown=(result,))


def with_results(bucket: Any, results: list[object], *, unknown: tuple[object, ...] = ()) -> Bucket:
    """`bucket` with other results, and with all else that it has."""
    made: Bucket = attrs.evolve(bucket, results=results, unknown_results=unknown)
    return made


def _value_of(column: str) -> Callable[[tuple[Record, Bucket]], Any]:
    return lambda pair: pair[0][column]


__all__ = [
    "CURRENCY",
    "SUMMED",
    "UNIT",
    "VALUE",
    "SortKey",
    "group_columns",
    "is_description",
    "is_unit",
    "last_ends",
    "row_buckets",
    "sorted_rows",
    "sums",
    "with_results",
    "with_value",
]
