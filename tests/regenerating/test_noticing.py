"""Nothing in a pin can change unnoticed, except what callers cannot notice."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from typing import Any

import pytest

from codegen.diff.changes import changes
from codegen.diff.survey import survey
from codegen.errors import CodegenError
from codegen.subset import drop_unreferenced
from codegen.tree import is_array, is_object, walk

from .pins import Edit, Json, changes_by, committed, committed_facts, edited, operation

Path = tuple[str | int, ...]
NO_FACTS = {"openapi", "info", "tags", "x-provenance"}
PROSE = {"description", "summary"}
KEYS = "/organization/projects/{project_id}/api_keys"
EXCERPT = ("/organization/costs", "/organization/usage/completions", KEYS, "/organization/users")


def places(node: object, path: Path = ()) -> Iterator[Path]:
    """Every member below `node` that is no prose."""
    if is_object(node):
        for key, value in node.items():
            if not (key in PROSE and isinstance(value, str)) and not (not path and key in NO_FACTS):
                yield (*path, key)
                yield from places(value, (*path, key))
    elif is_array(node):
        for index, value in enumerate(node):
            yield (*path, index)
            yield from places(value, (*path, index))


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def other_value(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


@functools.cache
def excerpt() -> Json:
    """The committed pin with the endpoints that have the most to them, and two lists."""
    document = copy.deepcopy(committed())
    for path in list(document["paths"]):
        if path not in EXCERPT:
            del document["paths"][path]
    drop_unreferenced(document)
    return document


def is_noticed(edit: Edit) -> bool:
    """Whether `edit` gives a change, or a document that is refused."""
    document = copy.deepcopy(excerpt())
    edit(document)
    try:
        return changes(survey(excerpt()), survey(document)) != []
    except CodegenError:
        return True


def is_derived(path: Path) -> bool:
    """What follows from another place, which tells: roles, references and the tag of results."""
    return (
        path[-1] in ("x-result-object", "x-item-object", "x-role", "discriminator", "propertyName", "$ref")
        or "mapping" in path
    )


def test_every_value_that_changes_is_noticed() -> None:
    """Each scalar of the committed pin, replaced by another, is at least one change."""
    scalars = [p for p in places(excerpt()) if not isinstance(at(excerpt(), p), dict | list)]
    unnoticed: list[Path] = []
    for path in [path for path in scalars if not is_derived(path)]:

        def replace(document: Json, path: Path = path) -> None:
            at(document, path[:-1])[path[-1]] = other_value(at(document, path))

        if not is_noticed(replace):
            unnoticed.append(path)

    assert len(scalars) > 200
    assert unnoticed == []


def test_everything_that_goes_is_noticed() -> None:
    """Each member, allowed value, required name, parameter or field less is at least one change."""
    droppable = [p for p in places(excerpt()) if not is_derived(p) and at(excerpt(), p) is not False]
    unnoticed: list[Path] = []
    for path in droppable:

        def remove(document: Json, path: Path = path) -> None:
            del at(document, path[:-1])[path[-1]]

        if not is_noticed(remove):
            unnoticed.append(path)

    assert len(droppable) > 200
    assert unnoticed == []


def test_prose_and_provenance_are_not_changes() -> None:
    """A new sentence, another source and a new licence text change nothing for callers."""
    document = edited()
    for _, node in walk(document):
        for key in PROSE & node.keys():
            if isinstance(node[key], str):
                node[key] = "New words."
    document["info"] = document["x-provenance"] = {}

    assert changes(committed_facts(), survey(document)) == []


@pytest.mark.parametrize("name", ["parameters", "responses"])
def test_the_order_of_members_is_not_a_change(name: str) -> None:
    """Parameters, fields and answers may stand in any order."""

    def reverse(document: Json) -> None:
        members = operation(document, "images").pop(name)
        turned = reversed(members) if is_array(members) else reversed(members.items())
        operation(document, "images")[name] = type(members)(turned)

    assert changes_by(reverse) == []
