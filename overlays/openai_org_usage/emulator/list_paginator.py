"""Answering a request for a list: one page of projects, users or keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypedDict

import attrs

from .._generated import ListOperation
from .errors import above_maximum, archived_project, below_minimum, rejected, unknown_project
from .list_items import Item, ListItems, ListMember
from .parameters import Pairs, Value, read_parameters
from .roster import ApiKey, Employee, OrganizationProject, Roster, ServiceAccount

_LIMIT = 20
_MAXIMUM = 100
"""Of a page, where the document names no other."""
_PAST = re.compile(r"(?P<id>.+)~(?P<number>[1-9][0-9]{0,8})")
"""A cursor past the last item, which only a planted fault gives."""


class ListJson(TypedDict):
    """A page of a list as it goes over the wire."""

    object: Literal["list"]
    data: list[Item]
    first_id: str | None
    last_id: str | None
    has_more: bool


@attrs.frozen
class ListPageRequest:
    """A valid query for one page of a list, as of the moment `now` (Unix seconds)."""

    operation: ListOperation
    members: Sequence[ListMember]
    """All that the query selects, on all pages."""
    start: int
    """How many of them are on the pages before."""
    limit: int
    after: str | None
    past: int
    """How many pages past the last item it is, from 1; only a planted fault has any there."""
    now: int


class ListPaginator:
    """Answers for the lists of one organization."""

    def __init__(self, roster: Roster, items: ListItems) -> None:
        self._roster = roster
        self._items = items
        self._selections: Mapping[str, Callable[[Mapping[str, Value], str], Iterable[ListMember]]] = {
            "projects": self._projects,
            "users": self._users,
            "project_api_keys": self._keys,
            "service_accounts": self._accounts,
            "admin_api_keys": self._admin_keys,
        }

    def request(
        self, operation: ListOperation, pairs: Pairs, *, project_id: str, now: int
    ) -> ListPageRequest:
        """What a query string asks for; a list that nothing is known of is empty.

        Raises:
            ApiError: 400, as it breaks a rule; 404 for a project that there is not.
        """
        values = read_parameters(operation, pairs)
        limit = _limit(operation, values)
        select = self._selections.get(operation.name, _nothing)
        members = tuple(select(values, project_id))
        after = values.get("after")
        start, past = (0, 0) if after is None else _position(members, str(after))
        return ListPageRequest(
            operation, members, start, limit, None if after is None else str(after), past, now
        )

    def page(self, request: ListPageRequest) -> ListJson:
        """The page that was asked for."""
        end = request.start + request.limit
        shown = request.members[request.start : end]
        return {
            "object": "list",
            "data": [self._items.item(request.operation, member, now=request.now) for member in shown],
            "first_id": shown[0].id if shown else None,
            "last_id": shown[-1].id if shown else None,
            "has_more": end < len(request.members),
        }

    def _projects(self, values: Mapping[str, Value], _: str) -> Iterable[OrganizationProject]:
        wanted = values.get("include_archived", False)
        return (each for each in self._roster.projects.values() if wanted or not each.is_archived)

    def _users(self, values: Mapping[str, Value], _: str) -> Iterable[Employee]:
        emails = values.get("emails")
        present = (each for each in self._roster.employees.values() if not each.has_left)
        if not isinstance(emails, tuple):
            return present
        wanted = {str(email).lower() for email in emails}
        return (each for each in present if (each.email or "").lower() in wanted)

    def _keys(self, values: Mapping[str, Value], project_id: str) -> Iterable[ApiKey]:
        project = self._project(project_id)
        # Without the parameter, keys of owners who have lost access are left out, too.
        access = values.get("owner_project_access", "active")
        keys = self._roster.keys_of(project.id)
        return (key for key in keys if access in ("any", key.owner_access))

    def _accounts(self, _: Mapping[str, Value], project_id: str) -> Iterable[ServiceAccount]:
        project = self._project(project_id)
        if project.is_archived:
            raise archived_project(project.id)
        return self._roster.accounts_of(project.id)

    def _admin_keys(self, values: Mapping[str, Value], _: str) -> Iterable[ListMember]:
        return sorted(
            self._roster.admin_keys,
            key=lambda key: self._items.created_at(key.id),
            reverse=values.get("order") == "desc",
        )

    def _project(self, project_id: str) -> OrganizationProject:
        project = self._roster.projects.get(project_id)
        if project is None:
            raise unknown_project(project_id)
        return project


def _nothing(*_: object) -> Iterable[ListMember]:
    return ()


def _limit(operation: ListOperation, values: Mapping[str, Value]) -> int:
    parameter = next((each for each in operation.parameters if each.name == "limit"), None)
    limit = values.get("limit", parameter.default if parameter else None)
    maximum = (parameter.maximum if parameter else None) or _MAXIMUM
    if not isinstance(limit, int):
        return _LIMIT
    if limit < 1:
        raise below_minimum("limit", limit, 1)
    if limit > maximum:
        raise above_maximum("limit", limit, maximum)
    return limit


def _position(members: Sequence[ListMember], after: str) -> tuple[int, int]:
    """How many members are on the pages before, and how many pages are past the last of them."""
    past = _PAST.fullmatch(after)
    if past is not None:
        return len(members), int(past["number"])
    for place, member in enumerate(members, start=1):
        if member.id == after:
            return place, 0
    raise rejected("after", "the list has no item with this ID.")
