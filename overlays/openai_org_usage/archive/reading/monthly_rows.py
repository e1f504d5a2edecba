"""Rows in the order of time, put together by the month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...tables.optional_imports import ArrowTable, require
from ..partition_paths import month_bounds, month_of, months_between
from ..partitions import bucket_starts


def by_month(
    tables: Iterable[ArrowTable], *, empty: ArrowTable, start: int, end: float
) -> Iterator[tuple[str, ArrowTable]]:
    """Each month from that of `start` to that of `end` with its rows, as soon as it is complete.

    A month without rows is told of, too. The rows of `tables` come in the order of time; those of the month
    that is not complete yet are all that is held.
    """
    concat = require("pyarrow").concat_tables
    month, held = month_of(start), [empty]
    for table in tables:
        for own, rows in _parts(table):
            while month < own:
                yield month, concat(held).combine_chunks()
                month, held = month_of(month_bounds(month)[1]), [empty]
            held.append(rows)
    last = max(month, month_of(end))
    for each in months_between(month, last):
        yield each, concat(held).combine_chunks()
        held = [empty]


def _parts(table: ArrowTable) -> Iterator[tuple[str, ArrowTable]]:
    """The months of `table`, whose rows are in the order of time."""
    compute = require("pyarrow.compute")
    while table.num_rows:
        starts = bucket_starts(table)
        month = month_of(starts[0].as_py())
        count = compute.sum(compute.less(starts, month_bounds(month)[1])).as_py()
        yield month, table.slice(0, count)
        table = table.slice(count)


__all__ = ["by_month"]
