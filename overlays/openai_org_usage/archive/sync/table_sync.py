"""One table of one organization: read, compared with what is kept, and written month by month."""

from __future__ import annotations

import attrs

from ..._generated import OPERATIONS
from ...errors import APIStatusError
from ...tables.optional_imports import ArrowTable
from ..archive_table import ArchiveTable
from ..partition_paths import month_bounds
from ..reading.reading_plan import ReadingPlan, is_news, plan_reading
from ..reading.table_reading import TableReading, is_refusal
from .replacement import replace_buckets
from .restatements import Comparison
from .sync_result import SyncedTable
from .sync_run import SyncRun


@attrs.define(eq=False)
class TableSync:
    """The sync of one table.

    Attributes:
        rows: how many have been read.
        months: the partitions that have been written.
        restated: how many fields have changed of buckets that had been over before.
        refusal: what the API said instead; None if it gave the table.
        notes: what is out of the ordinary.
    """

    _run: SyncRun
    _table: ArchiveTable
    rows: int = 0
    months: list[str] = attrs.field(factory=list[str])
    restated: int = 0
    refusal: APIStatusError | None = None
    notes: list[str] = attrs.field(factory=list[str])

    def result(self) -> SyncedTable:
        """Read the table, and write what is new; what came of it."""
        answers = self._run.answers
        before = answers.requests
        try:
            self._read()
        except APIStatusError as error:
            if not is_refusal(error):
                raise
            self.refusal = error
            answers.requests += error.attempts
            refused = attrs.evolve(self._run.state(self._table.name), refused=str(error))
            self._run.note(self._table.name, refused)
        state = self._run.state(self._table.name)
        return SyncedTable(
            name=self._table.name,
            rows=self.rows,
            requests=answers.requests - before,
            months=tuple(self.months),
            restated=self.restated,
            refused=state.refused,
            gaps=tuple(state.gaps),
            notes=tuple(self.notes),
        )

    def _read(self) -> None:
        run, table = self._run, self._table
        plan = plan_reading(
            run.state(table.name),
            now=run.now(),
            width=table.seconds,
            lookback=run.lookback,
            since=run.since,
        )
        reading = TableReading(run.answers, table, plan)
        for month, rows in reading.months():
            self.rows += rows.num_rows
            self._replace(reading.plan, month, rows)
        self.notes += reading.notes
        after = reading.plan.after_all(run.state(table.name))
        if is_news(after, reading.plan.before):
            run.note(table.name, after)

    def _replace(self, plan: ReadingPlan, month: str, fresh: ArrowTable) -> None:
        """Take in a month that has been read."""
        run, name = self._run, self._table.name
        change = replace_buckets(
            run.kept(name, month),
            fresh,
            operation=OPERATIONS[self._table.operation],
            start=plan.start,
            pulled_at=plan.now,
        )
        state = plan.after_month(run.state(name), end=month_bounds(month)[1])
        if not change.changed:
            if plan.is_first or plan.gap():
                run.note(name, state)
            return
        comparison = Comparison(table=self._table, read_at=plan.before.read_at, seen_at=plan.now)
        restated = comparison.rows(change, among=plan.had_been_read)
        run.put(name, month, change.rows, state=state, restated=restated)
        self.months.append(month)
        self.restated += restated.num_rows


__all__ = ["TableSync"]
