"""Facts of the lists that name what usage refers to: the emulator answers so."""

from __future__ import annotations

from typing import Any

import pytest

from openai_org_usage.emulator import Emulator, FaultPlan, faults

from ..conftest import DAY, MIDNIGHT
from .emulated import answer, refusal, results

EVERY = "limit=100&include_archived=true"
ANY = "limit=100&owner_project_access=any"


def keys(emulator: Emulator, query: str = ANY) -> dict[str, dict[str, Any]]:
    """The keys of all projects by ID."""
    projects = answer(emulator, "projects", EVERY)[0]["data"]
    pages = [answer(emulator, f"projects/{each['id']}/api_keys", query)[0] for each in projects]
    return {key["id"]: key for page in pages for key in page["data"]}


def used(emulator: Emulator, dimension: str) -> set[str]:
    """The IDs that have used something in two days."""
    page, _ = answer(emulator, "usage/completions", f"start_time={MIDNIGHT - DAY}&group_by={dimension}")
    return {result[dimension] for result in results(page)}


def test_names_from_lists(emulator: Emulator) -> None:
    """Of all that is used, lists name all but the deleted key: archived projects if they are asked for."""
    asked_for = {each["id"] for each in answer(emulator, "projects", EVERY)[0]["data"]}
    default = {each["id"] for each in answer(emulator, "projects", "")[0]["data"]}

    assert used(emulator, "project_id") - default == {"proj_sandbox"}
    assert used(emulator, "project_id") <= asked_for
    assert used(emulator, "api_key_id") - keys(emulator).keys() == {"key_support_eval"}
    assert used(emulator, "api_key_id") - keys(emulator, "").keys() == {
        "key_support_eval",
        "key_sandbox_jonas",
    }


@pytest.mark.parametrize("in_words", [True, False])
def test_scope_of_lists(in_words: bool) -> None:
    """Usage is answered to a key that may not read lists; a text or an object says why."""
    lacking = faults.MissingScope(scope="api.management.read", in_words=in_words)
    with Emulator(faults=FaultPlan(lacking)) as emulator:
        answer(emulator, "costs", f"start_time={MIDNIGHT}")
        status, body = refusal(emulator, "projects", "")

    error = body["error"]
    assert status == 403
    assert isinstance(error, str) == in_words
    assert "Missing scopes: api.management.read" in (error if in_words else error["message"])


def test_owners_of_keys(emulator: Emulator) -> None:
    """A user's has the ID, name, e-mail address and role; a service account's has no address."""
    owners = [key["owner"] for key in keys(emulator).values()]
    users = [owner["user"] for owner in owners if owner["type"] == "user"]
    accounts = [owner["service_account"] for owner in owners if owner["type"] == "service_account"]

    assert {tuple(user) for user in users} == {("id", "email", "name", "role", "created_at")}
    assert {tuple(account) for account in accounts} == {("id", "name", "role", "created_at")}


def test_keys_without_a_name(emulator: Emulator) -> None:
    """It is null or empty."""
    names = [key["name"] for key in keys(emulator).values()]
    assert {None, ""} < set(names)


def test_service_accounts_in_usage(emulator: Emulator) -> None:
    """Their IDs, of either form, stand where users' do, and in no list of users."""
    owners = [key["owner"] for key in keys(emulator).values()]
    accounts = {o["service_account"]["id"] for o in owners if o["type"] == "service_account"}
    users = {user["id"] for user in answer(emulator, "users", "limit=100")[0]["data"]}

    assert {each.partition("_")[0].partition("-")[0] for each in accounts} == {"svc", "user"}
    assert accounts < used(emulator, "user_id")
    assert accounts.isdisjoint(users)
