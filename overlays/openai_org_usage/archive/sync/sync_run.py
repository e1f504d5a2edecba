"""What the parts of one organization's sync share: who is asked, what is known, what waits to be written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import attrs

from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..manifest import ArchiveManifest, OrganizationState, PartitionState, TableState
from ..partition_paths import RESTATEMENTS, partition_path
from ..partitions import encoded_partition, read_partition
from ..reading.organization_answers import OrganizationAnswers
from .sync_result import SyncProgress
from .writer import ArchiveWriter


@attrs.define(eq=False, kw_only=True)
class SyncRun:
    """One organization's sync.

    Attributes:
        writer: of the archive, whose lock is held.
        answers: of the organization.
        organization: as it is called in the archive.
        tables: which are asked for.
        lookback: in seconds.
        since: how far back to go, in Unix seconds; None leaves it to the API.
        known: what the manifest had of each table, by its name, when the sync began.
        news: what is known by now of those of which more is.
        names_lost: whether lists were lost, so that they have to be read again.
        files_written: how many have been.
    """

    writer: ArchiveWriter
    answers: OrganizationAnswers
    organization: str
    tables: tuple[ArchiveTable, ...]
    lookback: int
    since: int | None
    known: Mapping[str, TableState]
    news: dict[str, TableState] = attrs.field(factory=dict[str, TableState])
    names_lost: bool = False
    files_written: int = 0

    @classmethod
    def of(
        cls,
        writer: ArchiveWriter,
        answers: OrganizationAnswers,
        *,
        manifest: ArchiveManifest,
        organization: str,
        tables: tuple[ArchiveTable, ...],
        lookback: int,
        since: int | None,
    ) -> SyncRun:
        """The sync that begins with what the manifest has."""
        known = manifest.organizations.get(organization, OrganizationState())
        return cls(
            writer=writer,
            answers=answers,
            organization=organization,
            tables=tables,
            lookback=lookback,
            since=since,
            known=known.tables,
        )

    def state(self, table: str) -> TableState:
        """What is known of `table`, not to be changed in place."""
        return self.states.get(table, TableState())

    @property
    def states(self) -> dict[str, TableState]:
        """What is known of each table by now."""
        return {**self.known, **self.news}

    def now(self) -> float:
        """The present."""
        return float(self.answers.clock())

    def progress(self, reading: str, *, done: int) -> SyncProgress:
        """What is told when a page of `reading` has come."""
        return SyncProgress(
            organization=self.organization,
            table=reading,
            done=done,
            planned=len(self.tables),
            pages=self.answers.pages,
        )

    def path(self, table: str, month: str) -> str:
        """The file of a month."""
        return partition_path(table, self.organization, month)

    def kept(self, table: str, month: str) -> ArrowTable | None:
        """The rows of a month; None if there are none.

        Raises:
            ArchiveDamagedError: the file is not as it was written.
        """
        expected = self.state(table).months.get(month)
        if expected is None:
            return None
        return read_partition(self.writer.storage, self.path(table, month), expected=expected)

    def commit(self, files: Mapping[str, bytes] | None = None, *, removed: Collection[str] = ()) -> None:
        """Write `files`, and all that is known by now."""
        self.files_written += self.writer.commit(self._note, files=files, removed=removed)

    def _note(self, manifest: ArchiveManifest) -> None:
        manifest.define(self.tables)
        known = manifest.organizations.setdefault(self.organization, OrganizationState())
        known.id = self.answers.id
        known.tables.update(self.news)
        if self.names_lost:
            known.names_read_at = None


@attrs.define(eq=False)
class MonthFiles:
    """The files that are written when a month of a table has been read, with what is then known of them."""

    _run: SyncRun
    written: dict[str, bytes] = attrs.field(factory=dict[str, bytes])
    removed: list[str] = attrs.field(factory=list[str])

    def put(
        self, table: str, month: str, rows: ArrowTable, *, change: Callable[[TableState], TableState]
    ) -> None:
        """Have `rows` written as a month of `table`, or the file removed if there are none."""
        state = self._run.state(table)
        months = {name: each for name, each in state.months.items() if name != month}
        path = self._run.path(table, month)
        if rows.num_rows:
            content = self.written[path] = encoded_partition(rows)
            months[month] = PartitionState.of(content, rows=rows.num_rows)
        else:
            self.removed.append(path)
        ordered = {name: months[name] for name in sorted(months)}
        self._run.news[table] = change(attrs.evolve(state, months=ordered))

    def add_restatements(self, month: str, rows: ArrowTable) -> None:
        """Have `rows` written after those that the month has."""
        kept = self._run.kept(RESTATEMENTS, month)
        whole = rows if kept is None else require("pyarrow").concat_tables([kept, rows])
        self.put(RESTATEMENTS, month, whole, change=lambda state: state)

    def commit(self) -> None:
        """Write them."""
        self._run.commit(self.written, removed=self.removed)


__all__ = ["MonthFiles", "SyncRun"]
