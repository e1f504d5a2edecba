"""The manifest of an archive made anew from its files, where it is missing or damaged.

Paths and rows tell nearly all that it said, but not when the API was last asked. That is taken to be a year
before the last change that was seen: so all that the API still serves is read again. What it no longer serves
stays, and only the last year of it does not count as complete.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Self

import attrs

from ...errors import ArchiveDamagedError, ArchiveError
from ...tables.columns import END, START
from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..item_versions import FIRST_SEEN
from ..manifest import (
    MANIFEST,
    ArchiveManifest,
    OrganizationState,
    PartitionState,
    TableState,
    decode_manifest,
    encode_manifest,
)
from ..partition_paths import LISTS, RESTATEMENTS, WHOLE, month_bounds, partition_key, partition_path
from ..partitions import ORGANIZATION, PULLED_AT, decoded_partition
from ..reading.reading_plan import API_DAYS, DAY
from ..storage.layout import DAMAGED, place_for_damaged
from ..storage.storage import Storage

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_TIMES: Final = {RESTATEMENTS: (START, END, "seen_at"), **dict.fromkeys(LISTS, (FIRST_SEEN,))}
"""The columns of tables without answers that have a time in each row."""


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
    def of(cls, month: str, content: bytes, rows: ArrowTable | None) -> Self:
        """The file of a month of usage or costs, with this content and these rows; None if it is damaged."""
        state, (start, end) = _partition_state(rows, content), month_bounds(month)
        if rows is None:
            return cls(month=month, state=state, start=start, end=end)
        return cls(
            month=month,
            state=state,
            start=int(_extreme("min", rows, START)),
            end=int(_extreme("max", rows, END)),
            changed_at=_extreme("max", rows, PULLED_AT),
            id=_id_in(rows),
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
            ArchiveError: it is of a newer version, a table has a name that does not tell what it is of, or a
                file in the place of a month is none.
        """
        left = dict[str, bytes]()
        with suppress(FileNotFoundError):
            content = self._storage.read(MANIFEST)
            try:
                decode_manifest(content, location=self._storage.location)
                return {}
            except ArchiveDamagedError:
                left[place_for_damaged(MANIFEST, taken=self._storage.sizes(DAMAGED))] = content
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
            files = ((month, *self._content_and_rows(table, organization, month)) for month in own)
            if table in manifest.tables:
                found = [FoundMonth.of(*each) for each in files]
                known.tables[table] = _read_state(found)
                known.id = next((each.id for each in found if each.id is not None), known.id)
            else:
                known.tables[table] = TableState(
                    months={month: _partition_state(rows, content) for month, content, rows in files}
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

    def _content_and_rows(self, table: str, organization: str, month: str) -> tuple[bytes, ArrowTable | None]:
        """What is in a file; no rows if it is damaged.

        Raises:
            ArchiveError: no sync has written it.
        """
        path = partition_path(table, organization, month)
        content = self._storage.read(path)
        rows = _rows_of(content)
        if not _is_month(table, month) or (rows is not None and not _is_of_archive(table, rows)):
            raise ArchiveError(
                f"{self._storage.location}: {MANIFEST} is lost, and {path} is no file that a sync has "
                "written: move it elsewhere, then sync --repair"
            )
        return content, rows


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


def _is_month(table: str, month: str) -> bool:
    """Whether files of `table` may be called after `month`."""
    return month == WHOLE if table in LISTS else _MONTH.fullmatch(month) is not None


def _is_of_archive(table: str, rows: ArrowTable) -> bool:
    """Whether there are rows, which have the times that those of `table` have."""
    is_timestamp = require("pyarrow.types").is_timestamp
    kinds = dict(zip(rows.schema.names, rows.schema.types, strict=True))
    times = _TIMES.get(table, (START, END, PULLED_AT))
    return rows.num_rows > 0 and all(
        name in kinds and is_timestamp(kinds[name]) and not rows.column(name).null_count for name in times
    )


def _partition_state(rows: ArrowTable | None, content: bytes) -> PartitionState:
    if rows is None:
        return PartitionState(rows=-1, bytes=len(content))
    return PartitionState.of(content, rows=rows.num_rows)


def _id_in(rows: ArrowTable) -> str | None:
    """The organization that rows name, if they do."""
    if ORGANIZATION not in rows.column_names:
        return None
    id: str | None = require("pyarrow.compute").max(rows.column(ORGANIZATION)).as_py()
    return id


def _extreme(which: str, rows: ArrowTable, column: str) -> float:
    """The first or the last moment in a column."""
    moment = getattr(require("pyarrow.compute"), which)(rows.column(column)).as_py()
    return float(moment.timestamp())


__all__ = ["LostManifest"]
