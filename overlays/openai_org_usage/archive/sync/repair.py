"""Files that are missing or damaged: found, and pulled again as far as the API still serves them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from ..._generated import OPERATIONS
from ...errors import APIStatusError, ArchiveDamagedError, LookbackExceededError
from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..manifest import TableState
from ..partition_paths import LISTS, month_bounds
from ..partitions import answer_schema, read_partition
from ..reading.reading_plan import Gap, ReadingPlan, readable
from ..reading.table_reading import TableReading, is_refusal
from .replacement import replace_buckets
from .sync_run import MonthFiles, SyncRun

_DAMAGED: Final = "_damaged"
"""The folder for files that are damaged and cannot be pulled again."""


@attrs.define(eq=False)
class Repair:
    """Pulls damaged files again.

    Attributes:
        notes: what was repaired, and what could not be.
    """

    _run: SyncRun
    notes: list[str] = attrs.field(factory=list[str])

    def all(self) -> None:
        """Read every file of the organization, and pull again those that are not as they were written."""
        manifest = self._run.writer.manifest
        tables = {name: manifest.table(name) for name in manifest.tables}
        for name, month in list(_partitions(self._run)):
            if self._is_damaged(name, month):
                if name in tables:
                    self._pull(tables[name], month)
                else:
                    self._give_up(name, month, "nothing of the kind can be pulled again", gap=None)

    def _is_damaged(self, table: str, month: str) -> bool:
        path, expected = self._run.path(table, month), self._run.state(table).months[month]
        try:
            read_partition(self._run.writer.storage, path, expected=expected)
        except ArchiveDamagedError:
            return True
        return False

    def _pull(self, table: ArchiveTable, month: str) -> None:
        run, state = self._run, self._run.state(table.name)
        first, end = month_bounds(month)
        now = run.now()
        start = max(first, state.read_from or 0)
        plan = ReadingPlan(
            start=start,
            end=end if end < now else None,
            needed=start,
            now=now,
            width=table.seconds,
            lookback=run.lookback,
            before=TableState(),
        )
        reading = TableReading(run.answers, table, plan)
        try:
            rows = [part for own, part in reading.months() if own == month]
        except APIStatusError as error:
            if not (isinstance(error, LookbackExceededError) or is_refusal(error)):
                raise
            self._give_up(table.name, month, str(error), gap=(start, end))
            return
        self._take(table, month, rows, plan=reading.plan, start=start)

    def _take(
        self, table: ArchiveTable, month: str, parts: list[ArrowTable], *, plan: ReadingPlan, start: int
    ) -> None:
        operation = OPERATIONS[table.operation]
        rows = require("pyarrow").concat_tables([answer_schema(operation).empty_table(), *parts])
        whole = replace_buckets(None, rows, operation=operation, start=plan.start, pulled_at=plan.now).rows
        files = MonthFiles(self._run)
        lost = [(start, plan.start)] if plan.start > start else []
        files.put(table.name, month, whole, change=lambda state: _with_gaps(state, lost))
        files.commit()
        self.notes.append(f"{table.name} {month}: pulled again, {whole.num_rows:,} rows")
        self.notes += [
            f"{table.name} {month}: the API no longer serves what was before {readable(end)}"
            for _, end in lost
        ]

    def _give_up(self, table: str, month: str, reason: str, *, gap: Gap | None) -> None:
        """Forget a file that cannot be had again, and put aside what is left of it."""
        run = self._run
        state = run.state(table)
        months = {name: each for name, each in state.months.items() if name != month}
        run.names_lost = run.names_lost or table in LISTS
        run.news[table] = _with_gaps(attrs.evolve(state, months=months), [gap] if gap else [])
        run.commit()
        path = run.path(table, month)
        if run.writer.storage.size(path) is not None:
            run.writer.storage.move(path, f"{_DAMAGED}/{path}")
        self.notes.append(f"{table} {month}: lost, {reason}")


def _partitions(run: SyncRun) -> Iterator[tuple[str, str]]:
    """The name of the table and the month of each file of the organization."""
    for table, state in run.states.items():
        for month in state.months:
            yield table, month


def _with_gaps(state: TableState, gaps: list[Gap]) -> TableState:
    return attrs.evolve(state, gaps=sorted({*state.gaps, *gaps}))


__all__ = ["Repair"]
