"""CONTRACT.md 1: lists are read to their end, each item once, by both clients."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from openai_org_usage import PageEvent, UsageClient
from openai_org_usage._generated import DIRECTORY, list_users
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import LimitRefused
from openai_org_usage.errors import BadRequestError

from .reading import PROJECT, Read, both, listed, options_for


@both
@pytest.mark.parametrize("name", DIRECTORY)
def test_a_list_is_read_to_its_end(emulator: Emulator, read: Read, name: str) -> None:
    """Page by page or in one, it has the same items in the same order, each once, typed."""
    whole, _ = read(lambda client: listed(client, name), **options_for(emulator))
    sent_at_once = len(emulator.requests)
    by_pages, error = read(lambda client: listed(client, name, limit=1), **options_for(emulator))
    assert error is None
    assert whole == by_pages
    assert {type(item) for item in whole} == {DIRECTORY[name].item_type}
    assert len({item.id for item in whole}) == len(whole) > 0
    assert (sent_at_once, len(emulator.requests) - sent_at_once) == (1, len(whole))


def test_the_last_id_is_followed_and_all_else_kept(emulator: Emulator, client: UsageClient) -> None:
    """Each request goes on after the last item of the page before."""
    pages = list(client.projects(limit=3).pages())
    assert [len(page.data) for page in pages] == [3, 3, 1]
    sent = [dict(request.query) for request in emulator.requests]
    assert [query.pop("after", None) for query in sent] == [None, pages[0].last_id, pages[1].last_id]
    assert sent == [{"include_archived": "true", "limit": "3"}] * 3


def test_history_has_names(client: UsageClient) -> None:
    """Archived projects, and keys of owners who have lost access, are there unless they are not wanted."""
    assert {project.status for project in client.projects()} == {"active", "archived"}
    assert {project.status for project in client.projects(include_archived=False)} == {"active"}
    assert client.projects(include_archived=None).request.arguments == ()
    projects = [project.id for project in client.projects()]
    keys = {key.id for project in projects for key in client.project_api_keys(project)}
    with_access = [client.project_api_keys(project, owner_project_access="active") for project in projects]
    assert {key.id for listed_keys in with_access for key in listed_keys} < keys
    assert client.project_api_keys(PROJECT).request.get("owner_project_access") == "any"


def test_nothing_is_sent_before_iterating_and_all_again_after(
    emulator: Emulator, client: UsageClient
) -> None:
    """A list is lazy, and each iteration is a new walk; of one that is broken off no further page is read."""
    users = client.users(limit=2)
    assert emulator.requests == []
    assert list(users) == list(users)
    sent = len(emulator.requests)
    assert next(iter(users)) == next(iter(users.pages())).data[0]
    assert len(emulator.requests) == sent + 2


def test_a_described_request_is_read_as_a_method_reads_it(client: UsageClient) -> None:
    """`item_list` is to lists what `query` is to usage."""
    request = list_users.request(limit=2)
    assert list(client.item_list(request)) == list(client.users())
    assert client.item_list(request).request == request


@pytest.mark.parametrize("name", DIRECTORY)
def test_the_largest_page_is_asked_for(emulator: Emulator, client: UsageClient, name: str) -> None:
    """Unless the caller says how large."""
    list(listed(client, name))
    list(listed(client, name, limit=99))
    assert [dict(request.query)["limit"] for request in emulator.requests] == ["100", "99"]


@both
def test_a_refused_limit_is_stepped_down_once(emulator: Emulator, read: Read) -> None:
    """The server's default does then, for all pages to come."""
    emulator.faults = FaultPlan(LimitRefused(50))
    items, error = read(lambda client: client.users(), **options_for(emulator))
    assert error is None
    assert len(items) == 10
    assert [dict(request.query).get("limit") for request in emulator.requests] == ["100", None]


def test_a_refused_limit_of_the_caller_is_an_error(emulator: Emulator, client: UsageClient) -> None:
    """It is not changed behind the caller's back."""
    emulator.faults = FaultPlan(LimitRefused(50))
    with pytest.raises(BadRequestError, match="limit"):
        list(client.users(limit=51))


@both
def test_on_page_is_told_of_each_page(emulator: Emulator, read: Read) -> None:
    """How many items are on it; there are neither buckets nor windows."""
    told: list[PageEvent] = []
    read(lambda client: client.users(limit=4), **options_for(emulator, on_page=told.append))
    assert [(event.page, event.items, event.buckets) for event in told] == [(1, 4, 0), (2, 4, 0), (3, 2, 0)]
    assert [(event.windows_done, event.windows_planned) for event in told] == [(0, 1), (0, 1), (1, 1)]
    assert {event.operation for event in told} == {"users"}
    assert told[1].request == list_users.request(limit=4, after="user-dmitri")
    assert all(event.bytes > 100 and event.attempts == 1 and event.request_id for event in told)
    assert {event.organization for event in told} == {"org-emulated"}


def test_threads_share_a_client(emulator: Emulator, client: UsageClient) -> None:
    """Each gets the items of its own list, read at the same time."""
    expected = {name: list(listed(client, name)) for name in DIRECTORY}
    found: list[tuple[str, list[Any]]] = []

    def work(name: str) -> None:
        found.extend((name, list(listed(client, name, limit=1))) for _ in range(3))

    threads = [threading.Thread(target=work, args=(name,)) for name in DIRECTORY for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 * len(DIRECTORY)
    assert all(items == expected[name] for name, items in found)
