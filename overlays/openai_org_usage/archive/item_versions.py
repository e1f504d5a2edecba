"""The versions of projects, users and keys: what lists said of an item for a while. Pure.

A version ends where the lists say something else, or where they lack the item; what a key may not list is not
lacking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Generic

import attrs

from ..directory.named_items import ItemT, NamedKey, NamedProject, NamedUser, completed
from ..tables.columns import Kind

ITEMS: Final[Mapping[str, type[NamedProject] | type[NamedUser] | type[NamedKey]]] = {
    "projects": NamedProject,
    "users": NamedUser,
    "api_keys": NamedKey,
}
"""What the rows of each list are of."""
NAME_BEFORE, FIRST_SEEN, LAST_SEEN = "name_before", "first_seen", "last_seen"
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


def list_columns(table: str) -> dict[str, Kind]:
    """The columns of a list, each with its kind."""
    fields = [field.name for field in attrs.fields(ITEMS[table])]
    places = fields.index("name") + 1
    names = [*fields[:places], NAME_BEFORE, *fields[places:]]
    kinds = {name: Kind.FLAG if name in _FLAGS else Kind.TEXT for name in names}
    return {**kinds, FIRST_SEEN: Kind.TIME, LAST_SEEN: Kind.TIME}


__all__ = [
    "FIRST_SEEN",
    "ITEMS",
    "LAST_SEEN",
    "NAME_BEFORE",
    "ItemVersion",
    "list_columns",
    "versions_after",
]
