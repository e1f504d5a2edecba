"""The lists of projects, users and keys in an archive: names outlive deleted keys and archived projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import attrs
import msgspec

from ...directory.named_items import ItemT, NamedKey, NamedProject, NamedUser
from ...directory.names import Names
from ...tables.optional_imports import ArrowTable, require
from ...tables.schema import schema_of_kinds
from ..item_versions import (
    FIRST_SEEN,
    LAST_SEEN,
    NAME_BEFORE,
    ItemVersion,
    list_columns,
    versions_after,
)
from ..manifest import ArchiveManifest, OrganizationState, PartitionState
from ..partition_paths import WHOLE, partition_path
from ..partitions import encoded_partition, read_partition

if TYPE_CHECKING:
    from ..storage.storage import Storage
    from .sync_run import SyncRun

_READ_AGAIN_AFTER: Final = 20 * 3600
"""Seconds: a sync that comes daily, some minutes sooner at times, reads them each time."""


@attrs.frozen(kw_only=True)
class ListChange:
    """What becomes of the file of a list."""

    table: str
    content: bytes
    state: PartitionState


@attrs.frozen(kw_only=True)
class DirectoryHistory:
    """The lists of one organization as the archive has them."""

    storage: Storage
    manifest: ArchiveManifest
    organization: str

    def names(self) -> Names:
        """The last known names of every id that was ever listed."""
        state = self._state
        return Names(
            projects=self._latest("projects", NamedProject),
            users=self._latest("users", NamedUser),
            api_keys=self._latest("api_keys", NamedKey),
            read_at=state.names_read_at,
            organization=state.id,
        )

    def changes(self, names: Names, *, moment: float) -> list[ListChange]:
        """What changes when the lists had `names` at `moment`."""
        reading = _ListReading(
            moment=datetime.fromtimestamp(moment, UTC), before=self._read_at, is_whole=not names.problems
        )
        found = (
            self._change("projects", NamedProject, names.projects, reading),
            self._change("users", NamedUser, names.users, reading),
            self._change("api_keys", NamedKey, self._with_keys_of_archived(names), reading),
        )
        return [change for change in found if change is not None]

    def _with_keys_of_archived(self, names: Names) -> dict[str, NamedKey]:
        """The keys that are listed, and those of archived projects, whose lists the API may refuse."""
        archived = {id for id, project in names.projects.items() if project.is_archived}
        known = self._versions("api_keys", NamedKey)
        open_ones = {version.item.id: version.item for version in known if version.last_seen is None}
        return {id: key for id, key in open_ones.items() if key.project_id in archived} | dict(names.api_keys)

    @property
    def _state(self) -> OrganizationState:
        return self.manifest.organizations.get(self.organization, OrganizationState())

    @property
    def _read_at(self) -> datetime | None:
        read_at = self._state.names_read_at
        return None if read_at is None else datetime.fromtimestamp(read_at, UTC)

    def _change(
        self, table: str, kind: type[ItemT], listed: Mapping[str, ItemT], reading: _ListReading
    ) -> ListChange | None:
        known = self._versions(table, kind)
        versions = versions_after(
            known, listed, moment=reading.moment, before=reading.before, is_whole=reading.is_whole
        )
        if versions == known:
            return None
        content = encoded_partition(_table_of(table, versions))
        state = PartitionState.of(content, rows=len(versions))
        return ListChange(table=table, content=content, state=state)

    def _versions(self, table: str, kind: type[ItemT]) -> list[ItemVersion[ItemT]]:
        rows = self._rows(table)
        return [] if rows is None else list(_versions_in(rows, kind))

    def _latest(self, table: str, kind: type[ItemT]) -> dict[str, ItemT]:
        """The last version of each item, by id. Their times are not made: Arrow imports pandas for these."""
        rows = self._rows(table)
        if rows is None:
            return {}
        names = [field.name for field in attrs.fields(kind) if field.name in rows.column_names]
        items = (msgspec.convert(row, kind) for row in rows.select(names).to_pylist())
        return {item.id: item for item in items}

    def _rows(self, table: str) -> ArrowTable | None:
        """The versions of all items, those of an item in their order; None if nothing is kept."""
        known = self._state.tables.get(table)
        if known is None or WHOLE not in known.months:
            return None
        path = partition_path(table, self.organization, WHOLE)
        return read_partition(self.storage, path, expected=known.months[WHOLE])


@attrs.frozen(kw_only=True)
class _ListReading:
    """When the lists were read, and when the time before; whether the key may read all of them."""

    moment: datetime
    before: datetime | None
    is_whole: bool


def are_names_due(run: SyncRun) -> bool:
    """Whether the lists were not read in the last 20 hours. The writer has to have begun."""
    known = run.writer.manifest.organizations.get(run.organization, OrganizationState())
    read_at = known.names_read_at
    return read_at is None or not 0 <= run.now() - read_at < _READ_AGAIN_AFTER


def keep_names(run: SyncRun, names: Names, *, moment: float) -> int:
    """Keep what is new in the lists, which had `names` at `moment`; how many files were written."""
    writer, organization = run.writer, run.organization
    history = DirectoryHistory(storage=writer.storage, manifest=writer.manifest, organization=organization)
    changes = history.changes(names, moment=moment)

    def apply(manifest: ArchiveManifest) -> None:
        state = manifest.organizations.setdefault(organization, OrganizationState())
        state.id, state.names_read_at = run.answers.id, moment
        for change in changes:
            manifest.state(organization, change.table).months[WHOLE] = change.state

    files = {partition_path(change.table, organization, WHOLE): change.content for change in changes}
    return writer.commit(apply, files=files)


def _versions_in(rows: ArrowTable, kind: type[ItemT]) -> Iterator[ItemVersion[ItemT]]:
    for row in rows.to_pylist():
        yield ItemVersion(
            item=msgspec.convert(row, kind),  # What is no field of it is left out.
            name_before=row[NAME_BEFORE],
            first_seen=row[FIRST_SEEN],
            last_seen=row[LAST_SEEN],
        )


def _table_of(table: str, versions: Sequence[ItemVersion[ItemT]]) -> ArrowTable:
    rows = [
        {
            **attrs.asdict(version.item),
            NAME_BEFORE: version.name_before,
            FIRST_SEEN: version.first_seen,
            LAST_SEEN: version.last_seen,
        }
        for version in versions
    ]
    return require("pyarrow").Table.from_pylist(rows, schema_of_kinds(list_columns(table)))


__all__ = ["DirectoryHistory", "ListChange", "are_names_due", "keep_names"]
