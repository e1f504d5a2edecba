"""The manifest of an archive made anew from its files, where it is missing or damaged.

Paths and rows tell nearly all that it said, but not when the API was last asked. That is taken to be a year
before the last change that was seen: so all that the API still serves is read again. What it no longer serves
stays, and only the last year of it does not count as complete.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Self

import attrs

from ...errors import ArchiveDamagedError, ArchiveError
from ...tables.columns import END, START
from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..manifest import (
    MANIFEST,
    ArchiveManifest,
    OrganizationState,
    PartitionState,
    TableState,
    decode_manifest,
    encode_manifest,
)
from ..partition_paths import LISTS, RESTATEMENTS, month_bounds, partition_key, partition_path
from ..partitions import ORGANIZATION, PULLED_AT, decoded_partition
from ..reading.reading_plan import API_DAYS, DAY
from ..storage.layout import DAMAGED
from ..storage.storage import Storage


@attrs.frozen(kw_only=True)
class FoundMonth:
    """A file, and what it tells of its table. Times are Unix seconds.

    Attributes:
        month: as in its path.
        state: what the manifest says of it: of a damaged file what it cannot have, so that a repair sees it.
        start: of the first bucket.
        end: of the last one.
        changed_at: when the last change was seen; None if the file is damaged, which then spans its month.
        id: of the organization; None if the rows do not name it.
    """

    month: str
    state: PartitionState
    start: int
    end: int
    changed_at: float | None = None
    id: str | None = None

    @classmethod
    def of(cls, month: str, content: bytes) -> Self:
        """The file of a month of usage or costs, with this content."""
        rows, (start, end) = _rows_of(content), month_bounds(month)
        state = _partition_state(rows, content)
        if rows is None:
            return cls(month=month, state=state, start=start, end=end)
        return cls(
            month=month,
            state=state,
            start=int(_extreme("min", rows, START)),
            end=int(_extreme("max", rows, END)),
            changed_at=_extreme("max", rows, PULLED_AT),
            id=require("pyarrow.compute").max(rows.column(ORGANIZATION)).as_py(),
        )


@attrs.define(eq=False)
class LostManifest:
    """A manifest that may be lost, and what it must have said.

    Attributes:
        notes: that it was made anew, if it was.
    """

    _storage: Storage
    notes: list[str] = attrs.field(factory=list[str])

    def files(self) -> Mapping[str, bytes]:
        """The new manifest, and what is left of the old one; nothing if that is whole, or of no tables.

        Raises:
            ArchiveError: it is of a newer version, or a table has a name that does not tell what it is of.
        """
        left = dict[str, bytes]()
        with suppress(FileNotFoundError):
            content = self._storage.read(MANIFEST)
            try:
                decode_manifest(content, location=self._storage.location)
                return {}
            except ArchiveDamagedError:
                left[f"{DAMAGED}/{MANIFEST}"] = content
        keys = [key for path in sorted(self._storage.sizes()) if (key := partition_key(path)) is not None]
        if not keys:
            return {}
        self.notes.append(
            f"{MANIFEST} was lost, and is made anew from {len(keys):,} files: what the API still serves is "
            "read again; gaps of before that are not known any more"
        )
        return {**left, MANIFEST: encode_manifest(self._remade(keys))}

    def _remade(self, keys: Iterable[tuple[str, str, str]]) -> ArchiveManifest:
        manifest, months = ArchiveManifest(), defaultdict[tuple[str, str], list[str]](list)
        for table, organization, month in keys:
            months[table, organization].append(month)
        manifest.define(self._table(name) for name, _ in months if name not in (*LISTS, RESTATEMENTS))
        for (table, organization), own in months.items():
            known = manifest.organizations.setdefault(organization, OrganizationState())
            contents = ((month, self._content(table, organization, month)) for month in own)
            if table in manifest.tables:
                found = [FoundMonth.of(*each) for each in contents]
                known.tables[table] = _read_state(found)
                known.id = next((each.id for each in found if each.id is not None), known.id)
            else:
                known.tables[table] = TableState(
                    months={
                        month: _partition_state(_rows_of(content), content) for month, content in contents
                    }
                )
        return manifest

    def _table(self, name: str) -> ArchiveTable:
        table = ArchiveTable.named(name)
        if table is None:
            raise ArchiveError(
                f"{self._storage.location}: {MANIFEST} is lost, and the name of table={name} does not tell "
                "of which endpoint and groups it is: move it elsewhere, then sync --repair"
            )
        return table

    def _content(self, table: str, organization: str, month: str) -> bytes:
        return self._storage.read(partition_path(table, organization, month))


def _read_state(found: Sequence[FoundMonth]) -> TableState:
    """What is known of a table that answers are read for; nothing but its files if all are damaged."""
    months = {each.month: each.state for each in found}
    last = max((each.changed_at for each in found if each.changed_at is not None), default=None)
    if last is None:
        return TableState(months=months)
    return TableState(
        read_from=min(each.start for each in found),
        read_until=min(max(each.end for each in found), math.floor(last)),
        read_at=last - API_DAYS * DAY,
        lookback=0,
        all_read_at=last - API_DAYS * DAY,
        months=months,
    )


def _rows_of(content: bytes) -> ArrowTable | None:
    """The rows of a file; None if it is damaged."""
    try:
        return decoded_partition(content)
    except (require("pyarrow").ArrowException, OSError, ValueError):
        return None


def _partition_state(rows: ArrowTable | None, content: bytes) -> PartitionState:
    if rows is None:
        return PartitionState(rows=-1, bytes=len(content))
    return PartitionState.of(content, rows=rows.num_rows)


def _extreme(which: str, rows: ArrowTable, column: str) -> float:
    """The first or the last moment in a column."""
    moment = getattr(require("pyarrow.compute"), which)(rows.column(column)).as_py()
    return float(moment.timestamp())


__all__ = ["LostManifest"]
