"""Organizations of any size: as many as were asked for, joined to their usage, always the same ones."""

from collections import Counter
from typing import Any

import pytest

from openai_org_usage import ConfigurationError
from openai_org_usage.emulator import Emulator, OrganizationSize

from .asking import DAY, Api, Json, api_of
from .test_lists import ids

OWNERS_AND_MODEL = ["project_id", "user_id", "api_key_id", "model"]
SIZE = OrganizationSize(projects=40, users=200, keys=300)


def keys_of(api: Api, projects: list[Json]) -> list[Json]:
    """All keys of these projects."""
    return [
        key
        for project in projects
        for key in api.items("project_api_keys", project["id"], owner_project_access="any", limit=100)
    ]


def test_a_large_organization_has_what_surprises(now: int) -> None:
    """Archived projects, shared names, unnamed keys, and IDs in usage that no list has."""
    with Emulator(now=lambda: now, seed=3, size=SIZE) as emulator, api_of(emulator) as api:
        projects = api.items("projects", include_archived=True, limit=100)
        users = api.items("users", limit=100)
        keys = keys_of(api, projects)
        rows = api.rows(
            "completions", start_time=now - 6 * DAY, group_by=["project_id", "user_id", "api_key_id"]
        )

    owners = [key["owner"].get("user") or key["owner"]["service_account"] for key in keys]
    assert len(projects) == 40
    assert 0 < sum(project["status"] == "archived" for project in projects) < 20
    assert max(Counter(project["name"] for project in projects).values()) > 1
    assert 150 < len(users) < 200
    assert {None} < {user["email"] for user in users}
    assert {None, ""} < {key["name"] for key in keys}
    assert {key["owner_project_access"] for key in keys} == {"active", "inactive"}
    assert {key["owner"]["type"] for key in keys} == {"user", "service_account"}
    assert len({row["api_key_id"] for row in rows}) == 300
    assert 0 < len({row["api_key_id"] for row in rows} - set(ids(keys))) == 300 - len(keys) < 60
    assert len({(row["api_key_id"], row["model"]) for row in rows}) < 2 * 300  # So that usage is cheap.
    assert set(ids(owners)) - set(ids(users))
    assert {row["project_id"] for row in rows} <= set(ids(projects))


def test_the_same_seed_makes_the_same_organization(now: int) -> None:
    """And another one another."""
    seen: list[Any] = []
    for seed in (1, 1, 2):
        with Emulator(now=lambda: now, seed=seed, size=SIZE) as emulator, api_of(emulator) as api:
            projects = api.items("projects", include_archived=True, limit=100)
            seen.append((projects, api.items("users", limit=100), keys_of(api, projects[:3])))

    assert seen[0] == seen[1]
    assert all(one != other for one, other in zip(seen[1], seen[2], strict=True))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_smallest_organizations_surprise_too(now: int, seed: int) -> None:
    """Of three projects two have one name, and one is archived; a single one, user and key are possible."""
    small, least = OrganizationSize(projects=3), OrganizationSize(projects=1, users=1, keys=1)
    with Emulator(now=lambda: now, seed=seed, size=small) as emulator, api_of(emulator) as api:
        first, second, third = api.items("projects", include_archived=True)
    with Emulator(now=lambda: now, seed=seed, size=least) as emulator, api_of(emulator) as api:
        projects = api.items("projects")
        counts = [len(projects), len(api.items("users")), len(api.items("admin_api_keys"))]
        rows = api.rows("costs", start_time=now - DAY, group_by=["project_id"])

    assert first["name"] == second["name"]
    assert third["status"] == "archived"
    assert counts == [1, 1, 1]
    assert {row["project_id"] for row in rows} == set(ids(projects))


@pytest.mark.parametrize("name", ["projects", "users", "keys"])
@pytest.mark.parametrize("value", [0, True, 1.5])
def test_a_size_is_a_whole_number(name: str, value: Any) -> None:
    """From 1."""
    with pytest.raises(ConfigurationError, match=f"{name} is a whole number from 1, not {value}"):
        OrganizationSize(**{name: value})
