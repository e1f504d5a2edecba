"""Rows that are merged by bucket: numbered in theirs, and one of number 0 for each bucket that was read."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Final

from .._generated import OPERATIONS
from ..archive.archive_table import ArchiveTable
from ..archive.partitions import answer_schema
from ..archive.reading.reading_plan import ReadingPlan
from ..tables.columns import START
from ..tables.optional_imports import ArrowArray, ArrowTable, require

CALLED: Final = "organization"
"""The column of what the user calls an organization; its id may be unknown."""
BUCKET_ROW: Final = "bucket_row"
READ_AT: Final = "read_at"


def numbered_rows(rows: ArrowTable, *, organization: str, plan: ReadingPlan) -> ArrowTable:
    """`rows`, complete buckets in order of time, with the number of each in its bucket, from 1."""
    pa, compute = require("pyarrow"), require("pyarrow.compute")
    starts = rows.column(START).combine_chunks().cast(pa.int64())
    ends = compute.run_end_encode(starts).run_ends.to_pylist()
    lengths = [end - begin for begin, end in pairwise([0, *ends])]
    numbers = pa.array(chain.from_iterable(range(1, length + 1) for length in lengths), pa.int32())
    return _with_keys(rows, numbers, organization=organization, plan=plan)


def bucket_marks(table: ArchiveTable, *, organization: str, plan: ReadingPlan) -> ArrowTable:
    """A row of number 0 for each bucket that was read, in which all else is null."""
    pa = require("pyarrow")
    starts = pa.array(range(plan.start, int(plan.now) + 1, table.seconds), pa.timestamp("s", tz="UTC"))
    schema = answer_schema(OPERATIONS[table.operation])
    columns = [
        starts.cast(field.type) if field.name == START else pa.nulls(len(starts), field.type)
        for field in schema
    ]
    zeros = pa.repeat(pa.scalar(0, pa.int32()), len(starts))
    return _with_keys(pa.table(columns, schema=schema), zeros, organization=organization, plan=plan)


def _with_keys(rows: ArrowTable, numbers: ArrowArray, *, organization: str, plan: ReadingPlan) -> ArrowTable:
    pa = require("pyarrow")
    read_at = pa.scalar(datetime.fromtimestamp(plan.now, UTC), pa.timestamp("us", tz="UTC"))
    schema = pa.schema(
        [
            pa.field(CALLED, pa.string(), nullable=False),
            *(field.with_nullable(field.name != START) for field in rows.schema),
            pa.field(READ_AT, read_at.type),
            pa.field(BUCKET_ROW, pa.int32(), nullable=False),
        ]
    )
    called = pa.repeat(pa.scalar(organization), len(rows))
    return pa.table([called, *rows.columns, pa.repeat(read_at, len(rows)), numbers], schema=schema)


__all__ = ["BUCKET_ROW", "CALLED", "READ_AT", "bucket_marks", "numbered_rows"]
