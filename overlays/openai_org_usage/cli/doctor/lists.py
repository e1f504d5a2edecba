"""What the key may list, so that ids get names, and what the key itself is called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from ..._generated import ListOperation
from ...directory.organization_lists import CALLED, enumerated, missing_scope
from ...errors import APIStatusError, AuthenticationError, PermissionDeniedError
from .check_result import CheckResult, Severity

if TYPE_CHECKING:
    from ..._generated import AdminApiKey
    from ...client import UsageClient
    from ...item_list import ItemList

_DAY = 86_400
_EXPIRES_SOON = 30
"""Days."""
_HIDDEN = re.compile(r"[.…*•]+")
"""What stands for the middle of a key in its redacted value, such as `sk-admin-...x1Yz`."""
_SHORTEST_END = 3
_NAMES = "without it ids have no names; usage and costs can be read all the same"


def check_lists(client: UsageClient, key: str, *, now: float) -> Iterator[CheckResult]:
    """Which of the five lists can be read, by a small request for each, and what they say of `key`.

    Raises:
        OpenAIUsageError: a list failed otherwise than by a refusal.
    """
    lists = _Lists(client)
    lists.ask_all()
    yield from lists.results()
    if lists.admin_keys is not None:
        yield _own_key(lists.admin_keys, key, now=now)


def refuses_the_key(error: APIStatusError) -> bool:
    """Whether it is the key itself that is refused: with 401, and without a word of a scope."""
    if not isinstance(error, (AuthenticationError, PermissionDeniedError)):
        return False
    return error.status == 401 and missing_scope(error) is None


class _Lists:
    """The lists that were asked for, and those that were refused."""

    def __init__(self, client: UsageClient) -> None:
        self._client = client
        self._readable: list[str] = []
        self._refused: defaultdict[str, list[str]] = defaultdict(list)
        """Lists, by why they were."""
        self.admin_keys: Sequence[AdminApiKey] | None = None
        """None if they may not be listed."""

    def ask_all(self) -> None:
        """Read a page of each list, and all admin keys; those of projects for one that is not archived."""
        client, projects = self._client, list[str]()
        self._ask("projects", lambda: projects.extend(self._first_project()))
        self._ask("users", partial(_read_one, client.users(limit=1)))
        for project in projects:
            self._ask("project_api_keys", partial(_read_one, client.project_api_keys(project, limit=1)))
            self._ask("service_accounts", partial(_read_one, client.service_accounts(project, limit=1)))
        self._ask("admin_api_keys", self._read_admin_keys)

    def _first_project(self) -> list[str]:
        page = next(self._client.projects(limit=1, include_archived=False).pages())
        return [project.id for project in page.data]

    def _read_admin_keys(self) -> None:
        self.admin_keys = list(self._client.admin_api_keys())

    def _ask(self, name: str, read: Callable[[], object]) -> None:
        try:
            read()
        except (AuthenticationError, PermissionDeniedError) as error:
            if refuses_the_key(error):
                raise
            self._refused[f"the scope {missing_scope(error) or ListOperation.scope}"].append(name)
        except APIStatusError as error:
            if error.status != 404:
                raise
            self._refused["an address that knows them (status 404)"].append(name)
        else:
            self._readable.append(name)

    def results(self) -> Iterator[CheckResult]:
        """One for what can be listed, and one for each reason why others cannot."""
        if self._readable:
            yield CheckResult("lists", Severity.OK, f"{_called(self._readable)} can be listed")
        for missing, names in self._refused.items():
            said, advice = f"{_called(names)} cannot be listed", f"that takes {missing}: {_NAMES}"
            yield CheckResult("lists", Severity.WARNING, said, advice)


def _read_one(items: ItemList[object, object]) -> None:
    next(items.pages())


def _called(names: Sequence[str]) -> str:
    return enumerated([CALLED[name] for name in names])


def _own_key(listed: Sequence[AdminApiKey], key: str, *, now: float) -> CheckResult:
    """The key among those `listed`, by what their redacted values show of them."""
    fitting = [each for each in listed if _fits(each.redacted_value, key)]
    if not fitting:
        return CheckResult("own key", Severity.SKIPPED, "no listed admin key ends as this one does")
    if len(fitting) > 1:
        said = f"{len(fitting)} listed admin keys end as this one does, so it may be any of them"
        return CheckResult("own key", Severity.SKIPPED, said)
    (own,) = fitting
    said = f"it is called {own.name}" if own.name else f"it has no name; its id is {own.id}"
    scopes = _scopes(own.additional_properties)
    if scopes:
        said += f", with the scopes {scopes}"
    if own.expires_at is None:
        return CheckResult("own key", Severity.OK, f"{said}, and does not expire")
    on = datetime.fromtimestamp(own.expires_at, UTC).date().isoformat()
    days = (own.expires_at - now) / _DAY
    if days >= _EXPIRES_SOON:
        return CheckResult("own key", Severity.OK, f"{said}, and expires on {on}")
    when = "has expired" if days < 0 else f"expires in {days:.0f} day{'' if round(days) == 1 else 's'}"
    return CheckResult("own key", Severity.WARNING, f"{said}, and {when}, on {on}", _RENEW)


def _fits(redacted_value: str | None, key: str) -> bool:
    """Whether a redacted value may be of `key`: it shows how a key begins, and its last few characters."""
    begin, *_, end = _HIDDEN.split(redacted_value or "")
    shows_enough = begin != redacted_value and len(end) >= _SHORTEST_END
    return shows_enough and key.startswith(begin) and key.endswith(end)


def _scopes(others: Mapping[str, object]) -> str:
    """Those that an answer has; no public document has any."""
    try:
        return ", ".join(msgspec.convert(others.get("scopes"), list[str]))
    except msgspec.ValidationError:
        return ""


_RENEW = "make a new admin key in time, and put it in the place of this one"
