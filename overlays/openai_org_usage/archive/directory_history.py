"""What projects, users and keys were called, and when: names outlive deleted keys and archived projects.

A version of an item is what the lists said of it for a while. It ends where they say something else, or
where they lack the item; what a key may not list is not lacking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Generic

import attrs
import msgspec

from ..directory.named_items import ItemT, NamedKey, NamedProject, NamedUser, completed
from ..directory.names import Names
from ..name_methods import ONE_DAY
from ..tables.columns import Kind
from ..tables.optional_imports import ArrowTable, require
from ..tables.schema import schema_of_kinds
from .manifest import ArchiveManifest, OrganizationState, PartitionState
from .partition_paths import WHOLE, partition_path
from .partitions import encoded_partition, read_partition

if TYPE_CHECKING:
    from ..client import UsageClient
    from .storage import Storage
    from .writer import ArchiveWriter

ITEMS: Final[Mapping[str, type[NamedProject] | type[NamedUser] | type[NamedKey]]] = {
    "projects": NamedProject,
    "users": NamedUser,
    "api_keys": NamedKey,
}
"""What the rows of each list are of."""
_NAME_BEFORE, _FIRST_SEEN, _LAST_SEEN = "name_before", "first_seen", "last_seen"
_FLAGS: Final = ("is_archived", "is_service_account")


@attrs.frozen(kw_only=True)
class ItemVersion(Generic[ItemT]):
    """What the lists said of an item for a while.

    Attributes:
        item: what they said.
        name_before: the name that it had before this one; None if it is not known to have had another.
        first_seen: the reading in which they said so first.
        last_seen: the last reading before the one in which they did not any more; None while they do.
    """

    item: ItemT
    name_before: str | None = attrs.field(default=None, repr=False)
    first_seen: datetime
    last_seen: datetime | None = None


def versions_after(
    known: Sequence[ItemVersion[ItemT]],
    listed: Mapping[str, ItemT],
    *,
    moment: datetime,
    before: datetime | None,
    is_whole: bool,
) -> list[ItemVersion[ItemT]]:
    """The versions that are `known`, after the lists were read at `moment` and had what is `listed`. Pure.

    What only is known better than before goes on as the same version. An item that comes back begins another.

    Args:
        before: when they were read the time before; None if they never were.
        is_whole: whether what is not listed is not there: the key may read all lists.
    """
    until = before or moment
    versions = list(known)
    places = {version.item.id: place for place, version in enumerate(versions)}
    for id, place in places.items():
        last = versions[place]
        if id not in listed and last.last_seen is None and is_whole:
            versions[place] = attrs.evolve(last, last_seen=until)
    for id, item in listed.items():
        if id not in places:
            versions.append(ItemVersion(item=item, first_seen=moment))
            continue
        last = versions[places[id]]
        whole = completed(item, last.item)
        if last.last_seen is None and completed(last.item, whole) == whole:
            versions[places[id]] = attrs.evolve(last, item=whole)
            continue
        versions[places[id]] = attrs.evolve(last, last_seen=last.last_seen or until)
        name_before = last.name_before if whole.name == last.item.name else last.item.name
        versions.append(ItemVersion(item=whole, name_before=name_before, first_seen=moment))
    return sorted(versions, key=lambda version: (version.item.id, version.first_seen))


def latest_items(versions: Iterable[ItemVersion[ItemT]]) -> dict[str, ItemT]:
    """The last that is known of each item, by id; `versions` are in their order."""
    return {version.item.id: version.item for version in versions}


def list_columns(table: str) -> dict[str, Kind]:
    """The columns of a list, each with its kind."""
    fields = [field.name for field in attrs.fields(ITEMS[table])]
    places = fields.index("name") + 1
    names = [*fields[:places], _NAME_BEFORE, *fields[places:]]
    kinds = {name: Kind.FLAG if name in _FLAGS else Kind.TEXT for name in names}
    return {**kinds, _FIRST_SEEN: Kind.TIME, _LAST_SEEN: Kind.TIME}


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
            projects=latest_items(self._versions("projects", NamedProject)),
            users=latest_items(self._versions("users", NamedUser)),
            api_keys=latest_items(self._versions("api_keys", NamedKey)),
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
            self._change("api_keys", NamedKey, names.api_keys, reading),
        )
        return [change for change in found if change is not None]

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
        state = PartitionState(rows=len(versions), bytes=len(content))
        return ListChange(table=table, content=content, state=state)

    def _versions(self, table: str, kind: type[ItemT]) -> list[ItemVersion[ItemT]]:
        known = self._state.tables.get(table)
        if known is None or WHOLE not in known.months:
            return []
        path = partition_path(table, self.organization, WHOLE)
        rows = read_partition(self.storage, path, expected=known.months[WHOLE])
        return list(_versions_in(rows, kind))


@attrs.frozen(kw_only=True)
class _ListReading:
    """When the lists were read, and when the time before; whether the key may read all of them."""

    moment: datetime
    before: datetime | None
    is_whole: bool


def sync_directory(writer: ArchiveWriter, client: UsageClient, *, organization: str, now: float) -> int:
    """Read the organization's lists, unless they were in the last day, and keep what is new in them.

    How many files were written. The writer has to have begun.

    Raises:
        OpenAIUsageError: of the first list that fails otherwise than for want of permission.
    """
    manifest = writer.manifest
    known = manifest.organizations.get(organization, OrganizationState())
    if known.names_read_at is not None and 0 <= now - known.names_read_at < ONE_DAY:
        return 0
    history = DirectoryHistory(storage=writer.storage, manifest=manifest, organization=organization)
    changes = history.changes(client.names(), moment=now)

    def apply(manifest: ArchiveManifest) -> None:
        manifest.organizations.setdefault(organization, OrganizationState()).names_read_at = now
        for change in changes:
            manifest.state(organization, change.table).months[WHOLE] = change.state

    files = {partition_path(change.table, organization, WHOLE): change.content for change in changes}
    return writer.commit(apply, files=files)


def _versions_in(rows: ArrowTable, kind: type[ItemT]) -> Iterator[ItemVersion[ItemT]]:
    found: list[dict[str, Any]] = rows.to_pylist()
    for row in found:
        yield ItemVersion(
            item=msgspec.convert(row, kind),  # What is no field of it is left out.
            name_before=row[_NAME_BEFORE],
            first_seen=row[_FIRST_SEEN],
            last_seen=row[_LAST_SEEN],
        )


def _table_of(table: str, versions: Sequence[ItemVersion[ItemT]]) -> ArrowTable:
    rows = [
        {
            **attrs.asdict(version.item),
            _NAME_BEFORE: version.name_before,
            _FIRST_SEEN: version.first_seen,
            _LAST_SEEN: version.last_seen,
        }
        for version in versions
    ]
    return require("pyarrow").Table.from_pylist(rows, schema_of_kinds(list_columns(table)))


__all__ = [
    "ITEMS",
    "DirectoryHistory",
    "ItemVersion",
    "ListChange",
    "latest_items",
    "list_columns",
    "sync_directory",
    "versions_after",
]
