"""What the API refuses of the lists is said once; all else is an error, or has its names."""

from __future__ import annotations

import pytest

from openai_org_usage import AuthenticationError, BadRequestError, ServerError

from ..conftest import NOW
from .organizations import SCOPE, Organization, OrganizationTransport
from .readings import client_of, small


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("denied", "called"),
    [
        (["users"], "users"),
        (["project_api_keys"], "keys"),
        (["service_accounts"], "service accounts"),
        (["users", "project_api_keys"], "users and keys"),
        (["projects", "users"], "projects, users, keys and service accounts"),
    ],
)
def test_a_missing_scope_is_said_once(status: int, denied: list[str], called: str) -> None:
    """The rest is read. What is refused to one project is not asked of the others."""
    organization = small()
    transport = OrganizationTransport(organization, dict.fromkeys(denied, (status, SCOPE)))
    with client_of(transport, concurrency=1) as client:
        names = client.names()
    assert names.problems == (f"no names of {called}: the key lacks the scope api.management.read",)
    assert all(transport.queries[name] == 1 for name in denied)
    if "projects" not in denied:
        assert len(names.projects) == len(organization.project_names)
    assert bool(names.api_keys) == (not {"projects", "project_api_keys"} & set(denied))
    assert names.read_at == NOW


def test_each_scope_that_is_missing_is_said() -> None:
    """As the API names it; what is needed usually where it names none."""
    lacking = "Missing scopes: api.management.read, api.users.read\x1b[31m."
    refusals = {"users": (403, lacking), "admin_api_keys": (403, "You may not.")}
    transport = OrganizationTransport(small(), refusals)
    with client_of(transport) as client:
        assert client.names(admin_keys=True).problems == (
            "no names of users: the key lacks the scope api.management.read, api.users.read",
            "no names of admin keys: the key lacks the scope api.management.read",
        )


@pytest.mark.parametrize("message", ["Project is archived.", "This project has been ARCHIVED"])
def test_a_project_that_is_archived_meanwhile_is_no_failure(message: str) -> None:
    """Its list of service accounts is refused; nothing else is missing."""
    transport = OrganizationTransport(small(), {"service_accounts": (400, message)})
    with client_of(transport) as client:
        names = client.names()
    assert names.problems == ()
    assert len(names.api_keys) > 100


@pytest.mark.parametrize("status", [400, 403, 404])
def test_lists_that_are_refused_are_counted(status: int) -> None:
    """A refusal without a known reason takes the names of that list only, and is said."""
    organization = small()
    transport = OrganizationTransport(organization, {"project_api_keys": (status, "Not here")})
    with client_of(transport) as client:
        names = client.names()
    active = len(organization.project_names) - len(organization.archived)
    assert names.problems == (f"no names of the keys of {active} projects, as the API refused their lists",)
    assert len(names.users) > 50


def test_one_list_that_is_refused_is_one() -> None:
    """In the singular."""
    organization = Organization(1, projects=1, users=3, keys=3)
    transport = OrganizationTransport(organization, {"project_api_keys": (404, "Not here")})
    with client_of(transport) as client:
        assert client.names().problems == ("no names of the keys of 1 project, as the API refused its list",)


@pytest.mark.parametrize(
    ("name", "status", "message", "expected"),
    [
        ("users", 401, "Incorrect API key provided", AuthenticationError),
        ("projects", 500, "sorry", ServerError),
        ("service_accounts", 503, "sorry", ServerError),
        ("users", 400, "archived", BadRequestError),
    ],
)
def test_other_failures_are_errors(name: str, status: int, message: str, expected: type[Exception]) -> None:
    """Names that are half of what they should be would be taken for all."""
    transport = OrganizationTransport(small(), {name: (status, message)})
    with client_of(transport) as client:
        with pytest.raises(expected, match=message):
            client.names()
        transport.refusals.clear()
        assert len(client.names().users) > 100
