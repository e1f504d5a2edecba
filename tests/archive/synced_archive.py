"""An archive that killed processes sync, and what the API told on each day to compare it with."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

import httpx

from openai_org_usage import Archive, ArchiveError, UsageClient
from openai_org_usage.archive.manifest import TableState
from openai_org_usage.archive.partition_paths import partition_path
from openai_org_usage.archive.storage.journal import CommittedFiles
from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.emulator import Emulator, OrganizationSize, Restatements

from ..conftest import DAY, NOW
from .endless_commits import TABLES, Task
from .model.contents import Contents, archived, pulled

_BEGIN = NOW - 20 * DAY
"""Some days before the first sync begins to read."""


class SyncedArchive:
    """The archive at `location` of an emulated organization, whose present is `now`.

    Attributes:
        rows: how many there were when it was last checked.
    """

    def __init__(self, location: str) -> None:
        self.rows = 0
        self._location = location
        self._now = NOW
        self._told: dict[tuple[str, int], Contents] = {}
        self._open = ExitStack()
        size = OrganizationSize(projects=2, users=2, keys=2)
        self._emulator = Emulator(
            now=lambda: self._now, size=size, restatements=Restatements(days=5), lookback_days=None
        )

    def task(self, *, ahead: float, together: float) -> Task:
        """A sync at the present."""
        return Task(
            location=self._location,
            ahead=ahead,
            base_url=self._emulator.base_url,
            admin_key=self._emulator.admin_key,
            now=self._now,
            together=together,
        )

    def check(self) -> None:
        """Compare each bucket with what the API told when it was pulled, and settled ones with what it tells.

        Raises:
            AssertionError: one is not the same.
        """
        self.rows = 0
        self._ask()
        try:
            manifest = Archive(self._location).manifest()
        except ArchiveError as error:  # Perhaps no sync has come so far.
            if "is no archive" not in str(error):
                raise
            return
        for table in TABLES:
            state = manifest.state("default", table.name)
            files = self._files(table.name, state)
            found = archived(files, table)
            self.rows += found.rows
            for start, at in found.pulled_at.items():
                assert found.buckets[start] == self._told[table.name, at].buckets[start]
            told, until = self._told[table.name, self._now], state.settled_until or 0
            settled = range(state.read_from or 0, until - DAY + 1)
            kept = found.among(settled.__contains__)
            assert kept.buckets == told.among(settled.__contains__).buckets

    def pass_a_day(self) -> None:
        """Until the next sync."""
        self._now += DAY

    def _ask(self) -> None:
        """Note what the API tells at present; what it has told the day before is kept once."""
        for table in TABLES:
            told = pulled(self._whole, table, start=_BEGIN)
            before = self._told.get((table.name, self._now - DAY), told).buckets
            buckets = {
                start: before[start] if before.get(start) == rows else rows
                for start, rows in told.buckets.items()
            }
            self._told[table.name, self._now] = Contents(table, buckets)

    def _files(self, table: str, state: TableState) -> dict[str, bytes]:
        """The files of a table, each as long as the manifest says."""
        committed, found = CommittedFiles(open_storage(self._location)), dict[str, bytes]()
        for month, partition in state.months.items():
            path = partition_path(table, "default", month)
            found[path] = committed.read(path)
            assert len(found[path]) == partition.bytes
        return found

    def __enter__(self) -> Self:
        self._open.enter_context(self._emulator)
        self._whole = self._open.enter_context(
            UsageClient(
                admin_key=self._emulator.admin_key,
                base_url="http://127.0.0.1/v1",
                transport=httpx.ASGITransport(app=self._emulator.app),
                clock=lambda: self._now,
            )
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
