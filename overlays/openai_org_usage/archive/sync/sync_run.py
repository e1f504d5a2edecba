"""What the parts of one organization's sync share: who is asked, what is known, what waits to be written."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from ...errors import ArchiveError
from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..manifest import ArchiveManifest, OrganizationState, TableState
from ..partition_paths import RESTATEMENTS, partition_path
from ..partitions import read_partition
from ..reading.organization_answers import OrganizationAnswers
from .sync_result import SyncProgress
from .unwritten import Unwritten
from .writer import ArchiveWriter

TOGETHER: Final = 2.0
"""Seconds: months that come to their end within them are written at once, as each commit waits for the disk
a dozen times."""


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
    names_lost: bool = False
    files_written: int = 0
    _unwritten: Unwritten = attrs.field(init=False, factory=Unwritten)
    _written_at: float = attrs.field(init=False, factory=time.monotonic)

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
        return {**self.known, **self._unwritten.states}

    def note(self, table: str, state: TableState) -> None:
        """Have `state` be what is known of `table`."""
        self._unwritten = self._unwritten.with_state(table, state)

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
        expected, path = self.state(table).months.get(month), self.path(table, month)
        if path in self._unwritten.files:
            self.commit()
        return None if expected is None else read_partition(self.writer.storage, path, expected=expected)

    def put(
        self,
        table: str,
        month: str,
        rows: ArrowTable,
        *,
        state: TableState,
        restated: ArrowTable | None = None,
    ) -> None:
        """Have `rows` written as a month, or its file removed if there are none: with others, or soon.

        Args:
            table: its name.
            month: such as `2026-10`.
            rows: all that it has.
            state: what is known of the table with it, but for its files.
            restated: new rows of the table `restatements` in this month.

        Raises:
            ArchiveError: as `commit`.
        """
        is_restated = restated is not None and restated.num_rows
        restatements = [*self._restatements(month), restated] if is_restated else []
        self._unwritten = self._unwritten.with_month(
            table, month, rows, path=self.path(table, month), state=state, restatements=restatements
        )
        if time.monotonic() - self._written_at >= TOGETHER:
            self.commit()

    def commit(self, files: Mapping[str, bytes | None] | None = None) -> None:
        """Write what waits to be written and `files`, None of one that goes, with all that is known by now.

        Raises:
            ArchiveError: it cannot be written; nothing waits any more.
        """
        for month, parts in self._unwritten.restatements.items():
            self._unwritten = self._unwritten.without_restatements(month).with_month(
                RESTATEMENTS,
                month,
                require("pyarrow").concat_tables(parts),
                path=self.path(RESTATEMENTS, month),
                state=self.state(RESTATEMENTS),
            )
        try:
            self._write({**self._unwritten.files, **(files or {})})
        except ArchiveError:
            self._unwritten = Unwritten()
            raise
        self._unwritten = self._unwritten.when_written()
        self._written_at = time.monotonic()

    def commit_waiting(self) -> None:
        """As `commit`, if a month waits."""
        if self._unwritten.files:
            self.commit()

    def _restatements(self, month: str) -> Sequence[ArrowTable]:
        """The rows of a month of that table."""
        waiting = self._unwritten.restatements.get(month)
        if waiting is not None:
            return waiting
        kept = self.kept(RESTATEMENTS, month)
        return [] if kept is None else [kept]

    def _write(self, files: Mapping[str, bytes | None]) -> None:
        new = {path: content for path, content in files.items() if content is not None}
        removed = [path for path, content in files.items() if content is None]
        self.files_written += self.writer.commit(self._note, files=new, removed=removed)

    def _note(self, manifest: ArchiveManifest) -> None:
        manifest.define(self.tables)
        known = manifest.organizations.setdefault(self.organization, OrganizationState())
        known.id = self.answers.id
        known.tables.update(self._unwritten.states)
        if self.names_lost:
            known.names_read_at = None


__all__ = ["TOGETHER", "SyncRun"]
