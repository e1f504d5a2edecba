"""What a sync tells: as it goes on, and at its end."""

from __future__ import annotations

import attrs

from ..reading.reading_plan import Gap


@attrs.frozen(kw_only=True)
class SyncProgress:
    """A page has come.

    Attributes:
        organization: as it is called in the archive.
        table: what is being read.
        done: how many tables are done.
        planned: how many there are.
        pages: how many have come so far, of all tables.
    """

    organization: str
    table: str
    done: int
    planned: int
    pages: int


@attrs.frozen(kw_only=True)
class SyncedTable:
    """What has come of one table.

    Attributes:
        name: of the table.
        rows: how many have been read.
        requests: how many answers that took, those included that were asked for again.
        months: the partitions that have been written, such as `2026-10`.
        restated: how many fields have changed of buckets that had been over before.
        refused: why the API does not give the table; None if it does.
        gaps: ranges in Unix seconds that are not kept and that the API no longer has.
        notes: what is out of the ordinary.
    """

    name: str
    rows: int = 0
    requests: int = 0
    months: tuple[str, ...] = ()
    restated: int = 0
    refused: str | None = None
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class SyncResult:
    """What has come of the sync of one organization.

    Attributes:
        organization: as it is called in the archive.
        id: of the organization, as its answers name it; None if none does.
        tables: what has come of each.
        requests: how many answers it took, names included.
        files_written: how many files, the manifest included.
        damaged: files that still are, as the API refused to give their table again.
        notes: what is out of the ordinary and no table's own.
    """

    organization: str
    id: str | None
    tables: tuple[SyncedTable, ...]
    requests: int
    files_written: int
    damaged: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows have been read."""
        return sum(table.rows for table in self.tables)

    @property
    def restated(self) -> int:
        """How many fields have changed of buckets that had been over before."""
        return sum(table.restated for table in self.tables)


__all__ = ["SyncProgress", "SyncResult", "SyncedTable"]
