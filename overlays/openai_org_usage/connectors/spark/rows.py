"""The rows of a window as record batches: as an archive keeps them, with the name of the organization."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import attrs

from ..._generated import OPERATIONS
from ...archive.archive_table import ArchiveTable
from ...archive.partitions import answer_schema
from ...archive.reading.answer_rows import answer_rows, with_organization
from ...hooks import PageEvent
from ...tables.columns import START
from ...tables.optional_imports import ArrowBatch, ArrowSchema, ArrowTable, require
from .pushed_filters import MONTH, ORGANIZATION
from .windows import SparkWindow


def arrow_schema(table: ArchiveTable) -> ArrowSchema:
    """The columns of a table of an archive, then the name of the organization, and the month in UTC."""
    schema, text = answer_schema(OPERATIONS[table.operation]), require("pyarrow").string()
    for name in (ORGANIZATION, MONTH):
        schema = schema.append(require("pyarrow").field(name, text))
    return schema


def window_batches(window: SparkWindow, *, clock: Callable[[], float]) -> Iterator[ArrowBatch]:
    """The rows of a window, sent for when they are iterated.

    Raises:
        OpenAIUsageError: there is no key, or the API refuses.
    """
    answered = _Answered()
    with window.organization.client(clock=clock) as client:
        asking = client.with_options(on_page=answered.note)
        for rows in answer_rows(asking, asking.query(window.request)):
            yield from _as_planned(with_organization(rows, answered.organization), window).to_batches()


@attrs.define
class _Answered:
    """What answers say of their organization."""

    organization: str | None = None

    def note(self, event: PageEvent) -> None:
        self.organization = event.organization


def _as_planned(rows: ArrowTable, window: SparkWindow) -> ArrowTable:
    """`rows` that had begun when the read was planned, with the two columns that no answer has."""
    pa, compute = require("pyarrow"), require("pyarrow.compute")
    until = pa.scalar(datetime.fromtimestamp(window.until, UTC), rows.schema.field(START).type)
    rows = rows.filter(compute.less(rows.column(START), until))
    name = pa.array([window.organization.name], pa.string()).take(
        pa.nulls(len(rows), pa.int32()).fill_null(0)
    )
    month = compute.strftime(rows.column(START), format="%Y-%m")
    return rows.append_column(ORGANIZATION, name).append_column(MONTH, month).combine_chunks()


__all__ = ["arrow_schema", "window_batches"]
