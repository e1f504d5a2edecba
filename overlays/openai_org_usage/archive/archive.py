"""The archive: a folder, or a bucket of an object store, in which usage and costs are kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import ArchiveError
from ..hidden_arguments import hides_arguments
from ..lazy_names import late_imports
from ..tables.optional_imports import DuckConnection
from .archive_table import ArchiveTable
from .manifest import MANIFEST, ArchiveManifest, decode_manifest
from .storage.journal import CommittedFiles, Journal
from .storage.layout import refuse_lost_manifest
from .storage.storage import open_storage
from .sync.writer import ArchiveWriter

if TYPE_CHECKING:
    from ..client import UsageClient
    from ..directory.names import Names
    from .answers.answer_pages import ArchiveAnswers
    from .lateness import Lateness
    from .sync.audit import AuditResult
    from .sync.sync_result import SyncProgress, SyncResult


class Archive:
    """An organization's usage and costs, and those of several, kept in Parquet files::

        from openai_org_usage import Archive, UsageClient

        with UsageClient() as client:
            Archive("usage").sync(client)

    It needs the extra `archive`. Several threads may sync organizations through one `Archive` at once.

    Args:
        location: a folder, which is made, or the URL of an object store: `s3://bucket/path`, `gs://…`,
            `abfs://…`.
        clock: the present in Unix seconds, for the lock; what is read, is as of the client's clock.

    Raises:
        ArchiveError: it is a file, or a URL of which nothing can be made.
    """

    @hides_arguments
    def __init__(self, location: str | os.PathLike[str], *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._storage = open_storage(location, clock=clock)
        self._writer = ArchiveWriter(self._storage)

    @property
    def location(self) -> str:
        """Where it is, without secrets."""
        return self._storage.location

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.location!r})"

    def manifest(self) -> ArchiveManifest:
        """Which tables it has, and how far each organization's have been read.

        Raises:
            ArchiveError: there is no archive, or one of a newer version, or the manifest alone is missing.
        """
        Journal(self._storage).recover_if_free()
        try:
            content = CommittedFiles(self._storage).read(MANIFEST)
        except FileNotFoundError:
            refuse_lost_manifest(self.location, self._storage.sizes())
            raise ArchiveError(
                f"{self.location} is no archive: give another one, or make one there by sync"
            ) from None
        return decode_manifest(content, location=self.location)

    @hides_arguments
    def sync(
        self,
        client: UsageClient,
        *,
        organization: str = "default",
        tables: Iterable[ArchiveTable | str] | None = None,
        lookback: str = "10d",
        since: str | int | datetime | None = None,
        names: bool = True,
        repair: bool = False,
        on_progress: Callable[[SyncProgress], object] | None = None,
    ) -> SyncResult:
        """Read what is missing, and once more what may have changed; what has come of it.

        What a month brings is written when it is complete, with others that are within two seconds. So a sync
        that is interrupted goes on from there, and one that was killed reads again what had waited for that.
        What has not changed is not written.

        Args:
            client: with the organization's admin key.
            organization: what it is called here. Another organization needs another name.
            tables: which to read; their names, or those of endpoints; by default the usual ones, see
                `default_tables`, and those that are kept.
            lookback: how long after its end a bucket may still change.
            since: how far back to go at first; by default as far as the API does, which is a year.
            names: whether to read the lists of projects, users and keys, too.
            repair: whether to read months again whose files are missing or damaged.
            on_progress: is told of each page; of those of lists, which are read meanwhile, after the tables.

        Raises:
            ArchiveLockedError: another process writes to the archive.
            ArchiveDamagedError: files are missing or not whole; `repair` reads them again.
            OtherOrganizationError: the key is of another organization than what is kept under this name.
            ArchiveError: the clock went back, or a table is kept with another width or grouping.
            InvalidParameterError: an argument cannot be read.
            OpenAIUsageError: as queries. What had been read by then is kept.
        """
        with late_imports():
            from .sync.organization_sync import SyncRequest, sync_organization

        request = SyncRequest(
            organization=organization,
            tables=tables,
            lookback=lookback,
            since=since,
            names=names,
            repair=repair,
            on_progress=on_progress,
        )
        return sync_organization(self._writer, client, request)

    @hides_arguments
    def audit(
        self,
        client: UsageClient,
        *,
        organization: str = "default",
        tables: Iterable[ArchiveTable | str] | None = None,
        on_progress: Callable[[SyncProgress], object] | None = None,
    ) -> AuditResult:
        """Pull all that the API still serves, and compare it row for row with what is kept.

        Nothing is written. What happened after the last sync is no difference.

        Args:
            client: with the organization's admin key.
            organization: what it is called here.
            tables: which to compare; by default all that are kept.
            on_progress: is told of each page.

        Raises:
            ArchiveError: there is no archive, or one of another organization.
            OpenAIUsageError: as queries.
        """
        with late_imports():
            from .sync.audit import audit_organization
            from .sync.organization_sync import audit_run

        manifest = self.manifest()
        run = audit_run(self._writer, client, manifest, organization=organization, tables=tables)
        return audit_organization(run, on_progress=on_progress)

    def set_aside(self, organization: str) -> int:
        """Take an organization out, whose files are moved to the folder `_aside`; how many they are.

        It is for one that is kept under two names. Nothing there is read any more, and nothing is lost.

        Raises:
            ArchiveLockedError: another process writes to the archive.
            ArchiveError: there is no archive, or none of that organization; or one of that name was set aside
                before.
        """
        with late_imports():
            from .sync.set_aside import set_aside

        self.manifest()  # Writers make an archive where there is none.
        return set_aside(self._writer, organization)

    def client(self, *, organization: str = "default", settled: bool = False) -> UsageClient:
        """A client that is answered from here: its queries, and reports made with it, send nothing.

        It needs no key. It goes back as far as the archive does, and its answers end where that was read.
        A bucket that was running then and is over by now ends there, too: not all of it was read. With
        `settled`, only buckets are there that had been over for the look-back when they were read.

        Raises:
            ArchiveError: there is no archive, one of a newer version, or none of that organization. Queries
                raise ArchiveCoverageError for what is not kept, and LookbackExceededError for what was
                before it.
        """
        with late_imports():
            from .answers.client import ArchiveClient

        return ArchiveClient(self.answers(organization=organization, settled=settled))

    def answers(self, *, organization: str = "default", settled: bool = False) -> ArchiveAnswers:
        """What answers that client, and knows how old the answers are that it gave.

        Raises:
            ArchiveError: as `client`.
        """
        with late_imports():
            from .answers.answer_pages import ArchiveAnswers

        return ArchiveAnswers(
            self._storage, self.manifest(), organization, settled=settled, clock=self._clock
        )

    def names(self, organization: str = "default") -> Names:
        """The last known name of every project, user and key that its lists ever had.

        Raises:
            ArchiveError: there is no archive.
            ArchiveDamagedError: a file is missing or not whole.
        """
        with late_imports():
            from .sync.directory_history import DirectoryHistory

        history = DirectoryHistory(storage=self._storage, manifest=self.manifest(), organization=organization)
        return history.names()

    def lateness(self, *, organization: str | None = None) -> Lateness:
        """How late usage was seen to come: from it, a look-back can be chosen.

        Args:
            organization: to which; by default to all that are kept.

        Raises:
            ArchiveError: there is no archive, or none of that organization.
            ArchiveDamagedError: a file is missing or not whole.
        """
        with late_imports():
            from .lateness import read_lateness

        return read_lateness(self._storage, self.manifest(), organization=organization)

    def duckdb(self) -> DuckConnection:
        """A `duckdb.DuckDBPyConnection` with a view for each table, to be asked by SQL.

        It is a database of its own in memory. Views read the files when they are asked: they have the columns
        of the table, `organization` and `month`, names beside ids as far as any list had them, and
        `complete`: whether a bucket had been over for the look-back when it was last read. There are
        `restatements`, the lists `projects`, `users` and `api_keys` with all their versions, and
        `archive_tables`, which says what is kept, how far, and how old it is. Months that are new afterwards
        take another connection. Times are UTC. Sums of amounts are exact; DuckDB raises an error where they
        go beyond 10^8.

        Raises:
            MissingExtraError: duckdb is not installed.
            ArchiveError: there is no archive.
            ArchiveDamagedError: a file is missing, or not what was written. In an object store only lengths
                are known by then; a query that reads what is damaged raises an error of DuckDB.
        """
        with late_imports():
            from .sql.connection import connect

        return connect(self._storage, self.manifest())


__all__ = ["Archive"]
