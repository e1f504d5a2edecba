"""Lists of what usage refers to: what stands in a path, and pages as they come from real organizations."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from openai_org_usage._generated import (
    DIRECTORY,
    InvalidParameterError,
    ListRequest,
    ResponseDecodeError,
    UnknownFieldWarning,
    admin_api_keys_list,
    list_project_api_keys,
    list_project_service_accounts,
    list_projects,
    list_users,
)

from .contract import ODD, Json

KEYS = list_project_api_keys.request(project_id="proj_1")
REDACTED = "sk-proj-abc...9xyz"


def page(*items: Json, **others: object) -> bytes:
    """A page of a list with `items`."""
    content = {"object": "list", "data": items, "first_id": None, "last_id": None, "has_more": False}
    return json.dumps(content | others).encode()


def key(**others: object) -> Json:
    """A key of a project with no more than it must have, and `others`."""
    return {"object": "organization.project.api_key", "id": "key_1", **others}


@pytest.fixture(autouse=True)
def own_warnings() -> Iterator[None]:
    """Nothing here is about what is announced, but where a test says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        yield


def test_a_part_of_the_path_is_percent_encoded() -> None:
    """No slash, question mark or other character of an id leads to another path."""
    request = list_project_service_accounts.request(project_id=f"../x?{ODD}", limit=5)

    assert request.url("https://a.example/v1/") == (
        "https://a.example/v1/organization/projects/..%2Fx%3Fa%20b%2Bc%26d%3De%2Ff%3Fg%23h%25i%2Cj%5Bk%5D"
        "%C3%A9%E2%82%AC%F0%9F%98%80/service_accounts?limit=5"
    )
    assert request.query() == [("limit", "5")]


def test_without_a_query_there_is_no_question_mark() -> None:
    """A list needs no parameter."""
    assert list_projects.request().url("https://a.example") == "https://a.example/organization/projects"


@pytest.mark.parametrize("value", ["", " ", ".", "..", "a\n", "a\x00", "\ud800", None, 7, ["proj_1"]])
def test_what_is_no_part_of_a_path_is_refused(value: Any) -> None:
    """Neither nothing nor what leads elsewhere, nor what cannot be seen or sent."""
    with pytest.raises(InvalidParameterError) as caught:
        list_project_api_keys.request(project_id=value)
    with pytest.raises(InvalidParameterError):
        KEYS.replace(project_id=value)

    assert caught.value.parameter == "project_id"
    assert str(caught.value).startswith("project_api_keys: project_id ")


@pytest.mark.parametrize("name", ["project_id", "after"])
def test_no_key_gets_into_the_url(name: str) -> None:
    """Neither as a part of the path nor as the place to go on from."""
    arguments: dict[str, Any] = {"project_id": "proj_1", name: "sk-admin-" + "1a2B3c" * 5}

    with pytest.raises(InvalidParameterError, match=f"{name} holds a key"):
        list_project_api_keys.request(**arguments)


@pytest.mark.parametrize("name", ["limit", "after", "before", "after[]"])
def test_extra_query_cannot_choose_the_page(name: str) -> None:
    """Nor anything else that is given."""
    with pytest.raises(InvalidParameterError, match="extra_query cannot have"):
        list_users.request(extra_query={name: "1"})
    with pytest.raises(InvalidParameterError, match="given already"):
        list_users.request(emails=["a@b.example"], extra_query={"emails[]": "c@d.example"})
    assert list_users.request(extra_query={"roles": ["owner"]}).query() == [("roles", "owner")]


def test_a_value_that_no_list_knows_is_refused_with_the_nearest() -> None:
    """As with usage; and null is never sent, whatever the document says of `after`."""
    with pytest.raises(InvalidParameterError, match="did you mean 'any'"):
        KEYS.replace(owner_project_access="anyone")
    assert admin_api_keys_list.request(after=None, order="desc").query() == [("order", "desc")]


@pytest.mark.parametrize("operation", DIRECTORY.values(), ids=lambda operation: str(operation.name))
def test_an_item_needs_its_tag_and_id_alone(operation: Any) -> None:
    """All else may be missing or null, and is None; nothing is announced."""
    given = {parameter.name: "proj_1" for parameter in operation.path_parameters}
    request = ListRequest[Any, Any].of(operation, given)
    least = {"object": operation.item_object, "id": "x"}
    nulls = {f.name: None for f in operation.fields if f.name not in least}

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        first, second = request.decode(page(least, least | nulls)).data

    assert first == second
    assert type(first) is operation.item_type is request.item_type
    assert {name: value for name, value in first.to_dict().items() if value is not None} == least
    assert caught == []
    for gone in least:
        with pytest.raises(ResponseDecodeError, match="data\\[0\\]"):
            request.decode(page({name: value for name, value in least.items() if name != gone}))


def test_the_owner_of_a_key_comes_in_two_shapes() -> None:
    """With `created_at`, or with a tag and `added_at`; as a user, or as a service account."""
    user = {"id": "user-1", "name": None, "email": "a@b.example", "role": "owner"}
    shapes: list[Json] = [
        {"type": "user", "user": user | {"created_at": 7}},
        {"type": "user", "user": user | {"object": "organization.project.user", "added_at": 7}},
        {"type": "service_account", "service_account": {"id": "svc_1", "object": "x", "name": "bot"}},
    ]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        keys = KEYS.decode(page(*(key(owner=shape) for shape in shapes))).data

    owners = [found.owner for found in keys]
    assert [owner.user.id for owner in owners[:2] if owner and owner.user] == ["user-1", "user-1"]
    assert owners[2] is not None
    assert owners[2].service_account is not None
    assert (owners[2].user, owners[2].service_account.name) == (None, "bot")
    assert caught == []


@pytest.mark.parametrize("residency", ["GLOBAL", "MARS_STORAGE", None])
def test_a_new_region_refuses_no_page(residency: str | None) -> None:
    """The known values of a field are not all that may come."""
    project = {"object": "organization.project", "id": "proj_1", "residency": residency}

    (found,) = list_projects.request().decode(page(project)).data

    assert found.residency == residency


def test_what_is_unknown_is_kept_at_every_depth_and_announced_once() -> None:
    """As in pages of usage."""
    body = page(key(news=1.10, owner={"type": "user", "user": {"id": "u", "later": [1]}}), total=3)

    with pytest.warns(UnknownFieldWarning) as caught:
        pages = [KEYS.decode(body), KEYS.decode(body)]

    assert [
        warning.message.names for warning in caught if isinstance(warning.message, UnknownFieldWarning)
    ] == [("later", "news", "total")]
    assert pages[0] == pages[1]
    found = pages[0].data[0]
    assert found.owner is not None
    assert found.owner.user is not None
    assert dict(pages[0].additional_properties) == {"total": 3}
    assert str(found.additional_properties["news"]) == "1.1"
    assert dict(found.owner.user.additional_properties) == {"later": [1]}


BROKEN: dict[str, tuple[bytes, str]] = {
    "no has_more": (b'{"object": "list", "data": [], "last_id": null}', "$"),
    "has_more as text": (page(has_more="false"), "$.has_more"),
    "null for has_more": (page(has_more=None), "$.has_more"),
    "no data": (b'{"object": "list", "has_more": false}', "$"),
    "an id that is a number": (page(key(), key(id=7)), "$.data[1].id"),
    "another tag": (page(key(object="organization.project")), "$.data[0].object"),
    "a name that is a number": (page(key(name=7)), "$.data[0].name"),
    "a list instead of an owner": (page(key(owner=[])), "$.data[0].owner"),
    "a number deep down": (page(key(owner={"user": {"id": 1}})), "$.data[0].owner.user.id"),
    "an item that is none": (page(key()).replace(b'[{"object"', b'[7, {"object"'), "$.data[0]"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("keep_unreadable", [False, True])
def test_a_page_that_is_none_is_refused_whole(name: str, keep_unreadable: bool) -> None:
    """With the place where it is wrong; an item that cannot be read is never set apart."""
    body, place = BROKEN[name]

    with pytest.raises(ResponseDecodeError) as caught:
        KEYS.decode(body, keep_unreadable=keep_unreadable)

    assert (caught.value.json_path, caught.value.operation) == (place, "project_api_keys")


def test_the_redacted_value_of_a_key_is_read_and_never_shown() -> None:
    """It is a member, and in no repr, of the item or of what holds it."""
    admin = {"object": "organization.admin_api_key", "id": "key_1", "redacted_value": REDACTED}
    pages: list[Any] = [
        KEYS.decode(page(key(redacted_value=REDACTED))),
        admin_api_keys_list.request().decode(page(admin)),
    ]

    for found in pages:
        assert found.data[0].redacted_value == REDACTED
        assert found.data[0].to_dict()["redacted_value"] == REDACTED
        assert REDACTED[:7] not in f"{found!r} {found} {found.data[0]!r} {[found.data]!r}"
        assert "id='key_1'" in repr(found)
