"""An emulated organization whose clock and answers a test moves, and an archive of it."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Generator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

from openai_org_usage import Archive, ArchiveTable, RetryPolicy, UsageClient
from openai_org_usage.archive.manifest import PartitionState, encode_manifest
from openai_org_usage.archive.sync.sync_result import SyncResult
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Altered
from openai_org_usage.tables.literals import as_json
from openai_org_usage.tables.optional_imports import ArrowTable

from ..conftest import NOW

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")
DAYS_SERVED = 45
Row = dict[str, Any]
Change = Callable[[int, Row], Row | None]
"""What becomes of a result of the bucket that starts at a moment; None if it vanishes."""


@attrs.define(eq=False)
class MovingClock:
    """The present of the emulated world and of its clients."""

    now: float = NOW

    def __call__(self) -> float:
        """The present in Unix seconds."""
        return self.now


@attrs.define(eq=False)
class World:
    """What a test moves: the `clock`, the faults of `api`, and with `change` what single results are."""

    api: Emulator
    clock: MovingClock
    client: UsageClient
    folder: Path
    archive: Archive = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.archive = Archive(self.folder)

    def sync(self, *tables: str | ArchiveTable, **options: Any) -> SyncResult:
        """Sync `tables` without names."""
        return self.archive.sync(self.client, tables=tables or ["images"], names=False, **options)

    def change(self, change: Change) -> None:
        """Have `change` made of every result from now on."""

        def changed(page: Row) -> Row:
            for bucket in page["data"]:
                made = [change(bucket["start_time"], dict(each)) for each in bucket["results"]]
                bucket["results"] = [each for each in made if each is not None]
            return page

        self.api.faults = FaultPlan(Altered(changed))

    def served(self, table: str = "images") -> Counter[str]:
        """The rows that the API has now."""
        start = int(self.clock.now) // 86_400 * 86_400 - DAYS_SERVED * 86_400
        request = (ArchiveTable.of(table)).request(start_time=start)
        return Counter(map(_text, self.client.query(request).to_records()))

    def kept(self, table: str = "images") -> Counter[str]:
        """The rows that the archive has, without what it adds."""
        return Counter(_text(row) for row in self.rows(table) if row)

    def rows(self, table: str = "images") -> list[Row]:
        """All rows of a table, in the order of its files."""
        parts = [pq.ParquetFile(path).read() for path in self.files(table)]
        rows: list[Row] = pa.concat_tables(parts, promote_options="default").to_pylist()
        return rows

    def files(self, table: str = "*") -> list[Path]:
        """The partitions of a table."""
        return sorted(self.folder.glob(f"table={table}/organization=*/month=*/data.parquet"))

    def snapshot(self) -> dict[str, tuple[int, bytes]]:
        """When each file was written, and its bytes."""
        return {
            path.relative_to(self.folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def rewrite(self, path: Path, change: Callable[[ArrowTable], ArrowTable]) -> None:
        """Have a partition be as another version wrote it."""
        sink = pa.BufferOutputStream()
        table = change(pq.ParquetFile(path).read())
        pq.write_table(table, sink)
        content: bytes = sink.getvalue().to_pybytes()
        path.write_bytes(content)
        manifest = self.archive.manifest()
        table_name, _, month = (part.partition("=")[2] for part in path.parts[-4:-1])
        state = PartitionState(rows=table.num_rows, bytes=len(content))
        manifest.state("default", table_name).months[month] = state
        (self.folder / "manifest.json").write_bytes(encode_manifest(manifest))

    @property
    def asked(self) -> list[Row]:
        """What was asked of the API since its emulator was reset: the query of each request."""
        return [dict(request.query) for request in self.api.requests]


@contextlib.contextmanager
def world_in(folder: Path, api: Emulator, clock: MovingClock) -> Generator[World]:
    """A world whose archive is in `folder`, as of NOW."""
    api.reset()
    clock.now = NOW
    with UsageClient(
        admin_key=api.admin_key, base_url=api.base_url, clock=clock, retry=RetryPolicy(max_retries=0)
    ) as client:
        try:
            yield World(api, clock, client, folder)
        finally:
            clock.now = NOW


def client_of_organization(id: str, clock: Callable[[], float]) -> UsageClient:
    """A client of another emulated organization, which answers without a socket."""
    api = Emulator(now=clock, organization_id=id, lookback_days=DAYS_SERVED)
    transport = httpx.ASGITransport(app=api.app)
    return UsageClient(
        admin_key=api.admin_key, base_url="http://127.0.0.1/v1", transport=transport, clock=clock
    )


def _text(row: Row) -> str:
    """A row as text that two equal rows have in common."""
    left_out = ("organization_id", "pulled_at")
    own = {
        name: as_json(value) if name == "additional_properties" and not isinstance(value, str) else value
        for name, value in row.items()
        if name not in left_out and not name.endswith("_exact")
    }
    plain = {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
        for name, value in own.items()
        if value is not None
    }
    return json.dumps(plain, sort_keys=True)
