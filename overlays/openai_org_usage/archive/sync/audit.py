"""What the API still serves, pulled in full and compared row for row with what is kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import attrs

from ..._generated import OPERATIONS
from ...errors import APIStatusError
from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..manifest import TableState
from ..reading.reading_plan import ReadingPlan
from ..reading.table_reading import TableReading, is_refusal
from .replacement import replace_buckets
from .restatements import Comparison, restatement_schema
from .sync_result import SyncProgress
from .sync_run import SyncRun


@attrs.frozen(kw_only=True)
class AuditedTable:
    """What was compared of one table.

    Attributes:
        name: of the table.
        start: from when on the API has it, in Unix seconds; None if nothing was compared.
        rows: how many rows the API has.
        differences: how many fields differ.
        refused: why the API does not give the table; None if it does.
        is_kept: whether it has been read at all, so that there is something to compare.
    """

    name: str
    start: int | None = None
    rows: int = 0
    differences: int = 0
    refused: str | None = None
    is_kept: bool = True


@attrs.frozen(kw_only=True)
class AuditResult:
    """What an audit found.

    Attributes:
        organization: as it is called in the archive.
        tables: what was compared.
        differences: a `pyarrow.Table` with a row for each field that differs: `before` is what is kept, and
            `after` what the API says. The columns are those of the table `restatements`.
        requests: how many answers it took.
    """

    organization: str
    tables: tuple[AuditedTable, ...]
    differences: ArrowTable
    requests: int


def audit_organization(
    run: SyncRun, *, on_progress: Callable[[SyncProgress], object] | None = None
) -> AuditResult:
    """Compare all tables of `run`; nothing is written.

    What happened after they were read is no difference.
    """
    done = [_TableAudit(run, table) for table in run.tables]
    results: list[AuditedTable] = []

    def tell() -> None:
        if on_progress is not None:
            on_progress(run.progress(run.tables[len(results)].name, done=len(results)))

    run.answers.told = tell
    for each in done:
        results.append(each.result())
    tables = tuple(results)
    found = [part for each in done for part in each.differences]
    return AuditResult(
        organization=run.organization,
        tables=tables,
        differences=require("pyarrow").concat_tables([restatement_schema().empty_table(), *found]),
        requests=run.answers.requests,
    )


@attrs.define(eq=False)
class _TableAudit:
    _run: SyncRun
    _table: ArchiveTable
    differences: list[ArrowTable] = attrs.field(factory=list[ArrowTable])
    _rows: int = 0

    def result(self) -> AuditedTable:
        state = self._run.state(self._table.name)
        if state.read_at is None:
            return AuditedTable(name=self._table.name, is_kept=False)
        reading = TableReading(self._run.answers, self._table, self._plan(state))
        try:
            for difference in self._compared(reading):
                self.differences.append(difference)
        except APIStatusError as error:
            if not is_refusal(error):
                raise
            return AuditedTable(name=self._table.name, refused=str(error))
        return AuditedTable(
            name=self._table.name,
            start=reading.plan.start,
            rows=self._rows,
            differences=sum(part.num_rows for part in self.differences),
        )

    def _plan(self, before: TableState) -> ReadingPlan:
        start = before.read_from or 0
        return ReadingPlan(
            start=start,
            needed=start,
            now=self._run.now(),
            width=self._table.seconds,
            lookback=self._run.lookback,
            before=before,
        )

    def _compared(self, reading: TableReading) -> Iterator[ArrowTable]:
        name = self._table.name
        for month, fresh in reading.months():
            plan = reading.plan
            self._rows += fresh.num_rows
            comparison = Comparison(
                table=self._table, read_at=plan.before.read_at, seen_at=plan.now, in_full=True
            )
            change = replace_buckets(
                self._run.kept(name, month),
                fresh,
                operation=OPERATIONS[self._table.operation],
                start=plan.start,
                pulled_at=plan.now,
            )
            yield comparison.rows(change, among=partial(_is_compared, plan))


def _is_compared(plan: ReadingPlan, bucket: int) -> bool:
    """Whether a bucket was over when it was read, or should have been, or this is the same moment."""
    return plan.is_in_range(bucket) or math.floor(plan.now) == plan.before.read_until


__all__ = ["AuditResult", "AuditedTable", "audit_organization"]
