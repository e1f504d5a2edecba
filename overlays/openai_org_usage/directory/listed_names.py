"""Names made of the items of an organization's lists, which may come in any order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import attrs

from .named_items import ItemT, NamedKey, NamedProject, NamedUser, completed
from .names import Names

if TYPE_CHECKING:
    from .._generated import AdminApiKey, Project, ProjectApiKey, ProjectServiceAccount, User

_SHOWN_END: Final = re.compile(r"[^A-Za-z0-9_-]([A-Za-z0-9_-]+)\Z")
"""What of a redacted key stands after the dots or stars."""
_LAST: Final = 4


@attrs.define(eq=False, repr=False)
class ListedNames:
    """What the lists say, item by item.

    What the list of service accounts says of a user wins, then that of users, then
    what a key says of its owner.
    """

    _projects: dict[str, NamedProject] = attrs.field(init=False, factory=dict[str, NamedProject])
    _service_accounts: dict[str, NamedUser] = attrs.field(init=False, factory=dict[str, NamedUser])
    _users: dict[str, NamedUser] = attrs.field(init=False, factory=dict[str, NamedUser])
    _owners: dict[str, NamedUser] = attrs.field(init=False, factory=dict[str, NamedUser])
    _api_keys: dict[str, NamedKey] = attrs.field(init=False, factory=dict[str, NamedKey])

    def add_project(self, project: Project) -> None:
        """Add an item of the list of projects."""
        named = NamedProject(id=project.id, name=_said(project.name), is_archived=is_archived(project))
        _add(self._projects, named)

    def add_user(self, user: User) -> None:
        """Add an item of the list of users, which has service accounts, too."""
        account = user.user
        named = NamedUser(
            id=user.id,
            name=_said(user.name, account.name if account else None),
            email=_said(user.email, account.email if account else None),
            is_service_account=user.is_service_account,
        )
        _add(self._users, named)
        if account is not None and account.id:
            _add(self._users, attrs.evolve(named, id=account.id))

    def add_service_account(self, account: ProjectServiceAccount) -> None:
        """Add an item of a project's list of service accounts."""
        named = NamedUser(id=account.id, name=_said(account.name), is_service_account=True)
        _add(self._service_accounts, named)

    def add_project_key(self, key: ProjectApiKey, *, project_id: str) -> None:
        """Add an item of the list of keys of the project `project_id`."""
        owner = _owner_of(key)
        if owner is not None:
            _add(self._owners, owner)
        _add(
            self._api_keys,
            NamedKey(
                id=key.id,
                name=_said(key.name),
                owner_id=owner.id if owner else None,
                owner_name=owner.name if owner else None,
                project_id=project_id,
                last_four=last_four(key.redacted_value),
            ),
        )

    def add_admin_key(self, key: AdminApiKey) -> None:
        """Add an item of the list of admin keys."""
        owner = key.owner
        if owner is not None and owner.id:
            _add(self._owners, NamedUser(id=owner.id, name=_said(owner.name)))
        _add(
            self._api_keys,
            NamedKey(
                id=key.id,
                name=_said(key.name),
                owner_id=_said(owner.id) if owner else None,
                owner_name=_said(owner.name) if owner else None,
                last_four=last_four(key.redacted_value),
            ),
        )

    def names(self, *, read_at: float, problems: Iterable[str], organization: str | None) -> Names:
        """The names of all that was added, which are those of `organization`."""
        users: dict[str, NamedUser] = {}
        for listed in (self._service_accounts, self._users, self._owners):
            for user in listed.values():
                _add(users, user)
        return Names(
            projects=self._projects,
            users=users,
            api_keys=self._api_keys,
            read_at=read_at,
            problems=tuple(problems),
            organization=organization,
        )


def is_archived(project: Project) -> bool:
    """Whether a project says so, in either way."""
    return project.status == "archived" or project.archived_at is not None


def last_four(redacted_value: str | None) -> str | None:
    """The last characters of a key of which the API shows no more; None where it is not redacted."""
    shown = _SHOWN_END.search(redacted_value or "")
    return shown[1][-_LAST:] if shown else None


def _add(items: dict[str, ItemT], item: ItemT) -> None:
    items[item.id] = completed(items[item.id], item) if item.id in items else item


def _said(*texts: str | None) -> str | None:
    """The first text that says something."""
    return next((text for text in texts if text and not text.isspace()), None)


def _owner_of(key: ProjectApiKey) -> NamedUser | None:
    owner = key.owner
    if owner is None:
        return None
    if owner.service_account is not None:
        account = owner.service_account
        return NamedUser(id=account.id, name=_said(account.name), is_service_account=True)
    if owner.user is not None:
        user = owner.user
        return NamedUser(id=user.id, name=_said(user.name), email=_said(user.email), is_service_account=False)
    return None
