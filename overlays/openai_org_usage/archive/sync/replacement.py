"""Buckets that were read again in the place of those that are kept. Pure.

A bucket is replaced whole: rows that are gone upstream are gone. One whose rows are the same, whatever their
order, stays as it is, and with it the moment at which it was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import attrs

from ..._generated import Operation
from ...tables.optional_imports import ArrowTable, require
from ..partitions import PULLED_AT, bucket_starts, file_schema, in_order, with_schema


@attrs.frozen(kw_only=True)
class ChangedBucket:
    """A bucket whose rows are not what they were.

    Attributes:
        start: where it begins, in Unix seconds.
        before: its rows as they were kept.
        after: its rows now.
    """

    start: int
    before: ArrowTable
    after: ArrowTable


@attrs.frozen(kw_only=True)
class Replacement:
    """What a month is now.

    Attributes:
        rows: of the whole month; those that were kept, if nothing has changed.
        changed: the buckets that have.
        known: the columns that the kept rows had.
    """

    rows: ArrowTable
    changed: tuple[ChangedBucket, ...]
    known: tuple[str, ...]


def replace_buckets(
    kept: ArrowTable | None, fresh: ArrowTable, *, operation: Operation, start: int, pulled_at: float
) -> Replacement:
    """A month with the `fresh` rows in the place of the `kept` ones of buckets from `start` on."""
    schema = file_schema(operation)
    had = schema.empty_table() if kept is None else kept
    known = tuple(had.column_names)
    before = with_schema(had, schema)
    old = in_order(before, operation)
    new = in_order(_pulled(fresh, before, pulled_at), operation)
    compared = fresh.column_names
    first = _place_of(old, start)
    untouched, replaced = old.slice(0, first), old.slice(first)
    if replaced.select(compared).equals(new.select(compared)):
        return Replacement(rows=had, changed=(), known=known)
    parts = [untouched]
    changed: list[ChangedBucket] = []
    for bucket, one, other in _side_by_side(replaced, new):
        same = one.select(compared).equals(other.select(compared))
        parts.append(one if same else other)
        if not same:
            changed.append(ChangedBucket(start=bucket, before=one, after=other))
    rows = require("pyarrow").concat_tables(parts).combine_chunks()
    return Replacement(rows=rows, changed=tuple(changed), known=known)


def _pulled(fresh: ArrowTable, like: ArrowTable, pulled_at: float) -> ArrowTable:
    """`fresh` with the moment of its reading, and all columns that `like` has."""
    pa = require("pyarrow")
    moment = pa.scalar(datetime.fromtimestamp(pulled_at, UTC), pa.timestamp("us", tz="UTC"))
    read = fresh.append_column(pa.field(PULLED_AT, moment.type), pa.repeat(moment, len(fresh)))
    return with_schema(read, like.schema)


def _side_by_side(old: ArrowTable, new: ArrowTable) -> Iterator[tuple[int, ArrowTable, ArrowTable]]:
    """The start of each bucket that either has, in order, and the rows of both."""
    places, others = _buckets(old), _buckets(new)
    for start in sorted(places.keys() | others.keys()):
        yield start, old.slice(*places.get(start, (0, 0))), new.slice(*others.get(start, (0, 0)))


def _buckets(rows: ArrowTable) -> dict[int, tuple[int, int]]:
    """Where the rows of each bucket stand: place and number."""
    found: dict[int, tuple[int, int]] = {}
    place = 0
    for each in bucket_starts(rows).value_counts():
        start, count = int(each["values"].as_py()), int(each["counts"].as_py())
        found[start] = (place, count)
        place += count
    return found


def _place_of(rows: ArrowTable, start: int) -> int:
    """How many rows stand before the bucket that starts at `start`."""
    compute = require("pyarrow.compute")
    return int(compute.sum(compute.less(bucket_starts(rows), start)).as_py() or 0)


__all__ = ["ChangedBucket", "Replacement", "replace_buckets"]
