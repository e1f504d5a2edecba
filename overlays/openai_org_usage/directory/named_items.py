"""What is known of a project, a user or a key besides its id: each member is None where nothing is known.

Only the id is in the representation of such a value: names and addresses are nobody's business in a log.
"""

from __future__ import annotations

from typing import TypeVar

import attrs


@attrs.frozen(kw_only=True)
class NamedProject:
    """A project."""

    id: str
    name: str | None = attrs.field(default=None, repr=False)
    is_archived: bool | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class NamedUser:
    """A person or a service account: rows give the ids of both as `user_id`."""

    id: str
    name: str | None = attrs.field(default=None, repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    is_service_account: bool | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class NamedKey:
    """A key of a project, or an admin key, which has no project.

    Attributes:
        last_four: the last characters of the key, which the API shows; no more of it is kept anywhere.
    """

    id: str
    name: str | None = attrs.field(default=None, repr=False)
    owner_id: str | None = attrs.field(default=None, repr=False)
    owner_name: str | None = attrs.field(default=None, repr=False)
    project_id: str | None = attrs.field(default=None, repr=False)
    last_four: str | None = attrs.field(default=None, repr=False)


ItemT = TypeVar("ItemT", NamedProject, NamedUser, NamedKey)


def completed(newer: ItemT, older: ItemT) -> ItemT:
    """`newer`, with what only `older` knows."""
    missing = {
        field.name: getattr(older, field.name)
        for field in attrs.fields(type(newer))
        if getattr(newer, field.name) is None
    }
    if isinstance(newer, NamedKey) and (newer.owner_id is not None or newer.owner_name is not None):
        missing.pop("owner_id", None)  # One owner is not called as another was: both members, or none.
        missing.pop("owner_name", None)
    return attrs.evolve(newer, **missing)
