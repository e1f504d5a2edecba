"""CONTRACT.md 1: a list that contradicts itself, or breaks off, is an error that can be resumed."""

from __future__ import annotations

import pickle

import pytest

from openai_org_usage import PageEvent, RetryEvent, RetryPolicy, UsageClient
from openai_org_usage._generated import DIRECTORY
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import (
    EndlessList,
    Fault,
    HasMore,
    LastId,
    Missing,
    MissingScope,
    RepeatedItem,
    RepeatedLastId,
    Status,
)
from openai_org_usage.errors import (
    APITimeoutError,
    AuthenticationError,
    ConfigurationError,
    OpenAIUsageError,
    PaginationError,
    PermissionDeniedError,
    ResponseDecodeError,
    ServerError,
)
from openai_org_usage.http.deadline import Timing

from .reading import Read, both, listed, options_for

CONTRADICTIONS: dict[str, tuple[Fault, type[OpenAIUsageError], str]] = {
    "no last id": (LastId(None), PaginationError, "last_id is None"),
    "empty last id": (LastId(""), PaginationError, "last_id is ''"),
    "last id twice": (RepeatedLastId(), PaginationError, "came before: the pages go in a circle"),
    "item twice on a page": (RepeatedItem("page"), PaginationError, "came before"),
    "item twice on two pages": (RepeatedItem("next-page"), PaginationError, "came before"),
    "a number as last id": (LastId(7), ResponseDecodeError, "$.last_id"),
    "no has_more": (Missing("has_more"), ResponseDecodeError, "has_more"),
    "has_more is a text": (HasMore("true"), ResponseDecodeError, "$.has_more"),
    "has_more is null": (HasMore(None), ResponseDecodeError, "$.has_more"),
    "no data": (Missing("data"), ResponseDecodeError, "data"),
}


@both
@pytest.mark.parametrize("fault", CONTRADICTIONS)
@pytest.mark.parametrize("name", ["users", "project_api_keys"])
def test_contradictory_pages_fail_closed(emulator: Emulator, read: Read, fault: str, name: str) -> None:
    """Each raises, on the second page here; the first page and what resuming gives is the whole list."""
    planted, expected, words = CONTRADICTIONS[fault]
    whole, _ = read(lambda client: listed(client, name), **options_for(emulator))
    emulator.faults = FaultPlan({2: planted})

    items, error = read(lambda client: listed(client, name, limit=1), **options_for(emulator))

    assert error is not None
    assert type(error) is expected
    assert words in str(error)
    assert items == whole[:1]
    assert error.partial == ()
    point = pickle.loads(pickle.dumps(error.resume))
    assert point.cursor == whole[0].id
    rest, none = read(lambda client: client.resume(point), **options_for(emulator))
    assert (rest, none) == (whole[1:], None)


@both
@pytest.mark.parametrize(
    ("fault", "words", "given"),
    [
        (EndlessList(), "projects: there are more than 5 pages; the cap is max_pages", 7 + 4),
        (EndlessList(empty=True), "projects: has_more is true on a page without items", 7),
    ],
)
def test_a_list_without_end_is_an_error(
    emulator: Emulator, read: Read, fault: Fault, words: str, given: int
) -> None:
    """Whatever it goes on with."""
    emulator.faults = FaultPlan(fault)
    options = options_for(emulator, max_pages=5)
    items, error = read(lambda client: client.projects(limit=4), **options)
    assert (str(error), len(items)) == (words, given)


def test_pages_fail_closed_too(emulator: Emulator, client: UsageClient) -> None:
    """Reading page by page applies the same rules."""
    emulator.faults = FaultPlan({2: RepeatedItem()})
    with pytest.raises(PaginationError, match="came before"):
        list(client.users(limit=2).pages())


def test_an_item_that_comes_again_after_resuming_is_an_error(emulator: Emulator, client: UsageClient) -> None:
    """What had come before the interruption is not forgotten."""
    emulator.faults = FaultPlan({2: Status(500)})
    with pytest.raises(ServerError) as caught:
        list(client.users(limit=2))
    emulator.faults = FaultPlan(RepeatedItem())
    with pytest.raises(PaginationError, match="came before"):
        list(client.resume(caught.value.resume))


@both
def test_failures_are_tried_again(emulator: Emulator, read: Read) -> None:
    """As those of usage, by the same policy; `on_retry` is told the list."""
    told: list[RetryEvent] = []
    emulator.faults = FaultPlan({2: Status(503), 3: Status(429), 5: Status(500)})
    again = {"retry": RetryPolicy(backoff=0.001, max_backoff=0.001), "on_retry": told.append}
    items, error = read(lambda client: client.users(limit=4), **options_for(emulator, **again))
    assert (len(items), error) == (10, None)
    assert [(event.operation, event.attempt) for event in told] == [("users", 1), ("users", 2), ("users", 1)]
    assert {event.request.get("limit") for event in told} == {4}
    assert len(emulator.requests) == 3 + 3


@both
def test_the_deadline_is_of_the_whole_list(emulator: Emulator, read: Read) -> None:
    """All pages count: a page that would come after it is not asked for."""
    now = [0.0]

    def pass_time(_: PageEvent) -> None:
        now[0] += 6

    timing = Timing(monotonic=lambda: now[0])
    options = options_for(emulator, deadline=10, timing=timing, on_page=pass_time)
    items, error = read(lambda client: client.users(limit=1), **options)
    assert len(items) == 2
    assert isinstance(error, APITimeoutError)
    assert error.resume.cursor == items[-1].id
    assert len(emulator.requests) == 2


def test_a_closed_client_reads_no_list(client: UsageClient) -> None:
    """Nor does it go on with one that had begun."""
    users = iter(client.users(limit=1))
    next(users)
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        next(users)
    with pytest.raises(ConfigurationError, match="closed"):
        list(client.users())


@both
@pytest.mark.parametrize("name", DIRECTORY)
def test_a_missing_scope_is_named(emulator: Emulator, read: Read, name: str) -> None:
    """Also where the API does not: lists need another one than usage and costs."""
    emulator.faults = FaultPlan([MissingScope(), Status(403, message="No."), Status(401, message="No.")])
    for status in (403, 403, 401):
        items, error = read(lambda client: listed(client, name), **options_for(emulator))
        assert items == []
        assert isinstance(error, AuthenticationError if status == 401 else PermissionDeniedError)
        assert "lists of projects, users and keys need an admin key" in str(error)
        assert "with the scope api.management.read" in str(error)
        assert "api.usage.read" not in str(error)
