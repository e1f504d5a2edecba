"""What lists say of projects, users and keys: the members that recorded answers have, in their order."""

from __future__ import annotations

from .._generated import ListOperation
from .activity import FOUNDING_DAY
from .buckets import SECONDS_PER_DAY, align_down
from .roster import AdminCredential, ApiKey, Employee, OrganizationProject, Roster, ServiceAccount
from .rows import plausible
from .seeded_random import draw, draw_bytes

Item = dict[str, object]
ListMember = OrganizationProject | Employee | ServiceAccount | ApiKey | AdminCredential

_UNRECORDED = frozenset(
    (
        *("external_key_id", "residency"),
        *("is_default", "created", "user", "is_service_account", "is_scale_tier_authorized_purchaser"),
        *("is_scim_managed", "api_key_last_used_at", "technical_level", "developer_persona", "projects"),
    )
)
"""Members that the document has, and no recorded answer."""

_HOUR = 3600
_YEARS = 5 * 365
"""How many days after the founding all were there."""
_LONG_ENOUGH = 20
"""A key of fewer characters shows none of them."""


class ListItems:
    """Makes the items of one organization's lists, as of a moment that the caller gives (Unix seconds).

    Of `admin_key`, the one that asks, the last four characters are kept.
    """

    def __init__(self, roster: Roster, *, seed: int, admin_key: str) -> None:
        self._roster = roster
        self._seed = seed
        self._admins = {key.owner_id for key in roster.admin_keys}
        self._own_end = admin_key[-4:] if len(admin_key) >= _LONG_ENOUGH else ""

    def item(self, operation: ListOperation, member: ListMember, *, now: int) -> Item:
        """What a list says of one of its members, and a plausible value of each field that is new."""
        known = self._known(member, now=now)
        new = (field for field in operation.fields if field.name not in (*known, *_UNRECORDED))
        return known | {field.name: plausible(field) for field in new}

    def _known(self, member: ListMember, *, now: int) -> Item:
        match member:
            case OrganizationProject():
                return self._project(member, now=now)
            case Employee():
                return self._user(member)
            case ServiceAccount():
                return {"object": "organization.project.service_account", **self._account(member)}
            case ApiKey():
                return self._key(member, now=now)
            case AdminCredential():
                return self._admin_key(member, now=now)

    def created_at(self, member_id: str) -> int:
        """When somebody came or something was made, Unix seconds."""
        moment = draw(self._seed, "created", member_id) % (_YEARS * SECONDS_PER_DAY)
        return FOUNDING_DAY * SECONDS_PER_DAY + moment

    def _project(self, project: OrganizationProject, *, now: int) -> Item:
        # Archived this very day, as its keys are used to the present.
        archived_at = align_down(now, width=SECONDS_PER_DAY) if project.is_archived else None
        return {
            "id": project.id,
            "object": "organization.project",
            "name": project.name,
            "created_at": self.created_at(project.id),
            "archived_at": archived_at,
            "status": "archived" if project.is_archived else "active",
        }

    def _user(self, employee: Employee) -> Item:
        return {
            "object": "organization.user",
            "id": employee.id,
            "name": employee.name,
            "email": employee.email,
            "role": "owner" if employee.id in self._admins else "reader",
            "added_at": self.created_at(employee.id),
        }

    def _account(self, account: ServiceAccount) -> Item:
        created_at = self.created_at(account.id)
        return {"id": account.id, "name": account.name, "role": "member", "created_at": created_at}

    def _key(self, key: ApiKey, *, now: int) -> Item:
        kind = "proj" if key.user_id in self._roster.employees else "svcacct"
        unused = draw(self._seed, "unused", key.id) % _HOUR
        return {
            "object": "organization.project.api_key",
            "redacted_value": f"sk-{kind}-...{draw_bytes(self._seed, 'end', key.id, size=2).hex()}",
            "name": key.name,
            "created_at": self.created_at(key.id),
            "last_used_at": now - unused if key.weight else None,
            "id": key.id,
            "owner_project_access": key.owner_access,
            "owner": self._owner(key),
        }

    def _owner(self, key: ApiKey) -> Item:
        account = self._roster.service_accounts.get(key.user_id)
        if account is not None:
            return {"type": "service_account", "service_account": self._account(account)}
        employee = self._roster.employees[key.user_id]
        user = {
            "id": employee.id,
            "email": employee.email,
            "name": employee.name,
            "role": "member",
            "created_at": self.created_at(employee.id),
        }
        return {"type": "user", "user": user}

    def _admin_key(self, key: AdminCredential, *, now: int) -> Item:
        today = align_down(now, width=SECONDS_PER_DAY)
        days_left, days_unused = key.days_left, key.days_unused
        return {
            "object": "organization.admin_api_key",
            "id": key.id,
            "name": key.name,
            "redacted_value": f"sk-admin-...{self._own_end if key.last_four is None else key.last_four}",
            "created_at": self.created_at(key.id),
            "expires_at": None if days_left is None else today + days_left * SECONDS_PER_DAY,
            "last_used_at": None if days_unused is None else now - days_unused * SECONDS_PER_DAY,
            "owner": self._admin(self._roster.employees[key.owner_id]),
        }

    def _admin(self, employee: Employee) -> Item:
        return {
            "type": "user",
            "object": "organization.user",
            "id": employee.id,
            "name": employee.name,
            "created_at": self.created_at(employee.id),
            "role": "owner",
        }
