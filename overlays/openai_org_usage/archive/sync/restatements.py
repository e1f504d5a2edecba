"""What has changed in buckets that had been over when they were read: the table `restatements`. Pure.

Rows of one bucket are told apart by all that is no number: dimensions, currency, unit. A row that came or
vanished has a change for each of its numbers, and so has a row of which a text has changed: it is another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Final

import attrs

from ..._generated import OPERATIONS, Operation
from ...tables.columns import EXACT, OTHERS, START, Kind, columns_of
from ...tables.literals import as_json, digits, iso
from ...tables.optional_imports import ArrowSchema, ArrowTable, require
from ...tables.schema import schema_of_kinds, shortest
from ..archive_table import ArchiveTable
from ..partitions import EXACT_SUFFIX
from .replacement import ChangedBucket, Replacement

RESTATEMENT_COLUMNS: Final[Mapping[str, Kind]] = {
    "source_table": Kind.TEXT,
    "start_time": Kind.TIME,
    "end_time": Kind.TIME,
    "dimensions": Kind.TEXT,
    "field": Kind.TEXT,
    "before": Kind.TEXT,
    "after": Kind.TEXT,
    "read_before_at": Kind.TIME,
    "seen_at": Kind.TIME,
}
"""The columns of the table."""
_TELLING: Final = (Kind.TAG, Kind.TEXT, Kind.FLAG)
_NUMBERS: Final = (Kind.COUNT, *EXACT)
_Row = Mapping[str, object]


@attrs.frozen(kw_only=True)
class Comparison:
    """Compares the rows of changed buckets of one table.

    Attributes:
        table: the table.
        read_at: when the rows before were read, in Unix seconds; None if nobody knows.
        seen_at: when the rows after were.
        in_full: whether everything is compared, names and times too, and not only what restatements are of.
    """

    table: ArchiveTable
    read_at: float | None
    seen_at: float
    in_full: bool = False

    def rows(self, month: Replacement, *, among: Callable[[int], bool]) -> ArrowTable:
        """A row for each field that is not what it was, in buckets whose start is `among` those wanted."""
        telling, fields = self._parts(month.known)
        found = [
            row
            for bucket in month.changed
            if among(bucket.start)
            for row in self._of_bucket(bucket, telling, fields)
        ]
        return require("pyarrow").Table.from_pylist(found, restatement_schema())

    def _of_bucket(
        self, bucket: ChangedBucket, telling: Sequence[str], fields: Sequence[str]
    ) -> Iterator[dict[str, object]]:
        start = datetime.fromtimestamp(bucket.start, UTC)
        common = {
            "source_table": self.table.name,
            "start_time": start,
            "end_time": datetime.fromtimestamp(bucket.start + self.table.seconds, UTC),
            "read_before_at": None if self.read_at is None else datetime.fromtimestamp(self.read_at, UTC),
            "seen_at": datetime.fromtimestamp(self.seen_at, UTC),
        }
        for key, before, after in _pairs(bucket, telling, fields):
            stated = {name: value for name, value in zip(telling, key, strict=True) if value is not None}
            own = {"dimensions": as_json(self._without_own_tag(stated)) or "{}"}
            for name, one, other in zip(fields, before, after, strict=True):
                if one != other:
                    yield {**common, **own, "field": name, "before": one, "after": other}

    def _parts(self, known: Sequence[str]) -> tuple[list[str], list[str]]:
        """What tells rows apart, and what is compared: columns that are `known` of the rows before.

        What is new in its own column has stood among the unknown members until then.
        """
        operation = OPERATIONS[self.table.operation]
        beside, every = _beside(operation), columns_of(operation)
        columns = [column for column in every if column.name in known]
        if len(columns) < len(every):
            columns = [column for column in columns if column.name != OTHERS]
        telling = [c.name for c in columns if c.kind in _TELLING and c.name not in beside]
        if self.in_full:
            return telling, [c.name for c in columns if c.name not in (*telling, START)]
        return telling, [c.name for c in columns if c.kind in (*_NUMBERS, Kind.OTHER)]

    def _without_own_tag(self, stated: Mapping[str, object]) -> dict[str, object]:
        own = OPERATIONS[self.table.operation].result_object
        return {name: value for name, value in stated.items() if (name, value) != ("object", own)}


def restatement_schema() -> ArrowSchema:
    """The schema of the table."""
    return schema_of_kinds(RESTATEMENT_COLUMNS)


def _beside(operation: Operation) -> set[str]:
    """Columns that tell nothing apart: names beside ids, which may change, and what the bucket says."""
    observed = {field.name for field in operation.fields if field.observed}
    return observed | {column.name for column in columns_of(operation) if column.on_bucket}


Values = tuple[str | None, ...]


def _pairs(
    bucket: ChangedBucket, telling: Sequence[str], fields: Sequence[str]
) -> Iterator[tuple[tuple[object, ...], Values, Values]]:
    """The rows that are not the same, each with what it was; all None where there is none."""
    nothing: Values = (None,) * len(fields)
    before, after = (_grouped(rows, telling, fields) for rows in (bucket.before, bucket.after))
    for key in sorted(before.keys() | after.keys(), key=repr):
        old, new = before.get(key, Counter()), after.get(key, Counter())
        gone, come = (sorted((a - b).elements(), key=repr) for a, b in ((old, new), (new, old)))
        for one, other in zip_longest(gone, come, fillvalue=nothing):
            yield key, one, other


def _grouped(
    rows: ArrowTable, telling: Sequence[str], fields: Sequence[str]
) -> dict[tuple[object, ...], Counter[Values]]:
    found: dict[tuple[object, ...], Counter[Values]] = defaultdict(Counter)
    exact = [name + EXACT_SUFFIX for name in fields if name + EXACT_SUFFIX in rows.column_names]
    for row in rows.select([*telling, *fields, *exact]).to_pylist():
        key = tuple(row[name] for name in telling)
        found[key][tuple(_text(row, name) for name in fields)] += 1
    return found


def _text(row: _Row, name: str) -> str | None:
    """What `row` has in a column, as text that is exact."""
    value = row.get(name + EXACT_SUFFIX) or row[name]
    if isinstance(value, Decimal):
        return digits(shortest(value))
    if isinstance(value, datetime):
        return iso(value)
    return None if value is None else str(value)


__all__ = ["RESTATEMENT_COLUMNS", "Comparison", "restatement_schema"]
