"""The sync of one organization: its tables one after the other, and beside them its names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs

from ...client import UsageClient
from ...errors import (
    APIStatusError,
    ArchiveError,
    InexactValueError,
    OpenAIUsageError,
    PaginationError,
    ResponseDecodeError,
    ResponseTooLargeError,
)
from ..archive_table import ArchiveTable, default_tables
from ..duplicate_organizations import duplicate_notes
from ..file_checks import check_sizes
from ..manifest import ArchiveManifest, OrganizationState, TableState
from ..partition_paths import LISTS, RESTATEMENTS, checked_name
from ..reading.organization_answers import OrganizationAnswers
from ..reading.reading_plan import check_clock, lookback_seconds, since_seconds
from .directory_history import are_names_due, keep_names
from .lost_manifest import LostManifest
from .repair import Repair
from .sync_result import SyncedTable, SyncProgress, SyncResult
from .sync_run import SyncRun
from .table_sync import TableSync
from .writer import ArchiveWriter

if TYPE_CHECKING:
    from ...directory.names import Names

_OF_ONE_TABLE: Final = (InexactValueError, PaginationError, ResponseDecodeError, ResponseTooLargeError)
"""Errors that say nothing of the other tables."""


@attrs.frozen(kw_only=True)
class SyncRequest:
    """What a sync is asked for, as users write it; see `Archive.sync`."""

    organization: str
    tables: Iterable[ArchiveTable | str] | None
    lookback: str
    since: object
    names: bool
    repair: bool
    on_progress: Callable[[SyncProgress], object] | None


def sync_organization(writer: ArchiveWriter, client: UsageClient, request: SyncRequest) -> SyncResult:
    """Read what is missing and what may have changed, and write what has.

    Raises:
        ArchiveError: see its kinds; nothing was read, or what had been read by then is kept.
        InvalidParameterError: the request cannot be read.
        OpenAIUsageError: as queries.
    """
    checked_name(request.organization, parameter="organization")
    lookback = lookback_seconds(request.lookback)
    lost = LostManifest(writer.storage)
    with writer.begun(request.organization, remake=lost.files if request.repair else None):
        manifest = writer.manifest
        tables = chosen_tables(request.tables, manifest)
        manifest.define(tables)
        return _Sync(writer, client, request, tables=tables, lookback=lookback, notes=lost.notes).result()


def chosen_tables(
    wanted: Iterable[ArchiveTable | str] | None, manifest: ArchiveManifest
) -> tuple[ArchiveTable, ...]:
    """The tables that are `wanted`: by default the usual ones and all that the archive has.

    A text is the name of a table of the archive, of one of the usual ones, or of an endpoint.

    Raises:
        InvalidParameterError: there is no such table.
    """
    kept = {name: manifest.table(name) for name in manifest.tables}
    known = {table.name: table for table in default_tables()} | kept
    if wanted is None:
        return tuple(known.values())
    chosen = [known.get(each) or ArchiveTable.of(each) if isinstance(each, str) else each for each in wanted]
    for table in chosen:
        checked_name(table.name, parameter="tables")
        if table.name in (*LISTS, RESTATEMENTS):
            raise ArchiveError(f"{table.name} is a table of its own: give this one another name")
    return tuple(dict.fromkeys(chosen))


def audit_run(
    writer: ArchiveWriter,
    client: UsageClient,
    manifest: ArchiveManifest,
    *,
    organization: str,
    tables: Iterable[ArchiveTable | str] | None,
) -> SyncRun:
    """What an audit of `tables` goes by, all that are kept if None.

    Raises:
        ArchiveError: nothing is kept of the organization, no table of it at least.
        InvalidParameterError: there is no such table.
    """
    known = manifest.organizations.get(organization, OrganizationState())
    kept = [name for name in manifest.tables if known.tables.get(name, TableState()).read_at is not None]
    if not kept:
        raise ArchiveError(f"nothing is kept of an organization called {organization}: sync it first")
    wanted = kept if tables is None else tables
    return SyncRun.of(
        writer,
        OrganizationAnswers.of(client, name=organization, id=known.id),
        manifest=manifest,
        organization=organization,
        tables=chosen_tables(wanted, manifest),
        lookback=0,
        since=None,
    )


class _Sync:
    def __init__(
        self,
        writer: ArchiveWriter,
        client: UsageClient,
        request: SyncRequest,
        *,
        tables: Sequence[ArchiveTable],
        lookback: int,
        notes: Sequence[str],
    ) -> None:
        self._request = request
        self._notes = notes
        self._reading = ""
        self._done: list[SyncedTable] = []
        manifest = writer.manifest
        known = manifest.organizations.get(request.organization)
        answers = OrganizationAnswers.of(
            client,
            name=request.organization,
            id=known.id if known else None,
            claim=partial(writer.claim, organization=request.organization),
            told=self._tell,
        )
        self._run = SyncRun.of(
            writer,
            answers,
            manifest=manifest,
            organization=request.organization,
            tables=tuple(tables),
            lookback=lookback,
            since=since_seconds(request.since, now=answers.clock()),
        )

    def result(self) -> SyncResult:
        run, repair = self._run, Repair(self._run)
        if self._request.repair:
            repair.all()
        check_clock(run.now(), run.states.values())
        check_sizes(
            run.writer.storage,
            run.writer.manifest,
            organization=run.organization,
            found=run.writer.sizes(),
            besides=repair.damaged,
        )
        asked_at = run.now()
        with self._names() as names:
            failure = self._read_tables()
            if run.tables or not self._request.names:  # Lists are committed by themselves.
                run.commit()
            if names is not None:
                self._reading = "names"
                run.files_written += keep_names(run, names(), moment=asked_at)
        if failure is not None:
            raise failure
        return SyncResult(
            organization=run.organization,
            id=run.answers.id,
            tables=tuple(self._done),
            requests=run.answers.requests,
            files_written=run.files_written,
            damaged=tuple(repair.damaged),
            notes=(*self._notes, *repair.notes, *duplicate_notes(run.writer.manifest, of=run.organization)),
        )

    def _read_tables(self) -> OpenAIUsageError | None:
        """Read all; the first error that is no reason to leave the other tables out.

        Raises:
            OpenAIUsageError: nothing comes of any of them, or an error that is not of one table.
        """
        try:
            return self._each_table()
        except BaseException:
            self._run.commit_waiting()
            raise

    def _each_table(self) -> OpenAIUsageError | None:
        failures: list[OpenAIUsageError] = []
        refusals: list[APIStatusError] = []
        for table in self._run.tables:
            self._reading = table.name
            reading = TableSync(self._run, table)
            try:
                self._done.append(reading.result())
            except _OF_ONE_TABLE as error:
                failures.append(error)
            if reading.refusal is not None:
                refusals.append(reading.refusal)
        if len(refusals) == len(self._done) and (failures or refusals):  # There is nothing to keep.
            raise [*refusals, *failures][0]
        return failures[0] if failures else None

    def _names(self) -> AbstractContextManager[Callable[[], Names] | None]:
        """The lists of projects, users and keys, which are read once a day beside the tables."""
        if self._request.names and are_names_due(self._run):
            return self._run.answers.names_beside()
        return nullcontext()

    def _tell(self) -> None:
        if self._request.on_progress is not None:
            self._request.on_progress(self._run.progress(self._reading, done=len(self._done)))


__all__ = ["SyncRequest", "chosen_tables", "sync_organization"]
