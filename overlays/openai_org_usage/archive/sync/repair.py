"""Files that are missing or damaged: found, and pulled again as far as the API still serves them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import attrs

from ..._generated import OPERATIONS
from ...errors import APIStatusError, ArchiveDamagedError, LookbackExceededError
from ...tables.optional_imports import ArrowTable, require
from ...times import readable
from ..archive_table import ArchiveTable
from ..manifest import TableState
from ..partition_paths import LISTS, month_bounds
from ..partitions import answer_schema, bucket_starts, file_schema, read_partition, with_schema
from ..reading.reading_plan import API_DAYS, DAY, Gap, ReadingPlan, after_wrong_clock
from ..reading.table_reading import TableReading, is_refusal
from ..storage.layout import DAMAGED, place_for_damaged
from .replacement import replace_buckets
from .sync_run import SyncRun


@attrs.define(eq=False)
class Repair:
    """Pulls again what is damaged, and what is missing that the API serves.

    Attributes:
        notes: what was repaired, and what could not be.
        damaged: the paths of files that still are, as the API refuses their table.
    """

    _run: SyncRun
    notes: list[str] = attrs.field(factory=list[str])
    damaged: list[str] = attrs.field(factory=list[str])
    _refused: set[str] = attrs.field(factory=set[str])

    def all(self) -> None:
        """Read every file of the organization, and pull again those that are not as they were written.

        Gaps are asked for once more: what the API serves of them by now is taken. Tables that were read by a
        clock that was ahead are to be read from their start.
        """
        for name, state in self._run.states.items():
            if (again := after_wrong_clock(state, now=self._run.now())) is not None:
                self._run.note(name, again)
                self.notes.append(f"{name}: read again from its start, since a clock was ahead")
        manifest = self._run.writer.manifest
        tables = {name: manifest.table(name) for name in manifest.tables}
        for name, month in list(_partitions(self._run)):
            if self._is_damaged(name, month):
                if name in tables:
                    self._mend(tables[name], month)
                else:
                    self._give_up(name, month, "nothing of the kind can be pulled again")
        for table in tables.values():
            for gap in self._run.state(table.name).gaps:
                self._fill(table, gap)

    def _is_damaged(self, table: str, month: str) -> bool:
        path, expected = self._run.path(table, month), self._run.state(table).months[month]
        try:
            read_partition(self._run.writer.storage, path, expected=expected)
        except ArchiveDamagedError:
            return True
        return False

    def _mend(self, table: ArchiveTable, month: str) -> None:
        """Read a month anew: what was over when it was read. The sync that follows reads what came since."""
        run, state = self._run, self._run.state(table.name)
        first, end = month_bounds(month)
        whole_until = int(min(state.read_until or 0, run.now())) // table.seconds * table.seconds
        lost = max(first, state.read_from or 0), min(end, whole_until)
        try:
            self._pull(table, lost, anew=month)
        except LookbackExceededError as error:
            self._give_up(table.name, month, str(error), gap=lost)
        except APIStatusError as error:
            if not is_refusal(error):
                raise
            self._refused.add(table.name)
            self.damaged.append(run.path(table.name, month))
            self.notes.append(f"{table.name} {month}: still damaged, --repair tries again: {error}")

    def _fill(self, table: ArchiveTable, gap: Gap) -> None:
        """Read what the API serves of a gap."""
        if table.name in self._refused or gap[1] <= self._run.now() - API_DAYS * DAY:
            return
        try:
            self._pull(table, (gap[0] // DAY * DAY, gap[1]))
        except LookbackExceededError:
            return
        except APIStatusError as error:
            if not is_refusal(error):
                raise
            self._refused.add(table.name)
            self.notes.append(f"{table.name}: not asked for what is missing, the API refuses it: {error}")

    def _pull(self, table: ArchiveTable, lost: Gap, *, anew: str | None = None) -> None:
        """Read a range again, and put it into its months; nothing that was kept of the month `anew` stays.

        Raises:
            OpenAIUsageError: as the query.
        """
        plan = ReadingPlan(
            start=lost[0],
            end=lost[1],
            needed=lost[0],
            now=self._run.now(),
            width=table.seconds,
            lookback=self._run.lookback,
            before=TableState(),
        )
        if anew is not None and lost[0] >= lost[1]:  # It has what was running then, and nothing else.
            nothing = answer_schema(OPERATIONS[table.operation]).empty_table()
            self._take(table, anew, nothing, lost=lost, plan=plan, is_anew=True)
            return
        reading = TableReading(self._run.answers, table, plan)
        for month, rows in reading.months():
            self._take(table, month, rows, lost=lost, plan=reading.plan, is_anew=month == anew)

    def _take(
        self,
        table: ArchiveTable,
        month: str,
        fresh: ArrowTable,
        *,
        lost: Gap,
        plan: ReadingPlan,
        is_anew: bool,
    ) -> None:
        operation, end = OPERATIONS[table.operation], min(lost[1], month_bounds(month)[1])
        kept = None if is_anew else self._run.kept(table.name, month)
        if kept is not None:
            after = kept.filter(require("pyarrow.compute").greater_equal(bucket_starts(kept), end))
            same = with_schema(after, file_schema(operation)).select(fresh.column_names)
            fresh = require("pyarrow").concat_tables([fresh, same])
        whole = replace_buckets(kept, fresh, operation=operation, start=plan.start, pulled_at=plan.now).rows
        state = self._run.state(table.name)
        state = _without_gap(_lost(state, month, lost) if is_anew else state, plan.start, end)
        self._run.put(table.name, month, whole, state=state)
        self._run.commit()
        self.notes.append(f"{table.name} {month}: pulled again, {whole.num_rows:,} rows")
        if is_anew and plan.start > lost[0]:
            self.notes.append(
                f"{table.name} {month}: the API no longer serves what was before {readable(plan.start)}"
            )

    def _give_up(self, table: str, month: str, reason: str, *, gap: Gap | None = None) -> None:
        """Forget a file that cannot be had again, and put aside what is left of it."""
        run, path = self._run, self._run.path(table, month)
        state = run.state(table)
        months = {name: each for name, each in state.months.items() if name != month}
        run.names_lost = run.names_lost or table in LISTS
        state = attrs.evolve(state, months=months)
        run.note(table, state if gap is None else _lost(state, month, gap))
        files, storage = dict[str, bytes | None]([(path, None)]), run.writer.storage
        with suppress(FileNotFoundError):
            left = storage.read(path)
            files[place_for_damaged(path, taken=storage.sizes(DAMAGED))] = left
        run.commit(files)
        self.notes.append(f"{table} {month}: lost, {reason}")


def _partitions(run: SyncRun) -> Iterator[tuple[str, str]]:
    """The name of the table and the month of each file of the organization."""
    for table, state in run.states.items():
        for month in state.months:
            yield table, month


def _lost(state: TableState, month: str, gap: Gap) -> TableState:
    """`state` when nothing is left of a month, of which `gap` had been over when it was read."""
    if month_bounds(month)[1] > gap[1]:  # What was running then is to be read once more.
        state = attrs.evolve(state, read_until=gap[1])
    return attrs.evolve(state, gaps=sorted({*state.gaps, gap})) if gap[0] < gap[1] else state


def _without_gap(state: TableState, start: int, end: int) -> TableState:
    """`state` when all from `start` to `end` has been read."""
    parts = [part for a, b in state.gaps for part in ((a, min(b, start)), (max(a, end), b))]
    return attrs.evolve(state, gaps=sorted({part for part in parts if part[0] < part[1]}))


__all__ = ["Repair"]
