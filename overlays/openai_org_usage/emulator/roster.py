"""Who and what there is in the synthetic organization: projects, people, service accounts and keys.

Usage and lists come from one roster, so that every ID of a result is one that the lists know, or one
that they have forgotten, such as that of a deleted key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal, TypeVar

import attrs

from .dataset import ORGANIZATION_ID

Access = Literal["active", "inactive"]
"""Whether the owner of a key may still use its project."""


@attrs.frozen
class OrganizationProject:
    """A project; two may have one name."""

    id: str
    name: str
    is_archived: bool = False


@attrs.frozen
class Employee:
    """Who works there, or did: who has left is in no list of users, and still owns keys."""

    id: str
    name: str | None
    email: str | None
    has_left: bool = False


@attrs.frozen
class ServiceAccount:
    """An account that is no person, and belongs to one project."""

    id: str
    name: str
    project_id: str


@attrs.frozen
class ApiKey:
    """An API key: who owns it, in which project, when it is busy, and how busy it is."""

    id: str
    project_id: str
    user_id: str
    """Of its owner: an employee or a service account."""
    rhythm: str
    weight: int
    """Its share of all usage; 0 for a key that was never used."""
    name: str | None
    owner_access: Access = "active"
    is_deleted: bool = False
    """Whether it is in no list; what it has used is counted all the same."""
    made_by: str = attrs.field(default=attrs.Factory(lambda key: key.user_id, takes_self=True))
    """Who made it: its owner, or whoever set up the service account. How it is used depends on them."""


_Member = TypeVar("_Member", ApiKey, ServiceAccount)


@attrs.frozen
class AdminCredential:
    """A key of the organization itself, which reads usage and lists."""

    id: str
    name: str | None
    owner_id: str
    last_four: str | None = None
    """The last characters of the key; those of the key that the emulator accepts, if None."""
    days_left: int | None = None
    """Until it expires, counted from today; None if it does not."""
    days_unused: int | None = 0
    """Since it was used; None if it never was."""


@attrs.frozen(eq=False)
class Roster:
    """All of an organization, in the order of its lists."""

    projects: Mapping[str, OrganizationProject]
    employees: Mapping[str, Employee]
    service_accounts: Mapping[str, ServiceAccount]
    keys: tuple[ApiKey, ...]
    admin_keys: tuple[AdminCredential, ...]
    organization_id: str = ORGANIZATION_ID

    @classmethod
    def of(
        cls,
        *,
        projects: Iterable[OrganizationProject],
        employees: Iterable[Employee],
        service_accounts: Iterable[ServiceAccount],
        keys: Iterable[ApiKey],
        admin_keys: Iterable[AdminCredential],
    ) -> Roster:
        """The roster of these, found by their IDs."""
        return cls(
            {each.id: each for each in projects},
            {each.id: each for each in employees},
            {each.id: each for each in service_accounts},
            tuple(keys),
            tuple(admin_keys),
        )

    def project_name(self, project_id: str) -> str | None:
        """The name of a project; None where there is none."""
        project = self.projects.get(project_id)
        return None if project is None else project.name

    def user_email(self, user_id: str) -> str | None:
        """The e-mail address of a user; service accounts have none."""
        employee = self.employees.get(user_id)
        return None if employee is None else employee.email

    def keys_of(self, project_id: str) -> tuple[ApiKey, ...]:
        """The keys of a project that are not deleted."""
        return self._listed_keys.get(project_id, ())

    def accounts_of(self, project_id: str) -> tuple[ServiceAccount, ...]:
        """The service accounts of a project."""
        return self._accounts.get(project_id, ())

    @cached_property
    def _listed_keys(self) -> dict[str, tuple[ApiKey, ...]]:
        return _by_project(key for key in self.keys if not key.is_deleted)

    @cached_property
    def _accounts(self) -> dict[str, tuple[ServiceAccount, ...]]:
        return _by_project(self.service_accounts.values())


def _by_project(members: Iterable[_Member]) -> dict[str, tuple[_Member, ...]]:
    found: dict[str, list[_Member]] = {}
    for member in members:
        found.setdefault(member.project_id, []).append(member)
    return {project_id: tuple(each) for project_id, each in found.items()}
