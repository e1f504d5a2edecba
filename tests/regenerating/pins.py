"""The committed pin as a value to edit, and what an edit of it changes for callers."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from codegen.diff.change import ApiChange
from codegen.diff.changes import changes
from codegen.diff.facts import Facts
from codegen.diff.survey import survey
from codegen.document import parse
from codegen.files import ROOT

Json = dict[str, Any]
Edit = Callable[[Json], object]


@functools.cache
def committed() -> Json:
    """The committed pin, not to be edited."""
    return parse((ROOT / "openapi.yaml").read_bytes(), "openapi.yaml")


@functools.cache
def committed_facts() -> Facts:
    """Its facts."""
    return survey(committed())


def edited(*edits: Edit) -> Json:
    """A copy of the pin after `edits`."""
    document = copy.deepcopy(committed())
    for edit in edits:
        edit(document)
    return document


def changes_by(*edits: Edit) -> list[ApiChange]:
    """What `edits` of the pin change for callers."""
    return changes(committed_facts(), survey(edited(*edits)))


def operation(document: Json, name: str) -> Json:
    """The operation whose client method is `name`."""
    paths: Json = document["paths"]
    likely = f"/organization/usage/{name}", f"/organization/{name}"
    found: Json = next(paths[path]["get"] for path in likely if path in paths)
    return found


def parameter(document: Json, endpoint: str, name: str) -> Json:
    """The parameter `name` of `endpoint`."""
    found: Json = next(p for p in operation(document, endpoint)["parameters"] if p["name"] == name)
    return found


def items(document: Json, endpoint: str, name: str) -> Json:
    """The items of the array parameter `name` of `endpoint`."""
    found: Json = parameter(document, endpoint, name)["schema"]["items"]
    return found


def schema(document: Json, name: str) -> Json:
    """The schema `name`."""
    found: Json = document["components"]["schemas"][name]
    return found


def fields(document: Json, name: str) -> Json:
    """The properties of the schema `name`."""
    found: Json = schema(document, name)["properties"]
    return found
