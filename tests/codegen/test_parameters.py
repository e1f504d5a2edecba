"""Parameters in every way that a document may give them reach the operation in one form."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.errors import CodegenError

from . import toy
from .toy import COMPLETIONS, COSTS, Json


def parameters(document: Json, folder: Path, path: str) -> dict[str, Json]:
    """The pinned parameters at `path`, by name."""
    found = toy.operation(toy.pin_of(document, folder), path)["parameters"]
    return {parameter["name"]: parameter for parameter in found}


def test_a_parameter_of_the_path_belongs_to_its_operation(tmp_path: Path) -> None:
    """What stands beside `get` is not lost, and what the operation says itself wins."""
    document = toy.toy()
    item = document["paths"][COMPLETIONS]
    item["parameters"] = [
        {"name": "region", "in": "query", "schema": {"type": "string"}},
        {"name": "start_time", "in": "query", "schema": {"type": "string"}},
    ]
    found = parameters(document, tmp_path, COMPLETIONS)
    assert found["region"]["schema"] == {"type": "string"}
    assert found["start_time"]["schema"]["type"] == "integer"
    assert "parameters" not in toy.paths(toy.pin_of(document, tmp_path))[COMPLETIONS]


def test_a_referenced_parameter_stands_in_the_operation(tmp_path: Path) -> None:
    """The generator and the views see one list without references."""
    document = toy.toy()
    schema: Json = {"type": "array", "items": {"type": "string"}}
    shared: Json = {"name": "team_ids", "in": "query", "schema": schema}
    document["components"]["parameters"] = {"Teams": shared}
    document["paths"][COSTS]["get"]["parameters"].append({"$ref": "#/components/parameters/Teams"})
    found = parameters(document, tmp_path, COSTS)
    assert found["team_ids"]["schema"] == schema


@pytest.mark.parametrize(
    ("schema", "pinned"),
    [
        ({"type": ["string", "null"]}, {"type": "string"}),
        ({"type": "boolean", "nullable": True}, {"type": "boolean"}),
        (
            {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
            {"type": "string", "enum": ["a", "b"]},
        ),
        (
            {"type": "array", "items": {"oneOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}},
            {"type": "array", "items": {"type": "string", "enum": ["a"]}},
        ),
    ],
)
def test_null_is_never_sent_and_values_stay_closed(schema: Json, pinned: Json, tmp_path: Path) -> None:
    """In a request, a union with null is its other branch, and allowed values remain a limit."""
    document = toy.toy()
    extra: Json = {"name": "extra", "in": "query", "schema": schema}
    document["paths"][COSTS]["get"]["parameters"].append(extra)
    assert parameters(document, tmp_path, COSTS)["extra"]["schema"] == pinned


@pytest.mark.parametrize("key", ["x-if", "x-unless"])
def test_a_condition_that_is_no_string_is_refused(key: str, tmp_path: Path) -> None:
    """It is not taken for no condition at all."""
    action: Json = {"target": "$", "update": {"a": 1}, key: True}
    with pytest.raises(CodegenError, match=f"{key} is a JSONPath"):
        toy.pin_of(toy.toy(), tmp_path, overlays=toy.write_overlay(tmp_path / "spec", action))
