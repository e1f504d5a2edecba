"""The lists: which are pinned, and how an item with objects in it is written out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.errors import CodegenError
from codegen.groups import group_of, pinned_paths
from codegen.pin import Pin

from . import toy
from .toy import COMPLETIONS, KEYS, Json

Edit = Callable[[Json], Any]


def keys(document: Json) -> Json:
    """The list of keys in `document`."""
    return toy.get(document, KEYS)


def test_the_pinned_paths_stand_in_one_file() -> None:
    """Each with its group and the name of its method; a pattern names it after the last segment."""
    assert group_of("/organization/usage/dreams") == ("Usage", "dreams")
    assert group_of(KEYS) == ("Directory", "project_api_keys")
    assert group_of("/organization/costs") == ("Usage", "costs")
    for other in ("/organization/usage", "/organization/usage/a/b", "/organization/costs/x", "/models", ""):
        assert group_of(other) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("usage: {/a: a}\n", "has other groups than usage, directory"),
        ("usage: {/a: a}\ndirectory: {}\nmore: {}\n", "has other groups"),
        ("usage: {/a/*: a}\ndirectory: {}\n", "/a/* has no name for its client method"),
        ("usage: {/a: '*'}\ndirectory: {}\n", "/a has no name for its client method"),
        ("usage: {/a: 7}\ndirectory: {}\n", "/a has no name for its client method"),
        ("[]", "has other groups"),
    ],
)
def test_a_file_of_paths_that_says_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the place."""
    (tmp_path / "paths.yaml").write_text(text)

    with pytest.raises(CodegenError) as caught:
        pinned_paths(tmp_path / "paths.yaml")

    assert f"paths.yaml{'' if said.startswith('has') else ':'} {said}" in str(caught.value)


def test_a_list_has_its_own_page_and_item(pins: dict[str, Pin]) -> None:
    """Of the group's tag, without upstream's shared name for the page, and with reading alone."""
    schemas, operation = toy.schemas(pins["new"]), toy.operation(pins["new"], KEYS)
    content = operation["responses"]["200"]["content"]["application/json"]

    assert (operation["tags"], operation["x-name"]) == (["Directory"], "project_api_keys")
    assert operation["x-item-object"] == "organization.project.api_key"
    assert content["schema"] == {"$ref": "#/components/schemas/ProjectApiKeyPage"}
    assert schemas["ProjectApiKeyPage"]["properties"]["data"]["items"] == {
        "$ref": "#/components/schemas/ProjectApiKey"
    }
    assert [schemas[name]["x-role"] for name in ("ProjectApiKeyPage", "ProjectApiKey")] == ["page", "item"]
    assert "ProjectApiKeyListResponse" not in schemas


def test_each_object_in_an_item_has_a_name_and_each_text_its_place(pins: dict[str, Pin]) -> None:
    """However deep it stands; null stays where it was allowed."""
    schemas = toy.schemas(pins["new"])
    item, prefix = schemas["ProjectApiKey"]["properties"], "#/components/schemas/"

    assert item["owner"] == {"$ref": f"{prefix}ProjectApiKeyOwner"}
    assert item["teams"]["oneOf"] == [{"$ref": f"{prefix}ProjectApiKeyTeams"}, {"type": "null"}]
    assert item["region"]["x-known-values"] == ["north", "south"]
    assert schemas["ProjectApiKeyTeams"]["properties"]["data"]["items"] == {
        "$ref": f"{prefix}ProjectApiKeyTeamsDataItem"
    }
    assert schemas["KeyUser"]["properties"]["home"]["x-known-values"] == ["north", "south"]
    assert "Region" not in schemas


def test_moments_have_one_format_and_null_is_never_sent(pins: dict[str, Pin]) -> None:
    """Whatever upstream calls the one, and whatever it allows for the other."""
    parameters = {p["name"]: p for p in toy.operation(pins["new"], KEYS)["parameters"]}

    assert toy.schemas(pins["new"])["ProjectApiKey"]["properties"]["created_at"]["format"] == "unix-time"
    assert parameters["after"]["schema"] == {"type": "string"}
    assert parameters["project_id"]["in"] == "path"


def test_page_sizes_that_prose_contradicts_are_noted(tmp_path: Path) -> None:
    """The largest page stands in prose only, so our table of it is compared."""
    document = toy.toy()
    keys(document)["parameters"][1]["schema"]["maximum"] = 60

    (note,) = (note for note in toy.pin_of(document, tmp_path).notes if "page sizes" in note)

    assert note.startswith(f"{KEYS}: upstream's prose gives the page sizes")


def without_tag(document: Json) -> None:
    del toy.properties(document, "ProjectApiKey")["object"]
    document["components"]["schemas"]["ProjectApiKey"]["required"].remove("object")


REFUSED: dict[str, tuple[Edit, str]] = {
    "items without a tag": (without_tag, "the type of its items cannot be told"),
    "no items": (
        lambda d: toy.properties(d, "ProjectApiKeyListResponse").pop("data"),
        "the type of its items cannot be told",
    ),
    "no parameter for a part of the path": (
        lambda d: keys(d)["parameters"].pop(0),
        "has no parameter project_id",
    ),
    "a part of the path that may be missing": (
        lambda d: keys(d)["parameters"][0].update(required=False),
        "is in the path, and no required text",
    ),
    "a part of the path that is a number": (
        lambda d: keys(d)["parameters"][0].update(schema={"type": "integer"}),
        "is in the path, and no required text",
    ),
    "a parameter in the path that has no place there": (
        lambda d: keys(d)["parameters"][1].update({"in": "path"}),
        "is not sent in the query",
    ),
    "a path parameter of usage": (
        lambda d: toy.get(d, COMPLETIONS)["parameters"][1].update({"in": "path"}),
        "is not sent in the query",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_list_that_is_none_is_refused(tmp_path: Path, case: str) -> None:
    """With what is wrong, before anything is generated."""
    edit, said = REFUSED[case]
    document = toy.toy()
    edit(document)

    with pytest.raises(CodegenError, match=said):
        toy.pin_of(document, tmp_path)


def test_a_document_without_lists_is_pinned_as_before(tmp_path: Path) -> None:
    """They are a help to read usage, and not what makes it OpenAI's document."""
    document = toy.toy()
    del document["paths"][KEYS]

    assert KEYS not in toy.paths(toy.pin_of(document, tmp_path))
