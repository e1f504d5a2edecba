"""An organization's lists, read at once under the limit of their client, as far as its key may read them."""

from __future__ import annotations

import asyncio
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import attrs

from .._generated import (
    InvalidParameterError,
    ListOperation,
    admin_api_keys_list,
    list_project_api_keys,
    list_project_service_accounts,
    list_projects,
    list_users,
)
from ..errors import APIStatusError, AuthenticationError, PermissionDeniedError
from ..http.event_loop import check_loop
from ..http.requestor import Requestor
from ..pagination.item_stream import ItemFetch
from .listed_names import ListedNames, is_archived
from .names import Names

if TYPE_CHECKING:
    from .._generated import ListRequest, Project

PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")

CALLED: Final = {
    "projects": "projects",
    "users": "users",
    "project_api_keys": "keys",
    "service_accounts": "service accounts",
    "admin_api_keys": "admin keys",
}
"""What is in each list."""
_OF_PROJECTS: Final = ("project_api_keys", "service_accounts")
_SCOPE: Final = re.compile(r"missing scopes?: *([\w.]+\w(?:, *[\w.]+\w)*)", re.ASCII | re.IGNORECASE)


class FetchOf(Protocol):
    """How a client fetches a list: with its retries, its slots, and its deadline."""

    def __call__(self, start: ListRequest[PageT, ItemT], /) -> ItemFetch[PageT, ItemT]: ...


def young_names(known: object, *, max_age: float, now: float) -> Names | None:
    """What is `known`, if it was read less than `max_age` seconds before `now`.

    Raises:
        InvalidParameterError: it is something else than names, or no age.
    """
    if not (known is None or isinstance(known, Names)):
        raise InvalidParameterError('known are names, such as Names.load("names.json")', parameter="known")
    if not max_age >= 0:
        raise InvalidParameterError("max_age is a number of seconds, 0 or more", parameter="max_age")
    return known if known is not None and known.is_young(now, max_age=max_age) else None


async def read_names(fetch_of: FetchOf, *, now: float, admin_keys: bool = False) -> Names:
    """The names of all that the lists have: one query for each list, and what it continues on.

    These are two, one more for `admin_keys`, and one or two for each project: an archived one has no service
    accounts. One deadline is for all. What the key may not read is left out, with a sentence in `problems`.

    Raises:
        OpenAIUsageError: of the first list that fails otherwise; the others are cancelled.
    """
    check_loop()
    requestor = fetch_of(list_projects.request()).requestor
    reading = _Reading(
        fetch_of=fetch_of,
        requestor=requestor.with_one_deadline(),
        turns=asyncio.Semaphore(requestor.options.concurrency),
    )
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(reading.read_users())
            if admin_keys:
                group.create_task(reading.read_admin_keys())
            group.create_task(reading.read_projects(group))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return reading.names.names(read_at=now, problems=reading.problems(), organization=reading.organization)


@attrs.define(eq=False, kw_only=True)
class _Reading:
    """One reading of the lists."""

    fetch_of: FetchOf
    requestor: Requestor
    turns: asyncio.Semaphore
    """Of the lists under way: as many as there may be requests. The others wait, and may be spared."""
    names: ListedNames = attrs.field(init=False, factory=ListedNames)
    organization: str | None = attrs.field(init=False, default=None)
    """Whose lists they are, as the answers say."""
    _missing: dict[str, str] = attrs.field(init=False, factory=dict[str, str])
    """The scope that is missing for a list."""
    _refused: Counter[str] = attrs.field(init=False, factory=Counter[str])
    """Of how many projects a list was refused."""

    async def read_users(self) -> None:
        """Read the list of users."""
        await self._read("users", list_users.request(), self.names.add_user)

    async def read_admin_keys(self) -> None:
        """Read the list of admin keys."""
        await self._read("admin_api_keys", admin_api_keys_list.request(), self.names.add_admin_key)

    async def read_projects(self, group: asyncio.TaskGroup) -> None:
        """Read the list of projects, and have `group` read those of each of them."""

        def add(project: Project) -> None:
            self.names.add_project(project)
            group.create_task(self._read_keys(project))
            if not is_archived(project):  # Upstream: "archived projects have no service accounts".
                group.create_task(self._read_service_accounts(project))

        await self._read("projects", list_projects.request(include_archived=True), add)
        if "projects" in self._missing:
            for name in _OF_PROJECTS:
                self._missing.setdefault(name, self._missing["projects"])

    async def _read_keys(self, project: Project) -> None:
        request = list_project_api_keys.request(project_id=project.id, owner_project_access="any")
        add = functools.partial(self.names.add_project_key, project_id=project.id)
        await self._read_of_project(project, "project_api_keys", request, add)

    async def _read_service_accounts(self, project: Project) -> None:
        request = list_project_service_accounts.request(project_id=project.id)
        await self._read_of_project(project, "service_accounts", request, self.names.add_service_account)

    async def _read_of_project(
        self, project: Project, name: str, request: ListRequest[object, ItemT], add: Callable[[ItemT], object]
    ) -> None:
        """As `_read`. What one project refuses, such as one archived meanwhile, the others may give."""
        try:
            await self._read(name, request, add)
        except APIStatusError as error:
            if not (error.status in (400, 404) or isinstance(error, PermissionDeniedError)):
                raise
            if not (is_archived(project) or "archived" in str(error).lower()):
                self._refused[name] += 1

    async def _read(
        self, name: str, request: ListRequest[PageT, ItemT], add: Callable[[ItemT], object]
    ) -> None:
        """Give the items of a list to `add`. For want of a scope, one refusal is enough."""
        fetch = attrs.evolve(self.fetch_of(request), requestor=self.requestor)
        async with self.turns:
            if name in self._missing:
                return
            try:
                async with aclosing(fetch.joined()) as steps:
                    async for _, event, items in steps:
                        fetch.tell(event)
                        self.organization = event.organization or self.organization
                        for item in items:
                            add(item)
            except PermissionDeniedError as error:
                scope = missing_scope(error)
                if scope is None and name in _OF_PROJECTS:
                    raise
                self._missing[name] = scope or ListOperation.scope

    def problems(self) -> Iterator[str]:
        """What is missing, and why: a sentence for each scope, and for each list that was refused."""
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, called in CALLED.items():
            if name in self._missing:
                lists[self._missing[name]].append(called)
        for scope, missing in lists.items():
            yield f"no names of {enumerated(missing)}: the key lacks the scope {scope}"
        for name, count in sorted(self._refused.items()):
            whose = "1 project, as the API refused its list"
            if count > 1:
                whose = f"{count} projects, as the API refused their lists"
            yield f"no names of the {CALLED[name]} of {whose}"


def missing_scope(error: PermissionDeniedError | AuthenticationError) -> str | None:
    """The scope, or scopes, that the API says are missing; None where it says of none."""
    named = _SCOPE.search(str(error))
    return named[1] if named else None


def enumerated(words: Sequence[str]) -> str:
    """`words` as in "projects, users and keys"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


__all__ = ["FetchOf", "read_names", "young_names"]
