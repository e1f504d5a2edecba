"""What cannot be pinned: each has a clear error, and the old pin stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.__main__ import main

from . import toy
from .toy import COMPLETIONS, COSTS, SEARCHES, Json, get, properties

OLD = "the old pin\n"
Edit = Callable[[Json], object]


def show(document: Json, path: str, *tags: str) -> None:
    """Let the example of `path` show results with `tags`."""
    response = ", ".join(f'{{"object": "{tag}"}}' for tag in tags)
    get(document, path)["x-oaiMeta"] = {"examples": {"response": f"[{response}]"}}


def rename(document: Json, old: str, new: str) -> None:
    """Give the schema `old` the name `new`, in the union of results, too."""
    found: Json = document["components"]["schemas"]
    found[new] = found.pop(old)
    for choice in properties(document, "UsageTimeBucket")["results"]["items"]["oneOf"]:
        choice["$ref"] = choice["$ref"].replace(old, new)


def refusal(path: Path, folder: Path, overlays: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Pin the file `path` over an old pin in `folder`; the error, the old pin being as it was."""
    old = folder / "out" / "openapi.yaml"
    old.parent.mkdir()
    old.write_text(OLD)

    code = main(["pin", str(path), "--overlays", str(overlays), "--pin", str(old)])

    assert code == 1
    assert toy.contents(old.parent) == {"openapi.yaml": OLD.encode()}
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


BROKEN: dict[str, tuple[Edit, str]] = {
    "a reference to nothing": (
        lambda d: properties(d, "UsageTimeBucket").update(extra={"$ref": "#/components/schemas/Gone"}),
        "unresolvable $ref '#/components/schemas/Gone' at "
        "#/components/schemas/UsageTimeBucket/properties/extra",
    ),
    "a reference to another file": (
        lambda d: properties(d, "CostsResult").update(extra={"$ref": "other.yaml#/Thing"}),
        "$ref 'other.yaml#/Thing' at #/components/schemas/CostsResult/properties/extra leaves the document",
    ),
    "a reference to no component": (
        lambda d: properties(d, "CostsResult").update(extra={"$ref": "#/info"}),
        "does not name a component",
    ),
    "no usage paths": (
        lambda d: [d["paths"].pop(path) for path in (COSTS, COMPLETIONS, SEARCHES)],
        "no usage paths",
    ),
    "no paths at all": (lambda d: d.pop("paths"), "no usage paths"),
    "paths that are a list": (lambda d: d.update(paths=[]), "expected an object at paths, found list"),
    "a method that writes": (
        lambda d: d["paths"][COSTS].update(post={}),
        "/organization/costs has the methods ['get', 'post']; only GET is expected",
    ),
    "a schema that does not validate": (
        lambda d: properties(d, "CostsResult")["quantity"].update(minimum="low"),
        "does not validate at #/components/schemas/CostsResult/properties/quantity",
    ),
    "a parameter that does not validate": (
        lambda d: get(d, COSTS)["parameters"][0].update(required="perhaps"),
        "does not validate at #/paths/~1organization~1costs/get/parameters/0",
    ),
    "an array of nothing": (
        lambda d: properties(d, "CostsResult").update(extra={"type": "array"}),
        "does not validate at #/components/schemas/CostsResult/properties/extra: an array without `items`",
    ),
    "an array of nothing with an odd name": (
        lambda d: properties(d, "CostsResult").update({"a~b/c": {"type": "array"}}),
        "the property 'a~b/c' at #/components/schemas/CostsResult/properties/a~0b~1c is not an ASCII letter",
    ),
    "no example, and a name that does not tell": (
        lambda d: get(d, SEARCHES).pop("x-oaiMeta"),
        f"{SEARCHES}: the result type cannot be told, its example names none and the schemas are for ",
    ),
    "an example of something else": (
        lambda d: show(d, SEARCHES, "organization.usage.dreams.result"),
        f"{SEARCHES}: the result type cannot be told, its example names organization.usage.dreams.result",
    ),
    "an example of two things": (
        lambda d: show(d, SEARCHES, "organization.usage.a.result", "organization.usage.b.result"),
        f"{SEARCHES}: the result type cannot be told, its example shows ",
    ),
    "two paths with one result": (
        lambda d: show(d, SEARCHES, "organization.usage.completions.result"),
        f"{SEARCHES} and {COMPLETIONS}: both seem to answer with 'organization.usage.completions.result'",
    ),
    "results of another name": (
        lambda d: rename(d, "UsageWebSearchCallsResult", "UsageSearches"),
        f"{SEARCHES}: its results are called UsageSearches; the templates expect …Result",
    ),
    "a constant that is no text": (
        lambda d: properties(d, "CostsResult").update(version={"const": 5}),
        "the constant at #/components/schemas/CostsResult/properties/version is no text",
    ),
    "buckets without a list": (
        lambda d: properties(d, "UsageTimeBucket")["results"].update(type="object"),
        "the result type cannot be told, its buckets have no list of results",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_document_with_a_fault_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """The error says what is wrong and where."""
    edit, message = BROKEN[what]
    document = toy.toy()
    edit(document)

    error = refusal(toy.write(document, tmp_path / "a.yaml"), tmp_path, toy.OVERLAYS, capsys)

    assert error.startswith("error: ")
    assert message in error


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "cannot read"),
        (b"<html>", "web page"),
        (b"a: [", "is not YAML"),
        (b"openapi: 3.1.0\nopenapi: 3.1.0", "duplicate key 'openapi' in line 2"),
        (b"\x1f\x8b\x08\x00", "damaged gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, message: str
) -> None:
    """The command reports what reading finds, and the old pin stays."""
    path = tmp_path / "a.yaml"
    if data is not None:
        path.write_bytes(data)

    error = refusal(path, tmp_path, toy.OVERLAYS, capsys)

    assert error.startswith("error: ")
    assert message in error


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"target": "$.paths['/gone']", "update": {}}, "matches nothing in this document: $.paths['/gone']"),
        ({"target": "$.paths[?", "update": {}}, "$.paths[? is no JSONPath"),
        ({"target": "$.info.version", "update": {"a": 1}}, "selects a value that cannot be updated"),
        ({"target": "$.info", "update": "text"}, "selects a value that cannot be updated"),
        ({"target": "$.info"}, "needs a `target` and either `update` or `remove: true`"),
        ({"update": {}}, "needs a `target`"),
        ({"target": "$.info", "remove": False}, "needs a `target` and either"),
        ({"target": "$.info", "remove": True, "update": {}}, "needs a `target` and either"),
        ({"target": "$.info", "update": {}, "x-why": ""}, "unknown: x-why"),
        ("remove the paths", "needs a `target`"),
    ],
)
def test_an_action_that_cannot_be_carried_out_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: object, message: str
) -> None:
    """The error names the overlay file and the line that the action begins in."""
    overlays = toy.write_overlay(tmp_path / "overlays", action)
    line = 1 + (overlays / "toy.overlay.yaml").read_text().splitlines().index("actions:") + 1

    error = refusal(toy.path_of("new"), tmp_path, overlays, capsys)

    assert f"toy.overlay.yaml:{line}: " in error
    assert message in error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"actions: []", "toy.overlay.yaml is not an OpenAPI overlay 1.x"),
        (b"overlay: 2.0.0\nactions: []", "toy.overlay.yaml is not an OpenAPI overlay 1.x"),
        (b"overlay: 1.0.0", "a list of `actions`"),
        (b"overlay: 1.0.0\nactions: {a: b}", "a list of `actions`"),
        (b"- overlay", "toy.overlay.yaml is not an OpenAPI overlay 1.x"),
        (b"", "toy.overlay.yaml is not an OpenAPI overlay 1.x"),
        (b"a: [", "cannot read the overlay toy.overlay.yaml"),
        (b"a: 1\na: 2", "cannot read the overlay toy.overlay.yaml: duplicate key 'a' in line 2"),
        (b"\xff", "cannot read the overlay toy.overlay.yaml"),
    ],
)
def test_a_file_that_is_no_overlay_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, message: str
) -> None:
    """The error names the file and what an overlay needs."""
    overlays = tmp_path / "overlays"
    overlays.mkdir()
    (overlays / "toy.overlay.yaml").write_bytes(text)

    assert message in refusal(toy.path_of("new"), tmp_path, overlays, capsys)


def test_a_folder_of_overlays_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped folder is an error, not a pin without corrections."""
    error = refusal(toy.path_of("new"), tmp_path, tmp_path / "gone", capsys)

    assert f"there is no folder of overlays at {tmp_path / 'gone'}" in error
