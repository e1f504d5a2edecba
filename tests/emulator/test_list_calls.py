"""Calls as programs in use send them: each spelling of a question is answered as the document says."""

import pytest

from openai_org_usage.emulator import Emulator, OrganizationSize

from .asking import Api, Json, api_of
from .test_lists import ids

KEYS = "organization/projects/proj_sandbox/api_keys"


@pytest.mark.parametrize(
    ("call", "first", "count"),
    [
        # With nothing but the path, as the simplest of them do: the defaults of the document.
        ("organization/projects", "proj_search_prod", 5),
        ("organization/users", "user-amara", 10),
        (KEYS, "key_sandbox_amara", 1),
        ("organization/projects/proj_data_science/service_accounts", "user-analytics-jobs", 1),
        ("organization/admin_api_keys", "key_admin_old", 3),
        # A whole list in as few pages as can be.
        ("organization/projects?limit=100", "proj_search_prod", 5),
        ("organization/projects?limit=100&include_archived=true", "proj_search_prod", 7),
        ("organization/projects?include_archived=true&limit=100", "proj_search_prod", 7),
        ("organization/projects?include_archived=false&limit=50", "proj_search_prod", 5),
        ("organization/users?limit=100", "user-amara", 10),
        (f"{KEYS}?limit=100&owner_project_access=any", "key_sandbox_jonas", 2),
        (f"{KEYS}?owner_project_access=inactive", "key_sandbox_jonas", 1),
        (
            "organization/projects/proj_docs_translation/service_accounts?limit=100",
            "svc_acct_docs_pipeline",
            1,
        ),
        ("organization/admin_api_keys?limit=100&order=asc", "key_admin_old", 3),
        # A probe of the scope.
        ("organization/users?limit=1", "user-amara", 1),
        # The next page.
        ("organization/projects?limit=100&after=proj_mobile_app", "proj_docs_translation", 2),
        ("organization/users?after=user-bruno&limit=20", "user-chiara", 8),
    ],
)
def test_a_call_is_answered(api: Api, call: str, first: str, count: int) -> None:
    """With so many items, of which this is the first."""
    page = api.http.get(call).raise_for_status().json()

    assert (page["first_id"], len(page["data"])) == (first, count)


@pytest.mark.parametrize(
    "query",
    [
        "emails=amara@example.com&emails=bruno@example.com",
        "emails[]=amara@example.com&emails[]=bruno@example.com",
        "emails%5B%5D=amara%40example.com&emails%5B%5D=bruno%40example.com",
        "emails=amara@example.com,bruno@example.com",
    ],
)
def test_addresses_are_taken_in_three_forms(api: Api, query: str) -> None:
    """Repeated, with brackets, escaped ones too, and with commas."""
    page: Json = api.http.get(f"organization/users?{query}").json()

    assert ids(page["data"]) == ["user-amara", "user-bruno"]


def test_a_walk_of_any_page_size_sees_all_of_a_large_organization(now: int) -> None:
    """By `last_id`, and by the ID of the last item, which other programs take."""
    size = OrganizationSize(projects=45, users=230, keys=10)
    with Emulator(now=lambda: now, seed=5, size=size) as emulator, api_of(emulator) as api:
        whole = api.items("projects", include_archived=True, limit=100)
        users = api.items("users")
        by_item: list[Json] = []
        page = api.listed("users", limit=100).json()
        while page["data"]:
            by_item += page["data"]
            page = api.listed("users", limit=100, after=page["data"][-1]["id"]).json()

    assert len(whole) == len(set(ids(whole))) == 45
    assert 200 < len(set(ids(users))) == len(users) < 230
    assert by_item == users
