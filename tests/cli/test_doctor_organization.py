"""What the doctor finds out about the organization: whose key it is, whether it is used, what it may list."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Fault, MissingScope, SessionKeyNeeded, Status

from ..conftest import DAY, NOW
from ..scripted import error
from .conftest import Run
from .doctor_api import KEY, PROJECT, Organization, admin_key, findings


@pytest.fixture
def doctor(command: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with a key that the scripted organizations have in their lists."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    return command


def test_the_organization_its_lists_and_the_key_are_named(command: Run, emulator: Emulator) -> None:
    """Without a word of the key itself, or of anybody's address."""
    said = command("doctor --format json")
    found = findings(said.out)
    assert "Emulated Organization (org-emulated)" in found["organization"][1]
    assert found["lists"] == (
        "ok",
        "projects, users, keys, service accounts and admin keys can be listed ",
    )
    assert found["own key"][0] == "ok"
    assert "Usage reports" in found["own key"][1]
    assert emulator.admin_key not in said.out
    assert "@" not in said.out


def test_a_missing_scope_is_a_warning(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Usage can be read all the same: what is missing is named."""
    with Emulator(now=lambda: NOW, faults=FaultPlan(MissingScope(scope="api.management.read"))) as emulator:
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
        said = command("doctor --format json")
    found = findings(said.out)
    assert (found["usage"][0], found["lists"][0]) == ("ok", "warning")
    assert found["lists"][1].startswith("projects, users and admin keys cannot be listed")
    assert "the scope api.management.read" in found["lists"][1]
    assert "own key" not in found


@pytest.mark.parametrize("fault", [Status(401), SessionKeyNeeded(401)])
def test_an_invalid_key_is_no_missing_scope(
    fault: Fault, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said once, of usage and costs; the lists are not asked for."""
    with Emulator(now=lambda: NOW, faults=FaultPlan(fault)) as emulator:
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
        said = command("doctor --format json --max-retries 0")
        paths = {request.path for request in emulator.requests}
    found = findings(said.out)
    assert [found[check][0] for check in ("usage", "costs")] == ["problem", "problem"]
    assert found["lists"] == ("skipped", "not checked, because of what is said above ")
    assert not [path for path in paths if path.endswith(("/projects", "/users", "/admin_api_keys"))]


def test_lists_that_refuse_the_key_itself(doctor: Run) -> None:
    """Nothing is said of a scope that nobody has named."""

    class Invalid(Organization):
        def _respond(self, request: httpx.Request) -> httpx.Response:
            is_list = request.url.path.endswith(("/projects", "/users"))
            return error(401, "Incorrect API key.") if is_list else super()._respond(request)

    found = findings(doctor("doctor --format json", transport=Invalid()).out)
    assert found["lists"][0] == "warning"
    assert "Incorrect API key" in found["lists"][1]
    assert "that takes the scope" not in found["lists"][1]


def test_lists_that_an_address_does_not_know(doctor: Run) -> None:
    """As of gateways that pass on usage and costs alone."""
    said = doctor("doctor --format json", transport=Organization(users=[]))
    found = json.loads(said.out)["findings"]
    lists = [(each["state"], each["said"]) for each in found if each["check"] == "lists"]
    assert said.code == 0
    assert lists == [
        ("ok", "users can be listed"),
        ("warning", "projects and admin keys cannot be listed"),
    ]


def test_the_header_names_the_organization_where_no_row_does(doctor: Run) -> None:
    """And where nothing does, that is said."""
    named = doctor("doctor --format json", transport=Organization({"openai-organization": "org-header"}))
    assert findings(named.out)["organization"] == ("ok", "the key belongs to org-header ")
    nameless = doctor("doctor --format json", transport=Organization())
    assert findings(nameless.out)["organization"][0] == "skipped"


def test_an_organization_without_any_usage_gets_a_hint(doctor: Run) -> None:
    """The usual reason is a key of another organization."""
    said = doctor("doctor --format json", transport=Organization({"openai-organization": "org-header"}))
    state, text = findings(said.out)["activity"]
    assert (said.code, state) == (0, "warning")
    assert text.startswith("all is zero: completions and costs of the last 30 days is org-header the one you")


def test_no_hint_where_there_is_usage(command: Run) -> None:
    """As the emulated organization has."""
    assert "activity" not in findings(command("doctor --format json").out)


@pytest.mark.parametrize(
    ("keys", "state", "words"),
    [
        ([admin_key()], "ok", "called Reports, and does not expire"),
        ([admin_key(name=None)], "ok", "no name; its id is key_1"),
        ([admin_key(expires_at=NOW + 400 * DAY)], "ok", "and expires on 2027-12-25"),
        ([admin_key(expires_at=NOW + 3 * DAY)], "warning", "expires in 3 days, on 2026-11-23"),
        ([admin_key(expires_at=NOW - 3 * DAY)], "warning", "has expired, on 2026-11-17"),
        ([admin_key(scopes=["api.usage.read", "x"])], "ok", "with the scopes api.usage.read, x"),
        ([admin_key(), admin_key(id="key_2")], "skipped", "2 listed admin keys end as this one does"),
        ([admin_key(redacted_value="sk-admin-...zzzz")], "skipped", "no listed admin key ends"),
        ([admin_key(redacted_value="sk-proj-...7731")], "skipped", "no listed admin key ends"),
        ([admin_key(redacted_value="***1")], "skipped", "no listed admin key ends"),
        ([admin_key(redacted_value=f"sk-admin-****{KEY[-3:]}")], "ok", "called Reports"),
    ],
)
@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownFieldWarning")
def test_the_key_is_found_in_the_list(
    keys: list[dict[str, Any]], state: str, words: str, doctor: Run
) -> None:
    """By what its redacted value shows; where that fits none or two, nobody guesses."""
    found = findings(doctor("doctor --format json", transport=Organization(admin_api_keys=keys)).out)
    assert found["own key"][0] == state
    assert words in found["own key"][1]
    assert "zoe" not in str(found).lower()


def test_a_list_that_fails_is_no_problem_of_usage(doctor: Run) -> None:
    """A warning with the reason; the exit code stays 0."""
    broken = Organization(projects=[{**PROJECT, "id": 5}])
    said = doctor("doctor --format json", transport=broken)
    found = findings(said.out)
    assert (said.code, found["lists"][0]) == (0, "warning")
    assert "$.data[0].id" in found["lists"][1]
