"""What the project, user or key of an entry is called, by the organization's lists or by the rows. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from ..directory.addresses import name_without_address
from ..directory.short_ids import id_end, telling_length
from ..printable import clean

if TYPE_CHECKING:
    from ..directory.names import Names


@attrs.frozen(kw_only=True)
class EntryLabel:
    """What is known of the project, user or key of an entry besides its id.

    Only the lists of an organization tell more than names and addresses. Of models and line items nothing is
    known, as they are called what they are.
    """

    name: str | None = attrs.field(default=None, repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    """Of a user."""
    is_archived: bool | None = None
    """Whether the project is."""
    is_service_account: bool | None = None
    """Whether the user is one."""
    owner_id: str | None = None
    owner: str | None = attrs.field(default=None, repr=False)
    """The name of the key's owner, else the address."""
    project_id: str | None = None
    project: str | None = attrs.field(default=None, repr=False)
    """The name of the key's project."""
    id_end: str | None = None
    """What the id ends with, where another entry has the same name."""
    owner_id_end: str | None = None
    """The same of the owner, where another one is called so."""
    project_id_end: str | None = None
    """The same of the project, where another one is called so."""

    @property
    def shown_name(self) -> str | None:
        """The name, else the address; None if there is neither."""
        return next((text for text in (self.name, self.email) if text and text.strip()), None)

    @property
    def marks(self) -> tuple[str, ...]:
        """What is said of it in a word or two."""
        marks = {"archived": self.is_archived, "service account": self.is_service_account}
        return tuple(mark for mark, is_so in marks.items() if is_so)

    @property
    def details(self) -> tuple[str, str, str]:
        """Owner, project and address; empty where it has none, or where that is the name."""
        email = self.email if self.email != self.shown_name else None
        owner = _with_end(self.owner or self.owner_id, self.owner_id_end)
        return owner, _with_end(self.project or self.project_id, self.project_id_end), email or ""

    def named_by(self, names: Names, id: str, *, dimension: str) -> EntryLabel:
        """The label of `id` with what `names` know of it, which wins."""
        label_of = _LABEL_OF.get(dimension)
        if label_of is None:
            return self
        found = label_of(names, id)
        missing = {
            field.name: getattr(self, field.name)
            for field in attrs.fields(EntryLabel)
            if getattr(found, field.name) is None
        }
        return attrs.evolve(found, **missing)

    def without_emails(self) -> EntryLabel:
        """The label without addresses, and without each name that has an address in it."""
        return attrs.evolve(
            self,
            name=name_without_address(self.name),
            email=None,
            owner=name_without_address(self.owner),
            project=name_without_address(self.project),
        )


def labels_by(
    known: Mapping[str, EntryLabel], names: Names | None, *, dimension: str, emails: bool
) -> Mapping[str, EntryLabel]:
    """The labels of `known` as `names` call them, told apart; without addresses if not `emails`."""
    labels: dict[str, EntryLabel] = {}
    for id, label in known.items():
        found = label if names is None else label.named_by(names, id, dimension=dimension)
        labels[id] = found if emails else found.without_emails()
    return told_apart(labels)


def told_apart(labels: Mapping[str, EntryLabel]) -> Mapping[str, EntryLabel]:
    """`labels` by id, where several have the same name with as much of their ids as it takes."""
    ends = _ends((id, label.shown_name) for id, label in labels.items())
    owners = _ends((label.owner_id, label.owner) for label in labels.values())
    projects = _ends((label.project_id, label.project) for label in labels.values())
    return {
        id: attrs.evolve(
            label,
            id_end=ends.get(id),
            owner_id_end=owners.get(label.owner_id),
            project_id_end=projects.get(label.project_id),
        )
        for id, label in labels.items()
    }


def _ends(names: Iterable[tuple[str | None, str | None]]) -> Mapping[str | None, str]:
    """What the ids of `names` end with that several have, as they are shown."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for id, name in names:
        if id and name:
            ids[clean(name)].add(id)
    return {id: id_end(id, telling_length(same)) for same in ids.values() if len(same) > 1 for id in same}


def _with_end(name: str | None, end: str | None) -> str:
    return f"{name} ({end})" if name and end else name or ""


def _of_project(names: Names, id: str) -> EntryLabel:
    found = names.projects.get(id)
    return EntryLabel(name=found.name, is_archived=found.is_archived) if found else EntryLabel()


def _of_user(names: Names, id: str) -> EntryLabel:
    found = names.users.get(id)
    if found is None:
        return EntryLabel()
    return EntryLabel(name=found.name, email=found.email, is_service_account=found.is_service_account)


def _of_key(names: Names, id: str) -> EntryLabel:
    found = names.api_keys.get(id)
    if found is None:
        return EntryLabel()
    return EntryLabel(
        name=found.name,
        owner_id=found.owner_id,
        owner=found.owner_name or names.user_name(found.owner_id) or names.user_email(found.owner_id),
        project_id=found.project_id,
        project=names.project_name(found.project_id),
    )


_LABEL_OF: Mapping[str, Callable[[Names, str], EntryLabel]] = {
    "project_id": _of_project,
    "user_id": _of_user,
    "api_key_id": _of_key,
}
