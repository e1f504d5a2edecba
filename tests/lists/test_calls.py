"""What calls for lists are refused, and what lists and their errors show."""

from __future__ import annotations

import traceback
from typing import Any

import httpx
import pytest

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator
from openai_org_usage.errors import InvalidParameterError, OpenAIUsageError

from .reading import PROJECT, Read, both


@pytest.mark.parametrize("project_id", ["", " ", "..", "a\nb", None, 7])
def test_a_project_needs_an_id(emulator: Emulator, client: UsageClient, project_id: Any) -> None:
    """What cannot be one is refused before anything is sent; nothing leads to another path."""
    with pytest.raises(InvalidParameterError, match="project_id") as caught:
        client.project_api_keys(project_id)
    assert caught.value.parameter == "project_id"
    assert emulator.requests == []


def test_an_id_is_a_part_of_the_path_whatever_it_has(emulator: Emulator, client: UsageClient) -> None:
    """It is percent-encoded."""
    with pytest.raises(OpenAIUsageError) as caught:
        list(client.project_api_keys("../users?limit=1#"))
    assert "status 404" in str(caught.value)
    assert [request.path for request in emulator.requests] == [
        "/v1/organization/projects/../users?limit=1#/api_keys"
    ]


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("project_api_keys", {}, "project_api_keys: project_id is required"),
        ("users", {"limt": 3}, "users: a parameter cannot be 'limt'; did you mean 'limit'?"),
        ("users", {"limit": 101}, "users: limit is between 1 and 100, not 101"),
        ("admin_api_keys", {"limit": 0}, "admin_api_keys: limit is at least 1, not 0"),
        ("projects", {"include_archived": "yes"}, "include_archived takes a boolean"),
        (
            "project_api_keys",
            {"project_id": "p", "owner_project_access": "all"},
            "takes active, inactive, any.",
        ),
        ("users", {"extra_query": {"after": "x"}}, "a parameter of its own"),
    ],
)
def test_a_wrong_call_says_what_is_right(
    client: UsageClient, name: str, given: dict[str, Any], words: str
) -> None:
    """As a call for usage does."""
    with pytest.raises(InvalidParameterError) as caught:
        getattr(client, name)(**given)
    assert words in str(caught.value)


@pytest.mark.parametrize(("name", "given"), [("users", ("p",)), ("project_api_keys", ("p", 3))])
def test_parameters_are_given_by_keyword(client: UsageClient, name: str, given: tuple[object, ...]) -> None:
    """Only what stands in the path may do without its name."""
    with pytest.raises(TypeError) as caught:
        getattr(client, name)(*given)
    assert str(caught.value) == f"{name} takes its parameters by keyword, such as limit=..."


SECRET = "sk-proj-begin...ningEND"
PERSON = "Ada Lovelace"
ADDRESS = "ada@example.com"


def owned(**more: Any) -> dict[str, Any]:
    """A key with all that is secret or private."""
    user = {"id": "user-1", "name": PERSON, "email": ADDRESS, "role": "owner", "created_at": 1}
    return {
        "object": "organization.project.api_key",
        "id": "key_1",
        "name": PERSON,
        "redacted_value": SECRET,
        "created_at": 1,
        "last_used_at": None,
        "owner": {"type": "user", "user": user},
        **more,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"data": [owned(), owned()], "has_more": False},
        {"data": [owned()], "has_more": True, "last_id": None},
        {"data": [owned(created_at=SECRET)], "has_more": False},
        {"data": [owned(name=[PERSON, ADDRESS])], "has_more": False},
        {"data": [owned()], "has_more": SECRET},
        {"data": [owned()], "has_more": False, "told": [SECRET, ADDRESS]},
        {"data": [owned()]},
    ],
)
@both
def test_what_is_secret_is_shown_nowhere(
    read: Read, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """No error, log, event or representation has any of a key, and no error or log a name or an address."""
    caplog.set_level("DEBUG")
    told: list[object] = []
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json={"object": "list", **body}))
    items, error = read(
        lambda client: client.project_api_keys(PROJECT),
        admin_key="sk-admin-example",
        base_url="https://api.test/v1",
        transport=answer,
        on_page=told.append,
    )
    assert error is not None or [item.redacted_value for item in items] == [SECRET]
    assert "ningEND" not in f"{items!r} {items} {told!r}"
    shown = "".join(traceback.format_exception(error)) if error else ""
    seen = f"{shown} {error!r} {vars(error) if error else ''} {caplog.text} {told!r}"
    assert not {secret for secret in (SECRET, PERSON, ADDRESS) if secret in seen}


def test_a_list_shows_what_it_asks_for(client: UsageClient) -> None:
    """Its kind, operation and arguments."""
    shown = "<ItemList project_api_keys(project_id='proj_a', limit=3, owner_project_access='any')>"
    assert repr(client.project_api_keys("proj_a", limit=3)) == shown
    assert (
        repr(client.users(extra_query={"role": "owner"})) == "<ItemList users(extra_query={'role': 'owner'})>"
    )
