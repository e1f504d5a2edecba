"""The lists of projects, users and keys: who is on them, their pages, and what is refused."""

from typing import Any

import httpx
import pytest

from openai_org_usage._generated import DIRECTORY, ListOperation
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Json, Parameters, api_of

PROJECTS = [
    "proj_search_prod",
    "proj_support_assistant",
    "proj_mobile_app",
    "proj_docs_translation",
    "proj_data_science",
    "proj_sandbox",
    "proj_chatbot_pilot",
]
WHOSE = {
    "projects": "",
    "users": "",
    "project_api_keys": "proj_data_science",
    "service_accounts": "proj_data_science",
    "admin_api_keys": "",
}
"""A project for each list that a project has."""


def ids(items: list[Json]) -> list[str]:
    """The IDs of items, in order."""
    return [item["id"] for item in items]


def refusal(answer: httpx.Response, status: int) -> tuple[str | None, str | None]:
    """The parameter and the code of a refusal with this status."""
    error = answer.json()["error"]
    assert (answer.status_code, set(error)) == (status, {"message", "type", "param", "code"})
    return error["param"], error["code"]


@pytest.mark.parametrize("operation", DIRECTORY.values(), ids=list(DIRECTORY))
def test_items_have_members_that_the_document_names(api: Api, operation: ListOperation) -> None:
    """All that are required, none that is unknown, and the right tag."""
    items = api.items(operation.name, WHOSE[operation.name])

    documented = {field.name for field in operation.fields}
    required = {field.name for field in operation.fields if field.required}
    assert items
    for item in items:
        assert required <= item.keys() <= documented
        assert item["object"] == operation.item_object


@pytest.mark.parametrize("name", DIRECTORY)
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_of_any_size_have_the_same_items(api: Api, name: str, limit: int) -> None:
    """In the same order, each once; `first_id` and `last_id` are those of the page."""
    whole = api.listed(name, WHOSE[name]).json()
    page = api.listed(name, WHOSE[name], limit=limit).json()

    assert list(page) == ["object", "data", "first_id", "last_id", "has_more"]
    assert page["object"] == "list"
    assert (page["first_id"], page["last_id"]) == (ids(page["data"])[0], ids(page["data"])[-1])
    assert page["has_more"] == (len(whole["data"]) > limit)
    assert api.items(name, WHOSE[name], limit=limit) == whole["data"]


def test_the_page_after_the_last_item_is_empty(api: Api) -> None:
    """It has no first and no last ID."""
    page = api.listed("users", after="user-kwame").json()

    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


def test_archived_projects_are_listed_if_asked_for(api: Api, now: int) -> None:
    """With the time at which they were; two projects have one name."""
    every = api.items("projects", include_archived=True)

    assert ids(every) == PROJECTS
    assert ids(api.items("projects")) == ids(api.items("projects", include_archived=False)) == PROJECTS[:5]
    assert {p["id"] for p in every if p["status"] == "archived"} == {"proj_sandbox", "proj_chatbot_pilot"}
    assert {p["archived_at"] for p in every} == {None, now // DAY * DAY}
    assert [p["name"] for p in every].count("Data science") == 2


def test_users_are_those_who_have_not_left(api: Api) -> None:
    """Service accounts are not among them; one has no e-mail address, and one no name."""
    users = {user["id"]: user for user in api.items("users")}

    assert list(users["user-amara"]) == ["object", "id", "name", "email", "role", "added_at"]
    assert users["user-amara"]["email"] == "amara@example.com"
    assert users["user-farid"]["email"] is None
    assert users["user-kwame"]["name"] is None
    assert users.keys().isdisjoint({"user-jonas", "user-analytics-jobs", "svc_acct_docs_pipeline"})


@pytest.mark.parametrize(
    "query", ["emails=AMARA@example.com&emails=x", "emails[]=amara@example.com", "emails=a,amara@example.com"]
)
def test_users_are_found_by_their_addresses(api: Api, query: str) -> None:
    """In each of the three forms of a list, and in capital letters too."""
    page = api.http.get(f"organization/users?{query}").json()

    assert ids(page["data"]) == ["user-amara"]


def test_keys_of_owners_without_access_are_listed_if_asked_for(api: Api) -> None:
    """Not by default; `any` has all but the deleted ones."""
    listed: dict[str | None, list[str]] = {
        access: ids(api.items("project_api_keys", "proj_sandbox", owner_project_access=access))
        for access in ("active", "inactive", "any")
    }
    default = ids(api.items("project_api_keys", "proj_sandbox"))

    assert listed["inactive"] == ["key_sandbox_jonas"]
    assert listed["active"] == default == ["key_sandbox_amara"]
    assert listed["any"] == ["key_sandbox_jonas", "key_sandbox_amara"]


def test_keys_say_whose_they_are(api: Api, now: int) -> None:
    """A user's or a service account's; some have no name; who has left is named still."""
    keys = {
        key["id"]: key
        for project in PROJECTS
        for key in api.items("project_api_keys", project, owner_project_access="any")
    }

    assert keys["key_docs_pipeline"]["owner"]["service_account"]["id"] == "svc_acct_docs_pipeline"
    assert keys["key_sandbox_jonas"]["owner"]["user"]["email"] == "jonas@example.com"
    assert (keys["key_analytics_labelling"]["name"], keys["key_docs_review"]["name"]) == (None, "")
    assert keys["key_mobile_ios"]["name"] == keys["key_mobile_android"]["name"]
    assert "key_support_eval" not in keys
    assert keys["key_search_unused"]["last_used_at"] is None
    assert now - 3600 < keys["key_search_prod"]["last_used_at"] <= now
    assert len({key["redacted_value"][-4:] for key in keys.values()}) == len(keys)


def test_service_accounts_have_ids_of_both_forms(api: Api) -> None:
    """As a document and as reports have them; an archived project refuses to list them."""
    assert ids(api.items("service_accounts", "proj_docs_translation")) == ["svc_acct_docs_pipeline"]
    assert ids(api.items("service_accounts", "proj_data_science")) == ["user-analytics-jobs"]
    assert api.items("service_accounts", "proj_mobile_app") == []
    assert refusal(api.listed("service_accounts", "proj_sandbox"), 400) == ("project_id", None)


def test_the_key_that_asks_is_among_the_admin_keys(api: Api, now: int) -> None:
    """By its last characters; one expires, one has done so, one never does."""
    ascending = api.items("admin_api_keys")
    own = [key for key in ascending if api.emulator.admin_key.endswith(key["redacted_value"][-4:])]

    assert [key["name"] for key in own] == ["Usage reports"]
    assert sorted((key["expires_at"] or 0) > now for key in ascending) == [False, False, True]
    assert None in {key["name"] for key in ascending}
    assert api.items("admin_api_keys", order="asc") == ascending
    assert api.items("admin_api_keys", order="desc", limit=1) == ascending[::-1]
    assert [key["created_at"] for key in ascending] == sorted(key["created_at"] for key in ascending)


def test_of_a_short_admin_key_nothing_is_told(now: int) -> None:
    """Four characters of it would be too many."""
    with Emulator(now=lambda: now, admin_key="sk-admin-short") as emulator, api_of(emulator) as api:
        values = [key["redacted_value"] for key in api.items("admin_api_keys")]

    assert "sk-admin-..." in values
    assert not any("hort" in value for value in values)


@pytest.mark.parametrize(
    ("name", "parameters", "error"),
    [
        ("projects", {"limit": 0}, ("limit", "integer_below_min_value")),
        ("projects", {"limit": 101}, ("limit", "integer_above_max_value")),
        ("admin_api_keys", {"limit": 101}, ("limit", "integer_above_max_value")),
        ("users", {"limit": "many"}, ("limit", "invalid_type")),
        ("users", {"after": "user-nobody"}, ("after", "invalid_value")),
        ("projects", {"after": "proj_sandbox"}, ("after", "invalid_value")),
        ("users", {"after": ""}, ("after", "invalid_value")),
        ("projects", {"include_archived": "yes"}, ("include_archived", "invalid_type")),
        ("project_api_keys", {"owner_project_access": "all"}, ("owner_project_access", "invalid_value")),
        ("admin_api_keys", {"order": "newest"}, ("order", "invalid_value")),
        ("service_accounts", {"owner_project_access": "any"}, ("owner_project_access", "unknown_parameter")),
        ("users", {"colour": "red"}, ("colour", "unknown_parameter")),
    ],
)
def test_a_question_that_breaks_a_rule_is_refused(
    api: Api, name: str, parameters: Any, error: tuple[str, str]
) -> None:
    """With 400, the parameter and a code."""
    assert refusal(api.listed(name, WHOSE[name], **parameters), 400) == error


@pytest.mark.parametrize("name", ["project_api_keys", "service_accounts"])
def test_a_project_that_there_is_not_is_refused(api: Api, name: str) -> None:
    """With 404, also where it has to be escaped."""
    assert refusal(api.listed(name, "proj_nowhere"), 404) == ("project_id", None)
    assert refusal(api.listed(name, "proj%20%C3%A9"), 404) == ("project_id", None)
    assert "proj é" in api.listed(name, "proj%20%C3%A9").json()["error"]["message"]


@pytest.mark.parametrize("name", DIRECTORY)
def test_lists_are_for_admin_keys(api: Api, name: str) -> None:
    """Another key is refused with 401 or, if it is a project's, 403, and GET is the only method."""
    path = DIRECTORY[name].path.lstrip("/").replace("{project_id}", WHOSE[name])

    def answer(key: str) -> httpx.Response:
        return api.http.get(path, headers={"authorization": f"Bearer {key}"})

    assert refusal(answer("sk-admin-of-somebody-else"), 401) == (None, "invalid_api_key")
    lacking = answer("sk-proj-of-somebody-else")
    assert refusal(lacking, 403) == (None, "missing_scope")
    assert "api.management.read" in lacking.json()["error"]["message"]
    assert refusal(api.http.post(path), 405) == (None, "method_not_supported")


def test_ids_of_results_are_those_of_the_lists(api: Api, now: int) -> None:
    """All projects, users and keys that used anything are named, but for the key that is deleted."""
    asked: Parameters = {"start_time": now - DAY, "group_by": ["project_id", "user_id", "api_key_id"]}
    rows = api.rows("completions", **asked)
    keys = [
        key
        for project in PROJECTS
        for key in api.items("project_api_keys", project, owner_project_access="any")
    ]
    owners = [key["owner"].get("user") or key["owner"]["service_account"] for key in keys]
    names = {p["id"]: p["name"] for p in api.items("projects", include_archived=True)}
    emails = {user["id"]: user["email"] for user in api.items("users")} | {
        owner["id"]: owner.get("email") for owner in owners
    }

    assert {row["api_key_id"] for row in rows} - set(ids(keys)) == {"key_support_eval"}
    assert {"svc_acct_docs_pipeline", "user-analytics-jobs", "user-jonas"} < {row["user_id"] for row in rows}
    for row in rows:
        assert row["project_name"] == names[row["project_id"]]
        assert row["user_email"] == emails[row["user_id"]]
