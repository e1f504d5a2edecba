"""What each fault does to a list, seen by a plain HTTP client."""

from typing import Any

import pytest

from openai_org_usage.emulator import FaultPlan, FaultPlanError
from openai_org_usage.emulator.faults import (
    Altered,
    EmptyBody,
    EndlessList,
    Fault,
    Field,
    HasMore,
    LastId,
    LimitRefused,
    LookbackExceeded,
    Missing,
    MissingScope,
    NextPage,
    RepeatedItem,
    RepeatedLastId,
    Status,
    TruncatedJson,
    UnknownFields,
    UnknownObject,
)

from .asking import DAY, Api, Json
from .test_lists import ids


def walk(faulty: Api, fault: Fault, pages: int, limit: int = 4) -> list[Json]:
    """The first pages of the list of users, each after the last ID of the one before."""
    faulty.emulator.faults = FaultPlan(fault)
    found = [faulty.listed("users", limit=limit).raise_for_status().json()]
    while len(found) < pages:
        after = found[-1]["last_id"]
        found.append(faulty.listed("users", limit=limit, after=after).raise_for_status().json())
    return found


@pytest.mark.parametrize("value", [None, "", 7, "user-made-up"])
def test_has_more_with_a_last_id_that_is_none(faulty: Api, value: Any) -> None:
    """`has_more` is true and the last ID is what was planted; the items are true."""
    true = faulty.listed("users").json()
    (page,) = walk(faulty, LastId(value), 1, limit=20)

    assert page == true | {"has_more": True, "last_id": value}


def test_a_repeated_last_id_leads_nowhere(faulty: Api) -> None:
    """The second page names the last ID of the first, and so does every other."""
    first, second, third = walk(faulty, RepeatedLastId(), 3)

    assert first["last_id"] == second["last_id"] == third["last_id"] == ids(first["data"])[-1]
    assert second == third
    assert all(page["has_more"] is True for page in (first, second, third))


def test_an_item_comes_twice(faulty: Api) -> None:
    """On one page, or at the end of one and the beginning of the next."""
    first, second = walk(faulty, RepeatedItem(), 2)
    (doubled,) = walk(faulty, RepeatedItem("page"), 1)

    assert second["data"][0] == first["data"][-1]
    assert len(first["data"]) == 4 == len(second["data"]) - 1
    assert doubled["data"] == [*first["data"], first["data"][-1]]


def test_an_endless_list_has_a_new_item_on_each_page(faulty: Api) -> None:
    """After the true ones, and each page with a new last ID; or with no items."""
    pages = walk(faulty, EndlessList(), 6)
    empty = walk(faulty, EndlessList(empty=True), 6)

    seen = [each for page in pages for each in ids(page["data"])]
    assert len(seen) == len(set(seen)) == 10 + 4
    assert all(page["has_more"] for page in [*pages, *empty])
    assert [len(page["data"]) for page in empty] == [4, 4, 2, 0, 0, 0]
    assert len({page["last_id"] for page in empty}) == 6


def test_lists_of_nothing_end_all_the_same(faulty: Api) -> None:
    """There is no item to repeat, and none to make up others from."""
    for fault in (EndlessList(), RepeatedItem("page"), RepeatedItem()):
        faulty.emulator.faults = FaultPlan(fault)
        assert faulty.listed("service_accounts", "proj_mobile_app").json()["has_more"] is False
    assert faulty.emulator.dealt == []


@pytest.mark.parametrize(
    ("fault", "of_page", "of_items"),
    [
        (HasMore("true"), {"has_more": "true"}, {}),
        (Altered(lambda page: page | {"object": "page"}), {"object": "page"}, {}),
        (Field("name", None), {}, {"name": None}),
        (UnknownObject("x"), {}, {"object": "x"}),
    ],
)
def test_faults_of_members_happen_to_lists_too(
    faulty: Api, fault: Fault, of_page: Json, of_items: Json
) -> None:
    """As they do to pages of usage: what they spoil is spoilt, and the rest is true."""
    true = faulty.listed("users").json()
    (page,) = walk(faulty, fault, 1, limit=20)

    assert page == {**true, "data": [user | of_items for user in true["data"]], **of_page}
    assert [(dealt.operation, dealt.fault) for dealt in faulty.emulator.dealt] == [("users", fault)]


def test_members_of_pages_can_be_missing(faulty: Api) -> None:
    """Such as `has_more`, without which nobody knows whether there are more."""
    true = faulty.listed("users").json()
    (page,) = walk(faulty, Missing("has_more"), 1, limit=20)

    assert page == {name: true[name] for name in true if name != "has_more"}


def test_members_of_items_can_be_missing_and_unknown(faulty: Api) -> None:
    """As in answers from before the document had them, and in those that it will have."""
    faulty.emulator.faults = FaultPlan([Missing("owner_project_access"), UnknownFields()])
    without, grown = (faulty.listed("project_api_keys", "proj_mobile_app").json() for _ in range(2))

    assert all("owner_project_access" not in key for key in without["data"])
    assert all({"billing_note", "revision"} < key.keys() for key in grown["data"])


@pytest.mark.parametrize("fault", [Status(429, retry_after="2"), Status(500), EmptyBody(), TruncatedJson()])
def test_faults_of_any_request_happen_to_lists_too(faulty: Api, fault: Fault) -> None:
    """Refusals and broken bodies."""
    faulty.emulator.faults = FaultPlan(fault, operations="projects")
    spoilt, other = faulty.listed("projects"), faulty.listed("users")

    assert other.status_code == 200
    assert spoilt.status_code in (429, 500) or not spoilt.content.endswith(b"}")
    assert len(faulty.emulator.dealt) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_without_the_scope_of_lists_reads_usage(faulty: Api, now: int, status: int) -> None:
    """And the other way round; the refusal names the scope, as an object or in words."""
    faulty.emulator.faults = FaultPlan(MissingScope(status, scope="api.management.read", in_words=True))
    lists, usage = faulty.listed("users"), faulty.response("costs", start_time=now - DAY)
    faulty.emulator.faults = FaultPlan(MissingScope(status, scope="api.usage.read"))
    others = faulty.listed("users"), faulty.response("costs", start_time=now - DAY)

    assert (lists.status_code, usage.status_code) == (status, 200)
    assert lists.json()["error"].startswith(
        "You have insufficient permissions for this operation. Missing sc"
    )
    assert "api.management.read" in lists.json()["error"]
    assert [answer.status_code for answer in others] == [200, status]
    assert "api.usage.read" in others[1].json()["error"]["message"]


def test_a_limit_can_be_refused(faulty: Api) -> None:
    """On lists as on usage."""
    faulty.emulator.faults = FaultPlan(LimitRefused(10))

    answers = [faulty.listed("users", limit=limit).status_code for limit in (10, 11)]
    assert [*answers, faulty.listed("users").status_code] == [200, 400, 200]


@pytest.mark.parametrize("fault", [LookbackExceeded(), NextPage(None), Missing("results"), Field("batch", 1)])
def test_faults_of_usage_are_no_faults_of_lists(faulty: Api, fault: Fault) -> None:
    """A plan for lists alone is refused, and a plan for all leaves lists alone."""
    with pytest.raises(FaultPlanError, match="cannot happen to the operations of the plan"):
        faulty.emulator.faults = FaultPlan(fault, operations=["projects", "users"])
    faulty.emulator.faults = FaultPlan(fault)

    assert faulty.listed("users").status_code == 200
    assert faulty.emulator.dealt == []


def test_faults_of_lists_are_no_faults_of_usage(faulty: Api, now: int) -> None:
    """A plan for usage alone is refused, and a plan for all leaves usage alone."""
    with pytest.raises(FaultPlanError, match="it can happen to admin_api_keys, "):
        faulty.emulator.faults = FaultPlan(LastId(None), operations="costs")
    faulty.emulator.faults = FaultPlan(LastId(None))

    assert faulty.page("costs", start_time=now - DAY)["has_more"] is False
