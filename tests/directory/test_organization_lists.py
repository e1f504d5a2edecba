"""Names are read from the lists: all of them, in few queries, as far as the key may read them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from openai_org_usage import (
    APITimeoutError,
    AsyncUsageClient,
    InvalidParameterError,
    Names,
    PageEvent,
    ResponseDecodeError,
    UsageClient,
)
from openai_org_usage.emulator import Emulator
from openai_org_usage.http.deadline import Timing

from ..conftest import NOW
from ..contract.profiles import amount
from ..scripted import KEY, SETTINGS
from .organizations import Organization, OrganizationTransport
from .readings import client_of, read, small

DAY = 86_400
LARGEST: Any = {"projects": amount(40, 400), "users": amount(200, 2000), "keys": amount(300, 3000)}


@pytest.mark.parametrize("seed", range(amount(3, 300)))
def test_every_id_that_a_list_knows_is_named(seed: int, tmp_path: Path) -> None:
    """In at most 2 + 2 · projects queries; while the file is young enough, again in none."""
    organization = Organization(seed, **LARGEST)
    transport = OrganizationTransport(organization)
    with client_of(transport) as client:
        names = client.names(known=Names.load(tmp_path / "names.json"))
        names.save(tmp_path / "names.json")
        queries, pages = transport.queries.total(), transport.pages
        again = client.names(known=Names.load(tmp_path / "names.json"))
    keys = {id: name for id, name in organization.key_names.items() if id not in organization.admin_keys}
    assert {id: names.project_name(id) for id in names.projects} == organization.project_names
    assert {id: names.user_name(id) for id in names.users} == organization.user_names
    assert {id: names.api_key_name(id) for id in names.api_keys} == keys
    assert queries <= 2 + 2 * len(organization.project_names)
    assert (transport.queries.total(), transport.pages) == (queries, pages)
    assert again == names
    assert again.age(NOW + 60) == 60
    ids = len(names.projects) + len(names.users) + len(names.api_keys)
    print(
        f"organization {seed}: {len(names.projects)} projects, {len(names.users)} users,"
        f" {len(names.api_keys)} keys: all {ids} ids named in {queries} queries, {pages} pages; again in 0"
    )


def test_members_come_from_the_items() -> None:
    """Archived or not, address, owner, project, and the last four characters of a key."""
    organization = small()
    names, _ = read(organization)
    assert {id for id, project in names.projects.items() if project.is_archived} == organization.archived
    for user in organization.lists["users"]:
        assert names.user_email(user["id"]) == user["email"]
    for project in organization.project_names:
        for key in organization.lists[f"{project}/api_keys"]:
            named = names.api_keys[key["id"]]
            owner = key["owner"][key["owner"]["type"]]
            assert (named.owner_id, named.owner_name) == (owner["id"], owner["name"])
            assert (named.project_id, named.last_four) == (project, key["id"][-4:])
    accounts = {id for id, user in names.users.items() if user.is_service_account}
    listed = {
        a["id"] for id in organization.project_names for a in organization.lists[f"{id}/service_accounts"]
    }
    assert accounts == listed


def test_queries_are_as_few_as_can_be() -> None:
    """An archived project has no service accounts, as upstream says; keys of admins are asked for."""
    organization = small()
    projects = len(organization.project_names)
    _, transport = read(organization)
    expected = Counter(
        projects=1,
        users=1,
        project_api_keys=projects,
        service_accounts=projects - len(organization.archived),
    )
    assert organization.archived
    assert +transport.queries == expected
    names, transport = read(organization, admin_keys=True)
    assert +transport.queries == expected + Counter(admin_api_keys=1)
    assert {id: names.api_key_name(id) for id in names.api_keys} == organization.key_names
    assert all(names.api_keys[id].owner_name for id in organization.admin_keys)


async def _read_async(organization: Organization) -> Names:
    async with AsyncUsageClient(**SETTINGS, transport=OrganizationTransport(organization)) as client:
        return await client.names()


def test_the_emulated_organization_is_named(emulator: Emulator, client: UsageClient) -> None:
    """Over loopback: every id of its rows that it still lists; its deleted keys are in no list."""
    names = client.names()
    rows = list(client.completions(start_time="30d", group_by=["project_id", "user_id", "api_key_id"]).rows())
    assert {row.project_id for row in rows} <= set(names.projects)
    listed = {key.id for id in names.projects for key in client.project_api_keys(project_id=id)}
    assert {row.api_key_id for row in rows} & listed <= set(names.api_keys) == listed
    assert names.problems == ()


def test_both_clients_read_the_same() -> None:
    """The asynchronous one is awaited."""
    names, _ = read(small())
    assert asyncio.run(_read_async(small())) == names


def test_known_names_are_used_while_they_are_young() -> None:
    """A day unless said otherwise; those from the future, as where a clock was set back, are not used."""
    organization = small()
    names, _ = read(organization)
    for age, max_age, is_read in [
        (0, DAY, False),
        (DAY - 1, None, False),
        (DAY, None, True),
        (60, 61, False),
        (60, 60, True),
        (0, 0, True),
        (-1, DAY, True),
    ]:
        transport = OrganizationTransport(organization)
        limit: Any = {} if max_age is None else {"max_age": max_age}
        with client_of(transport, clock=lambda age=age: NOW + age) as client:
            again = client.names(names, **limit)
        assert bool(transport.pages) == is_read
        assert again.read_at == (NOW + age if is_read else NOW)
        assert dict(again.api_keys) == dict(names.api_keys)


def test_names_that_were_never_read_are() -> None:
    """Such as those of a person, or of a file that is not there yet."""
    _, transport = read(small(), known=Names())
    assert transport.pages


def test_a_deleted_key_keeps_its_name() -> None:
    """When the lists are read anew, with what was known before."""
    organization = small()
    names, _ = read(organization)
    (project, gone) = next(
        (id, organization.lists[f"{id}/api_keys"].pop()["id"])
        for id in organization.project_names
        if organization.lists[f"{id}/api_keys"]
    )
    fresh, _ = read(organization, max_age=0)
    assert gone not in fresh.api_keys
    merged, _ = read(organization, known=names, max_age=0)
    assert merged.api_keys[gone] == names.api_keys[gone]
    assert merged.api_keys[gone].project_id == project


@pytest.mark.parametrize("arguments", [{"known": "names.json"}, {"max_age": -1}, {"max_age": float("nan")}])
def test_wrong_arguments_are_refused(arguments: dict[str, Any]) -> None:
    """Before anything is sent; a path is no names."""
    transport = OrganizationTransport(small())
    with client_of(transport) as client, pytest.raises(InvalidParameterError):
        client.names(**arguments)
    assert transport.pages == 0


class _Crowd(httpx.AsyncBaseTransport):
    """Counts how many requests are under way at once."""

    def __init__(self, inner: OrganizationTransport) -> None:
        self.inner, self.now, self.most = inner, 0, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(20):
            await asyncio.sleep(0)
        self.now -= 1
        return await self.inner.handle_async_request(request)


@pytest.mark.parametrize("concurrency", [1, 5])
def test_lists_are_read_at_once_within_the_limit_of_the_client(concurrency: int) -> None:
    """As many requests are under way as the client allows, and no more."""
    crowd = _Crowd(OrganizationTransport(small()))
    with UsageClient(**SETTINGS, concurrency=concurrency, transport=crowd) as client:
        client.names()
    assert crowd.most == concurrency


def test_the_hook_is_told_of_each_page() -> None:
    """Of which list it is, and how much is on it."""
    organization, events = small(), list[PageEvent]()
    transport = OrganizationTransport(organization)
    with client_of(transport, on_page=events.append) as client:
        client.names()
    assert len(events) == transport.pages
    users = [event.items for event in events if event.operation == "users"]
    assert users == [100, len(organization.lists["users"]) - 100]


def test_all_lists_have_one_deadline() -> None:
    """Each would be in time on its own, as a page takes a second of the ten."""
    crowd = _Crowd(OrganizationTransport(small()))
    timing = Timing(monotonic=lambda: float(crowd.inner.pages))
    with UsageClient(**SETTINGS, concurrency=1, deadline=10, timing=timing, transport=crowd) as client:
        with pytest.raises(APITimeoutError, match="the deadline of 10 s has passed"):
            client.names()
        assert crowd.inner.pages == 10
        assert len(client.with_options(deadline=100).names().projects) == 12


def test_what_is_kept_of_a_key_is_its_last_four_characters(tmp_path: Path) -> None:
    """Neither the file nor the names have more of what the API shows of it."""
    organization = small()
    names, _ = read(organization, admin_keys=True)
    names.save(tmp_path / "names.json")
    kept = (tmp_path / "names.json").read_text()
    assert "sk-" not in kept
    assert "abcdefgh" not in kept
    assert "*" not in kept
    assert all(len(key["last_four"]) == 4 for key in json.loads(kept)["api_keys"])


def test_no_log_and_no_error_has_a_name(caplog: pytest.LogCaptureFixture) -> None:
    """At the level DEBUG, and where an item is not as documented."""
    organization = small()
    with caplog.at_level(logging.DEBUG):
        read(organization)
        organization.lists["users"][3]["id"] = None
        with pytest.raises(ResponseDecodeError) as caught:
            read(organization)
    told = caplog.text + str(caught.value) + repr(caught.value)
    assert "Person" not in told
    assert "@" not in told
    assert KEY not in told
