"""One form for what upstream writes in several, example by example."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.normalise import normalise

from . import toy
from .toy import COSTS, Json

STRING: Json = {"type": "string"}
NULL: Json = {"type": "null"}
A: Json = {"type": "string", "enum": ["a"]}
AB: Json = {"type": "string", "enum": ["a", "b"]}
KNOWN = {"type": ["string", "null"], "x-known-values": ["a", "b"]}
REFERENCE: Json = {"$ref": "#/components/schemas/Money"}

IN_ANSWERS: dict[str, tuple[Json, Json]] = {
    "nullable of 3.0": ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    "nullable: false": ({"type": "string", "nullable": False}, STRING),
    "union with null": ({"anyOf": [STRING, NULL]}, {"type": ["string", "null"]}),
    "null first": ({"anyOf": [NULL, STRING]}, {"type": ["string", "null"]}),
    "union of one": ({"anyOf": [STRING]}, STRING),
    "array of types": ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
    "one value": (A, {"type": "string", "const": "a"}),
    "known values": (AB, {"type": "string", "x-known-values": ["a", "b"]}),
    "nullable known values": (AB | {"nullable": True}, KNOWN),
    "known values and null": ({"type": ["string", "null"], "enum": ["a", "b", None]}, KNOWN),
    "open values": ({"anyOf": [STRING, AB, NULL]}, KNOWN),
    "open values without null": (
        {"anyOf": [STRING, AB]},
        {"type": "string", "x-known-values": ["a", "b"]},
    ),
    "open values, one known": (
        {"anyOf": [STRING, A, NULL]},
        {"type": ["string", "null"], "x-known-values": ["a"]},
    ),
    "values in several branches": ({"anyOf": [A, AB, NULL]}, KNOWN),
    "number": ({"type": "number"}, {"type": "number", "format": "decimal"}),
    "number or null": (
        {"anyOf": [{"type": "number"}, NULL]},
        {"type": ["number", "null"], "format": "decimal"},
    ),
    "number with a format": (
        {"type": "number", "format": "double"},
        {"type": "number", "format": "double"},
    ),
    "integer": ({"type": "integer"}, {"type": "integer"}),
    "reference": (REFERENCE, REFERENCE),
    "union with a reference": ({"anyOf": [REFERENCE, NULL]}, {"anyOf": [REFERENCE, NULL]}),
    "union of types": (
        {"anyOf": [STRING, {"type": "integer"}]},
        {"anyOf": [STRING, {"type": "integer"}]},
    ),
    "union of two objects": (
        {"anyOf": [{"type": "object", "properties": {name: STRING}} for name in "ab"]},
        {"anyOf": [{"type": "object", "properties": {name: STRING}} for name in "ab"]},
    ),
    "items": (
        {"type": "array", "items": {"type": "number", "title": "x"}},
        {"type": "array", "items": {"type": "number", "format": "decimal"}},
    ),
    "members": (
        {"anyOf": [{"type": "object", "properties": {"value": {"type": "number"}}}, NULL]},
        {
            "type": ["object", "null"],
            "properties": {"value": {"type": "number", "format": "decimal"}},
        },
    ),
    "prose": (
        {"type": "string", "description": "x", "title": "x", "example": "x", "examples": ["x"]},
        STRING,
    ),
    "marks of other tools": (
        {"type": "string", "x-stainless-const": True, "x-oaiMeta": {"name": "x"}},
        STRING,
    ),
}


def document_with(*, member: Json | None = None, parameter: Json | None = None) -> Json:
    """A document of one path and one schema, whose members are `member`."""
    return {
        "info": {"version": "1"},
        "servers": [],
        "tags": [],
        "paths": {COSTS: {"get": {"parameters": [parameter] if parameter else []}}},
        "components": {"schemas": {"Thing": {"type": "object", "properties": {"member": member or {}}}}},
    }


@pytest.mark.parametrize("what", IN_ANSWERS)
def test_members_of_answers_come_to_one_form(what: str) -> None:
    """Nullability, constants, open values and exact numbers each have one spelling."""
    before, after = IN_ANSWERS[what]
    document = document_with(member=before)

    notes = normalise(document)

    assert document["components"]["schemas"]["Thing"]["properties"]["member"] == after
    assert notes == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AB, AB),
        (A | {"default": "a"}, A | {"default": "a"}),
        ({"type": "array", "items": AB}, {"type": "array", "items": AB}),
        ({"type": "number"}, {"type": "number"}),
        ({"type": "boolean", "description": "x"}, {"type": "boolean"}),
    ],
)
def test_allowed_values_of_parameters_stay(before: Json, after: Json) -> None:
    """What callers may send stays closed; only prose goes."""
    document = document_with(parameter={"name": "p", "in": "query", "description": "x", "schema": before})

    normalise(document)

    assert document["paths"][COSTS]["get"]["parameters"] == [{"name": "p", "in": "query", "schema": after}]


@pytest.mark.parametrize(
    ("name", "kind", "marked"),
    [
        ("start_time", "integer", True),
        ("end_time", ["integer", "null"], True),
        ("start_time", "string", False),
        ("runtime", "integer", False),
        ("times", "integer", False),
    ],
)
def test_times_are_marked(name: str, kind: object, marked: bool) -> None:
    """An integer called *_time is Unix seconds, as a parameter and in an answer."""
    document = document_with(parameter={"name": name, "schema": {"type": kind}})
    document["components"]["schemas"]["Thing"]["properties"] = {name: {"type": kind}}

    normalise(document)

    mark = {"format": "unix-time"} if marked else {}
    sent = kind if isinstance(kind, str) else "integer"
    assert document["paths"][COSTS]["get"]["parameters"][0]["schema"] == {"type": sent} | mark
    assert document["components"]["schemas"]["Thing"]["properties"][name] == {"type": kind} | mark


def test_members_named_like_prose_stay() -> None:
    """A field that happens to be called `description` is a fact, its own description is prose."""
    document = document_with()
    named: Json = {"description": {"type": "string", "description": "x"}, "title": {"type": "string"}}
    document["components"]["schemas"]["Thing"]["properties"] = named

    normalise(document)

    properties = document["components"]["schemas"]["Thing"]["properties"]
    assert properties == {"description": STRING, "title": STRING}


def test_what_is_required_without_being_defined_is_reported() -> None:
    """Such a member is no longer required, and the note names schema and member."""
    document = document_with(member=STRING)
    document["components"]["schemas"]["Thing"]["required"] = ["member", "ghost"]

    notes = normalise(document)

    assert document["components"]["schemas"]["Thing"]["required"] == ["member"]
    assert notes == ["schema Thing requires 'ghost' without defining it: no longer required"]


def test_one_way_to_authenticate() -> None:
    """Old documents name no admin key; every pin does, and no other scheme."""
    document = document_with()
    document["components"]["securitySchemes"] = {"Other": {"type": "http", "scheme": "basic"}}

    normalise(document)

    assert document["components"]["securitySchemes"] == {
        "AdminApiKeyAuth": {"type": "http", "scheme": "bearer"}
    }
    assert document["paths"][COSTS]["get"]["security"] == [{"AdminApiKeyAuth": []}]


def test_one_tag_for_all_operations() -> None:
    """Upstream can rename its tag without moving the generated endpoint functions to another folder."""
    document = document_with()
    document["paths"][COSTS]["get"]["tags"] = ["Organization usage"]
    document["tags"] = [{"name": "Organization usage"}, {"name": "Usage"}]

    normalise(document)

    assert document["paths"][COSTS]["get"]["tags"] == ["Usage"]
    assert document["tags"] == [{"name": "Usage"}]


@pytest.mark.parametrize(
    ("prose", "documented"),
    [
        ("A number of buckets between 1 and 90, and the default is 5.", {"1d": (5, 90)}),
        ("- `bucket_width=1h`: default: 24, max: 100", {"1h": (24, 100)}),
    ],
)
def test_page_sizes_that_contradict_ours_are_reported(
    tmp_path: Path, prose: str, documented: dict[str, tuple[int, int]]
) -> None:
    """Upstream's prose is read for its page sizes only to compare them with our table."""
    document = toy.toy()
    limit = next(p for p in document["paths"][COSTS]["get"]["parameters"] if p["name"] == "limit")
    limit["description"] = prose

    pin = toy.pin_of(document, tmp_path)

    theirs = {width: {"default": d, "maximum": m} for width, (d, m) in documented.items()}
    ours = {"1d": {"default": 7, "maximum": 180}}
    assert f"{COSTS}: upstream's prose gives the page sizes {theirs}, our overlay {ours}" in pin.notes
    assert "x-documented-limits" not in pin.text
