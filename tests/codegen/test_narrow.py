"""One page, bucket and result for each path, told by the documented example."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.pin import Pin

from . import toy
from .toy import COMPLETIONS, COSTS, KEYS, SEARCHES, Json

STEMS = {COSTS: "Costs", COMPLETIONS: "UsageCompletions", SEARCHES: "UsageWebSearchCalls"}
TAGS = {
    COSTS: "organization.costs.result",
    COMPLETIONS: "organization.usage.completions.result",
    SEARCHES: "organization.usage.web_searches.result",
}


@pytest.mark.parametrize(
    ("style", "path"),
    [("old", COSTS), ("old", COMPLETIONS), ("new", COSTS), ("new", COMPLETIONS), ("new", SEARCHES)],
)
def test_each_path_has_its_own_page(pins: dict[str, Pin], style: str, path: str) -> None:
    """From the answer down to the result, every schema is of this path alone."""
    pin, stem = pins[style], STEMS[path]
    schemas, operation = toy.schemas(pin), toy.operation(pin, path)
    prefix = "#/components/schemas/"

    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]

    assert operation["x-result-object"] == TAGS[path]
    assert answer == {"$ref": f"{prefix}{stem}Page"}
    assert schemas[f"{stem}Page"]["x-role"] == "page"
    assert schemas[f"{stem}Page"]["properties"]["data"]["items"] == {"$ref": f"{prefix}{stem}Bucket"}
    assert schemas[f"{stem}Bucket"]["x-role"] == "bucket"
    assert schemas[f"{stem}Bucket"]["properties"]["results"]["items"] == {
        "oneOf": [{"$ref": f"{prefix}{stem}Result"}],
        "discriminator": {"propertyName": "object", "mapping": {TAGS[path]: f"{prefix}{stem}Result"}},
    }
    assert schemas[f"{stem}Result"]["x-role"] == "result"


def test_the_example_wins_over_the_name_of_the_path(tmp_path: Path) -> None:
    """Two paths whose examples are swapped answer with each other's results."""
    document = toy.toy()
    operations: list[Json] = [document["paths"][path]["get"] for path in (COMPLETIONS, SEARCHES)]
    examples = [operation.pop("x-oaiMeta") for operation in operations]
    operations[0]["x-oaiMeta"], operations[1]["x-oaiMeta"] = examples[1], examples[0]
    corrections = {"target": "$.paths[*].get", "update": {"x-note": "none needed"}}

    pin = toy.pin_of(document, tmp_path, overlays=toy.write_overlay(tmp_path / "overlays", corrections))

    assert toy.operation(pin, COMPLETIONS)["x-result-object"] == TAGS[SEARCHES]
    assert toy.operation(pin, SEARCHES)["x-result-object"] == TAGS[COMPLETIONS]


def test_without_an_example_the_name_of_the_path_tells(tmp_path: Path) -> None:
    """A path named like its tag needs no example."""
    document = toy.toy()
    for path in (COSTS, COMPLETIONS):
        del document["paths"][path]["get"]["x-oaiMeta"]

    pin = toy.pin_of(document, tmp_path)

    assert toy.operation(pin, COSTS)["x-result-object"] == TAGS[COSTS]
    assert toy.operation(pin, COMPLETIONS)["x-result-object"] == TAGS[COMPLETIONS]


def test_the_misspelling_of_old_examples_is_understood(tmp_path: Path) -> None:
    """An example says `orgainzation`, as all did until 2025; the schemas never did."""
    document = toy.toy()
    response = '[{"object": "orgainzation.usage.web_searches.result"}]'
    document["paths"][SEARCHES]["get"]["x-oaiMeta"] = {"examples": {"response": response}}

    pin = toy.pin_of(document, tmp_path)

    assert toy.operation(pin, SEARCHES)["x-result-object"] == TAGS[SEARCHES]


def test_a_path_that_an_overlay_adds_stands_in_its_place(tmp_path: Path) -> None:
    """Paths are in the order of their names, whichever document they came from."""
    document = toy.toy()
    costs: Json = document["paths"].pop(COSTS)
    action = {"target": "$.paths", "update": {COSTS: {"get": costs["get"]}}}

    pin = toy.pin_of(document, tmp_path, overlays=toy.write_overlay(tmp_path / "overlays", action))

    assert list(toy.paths(pin)) == [COSTS, KEYS, COMPLETIONS, SEARCHES]


def test_an_overlay_can_declare_the_result(tmp_path: Path) -> None:
    """Where neither example nor name tells, `x-result-object` does, as the error advises."""
    document = toy.toy()
    del document["paths"][SEARCHES]["get"]["x-oaiMeta"]
    declared = {"x-result-object": TAGS[SEARCHES]}
    action = {"target": f"$.paths['{SEARCHES}'].get", "update": declared}

    pin = toy.pin_of(document, tmp_path, overlays=toy.write_overlay(tmp_path / "overlays", action))

    answer = toy.operation(pin, SEARCHES)["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/UsageWebSearchCallsPage"}


def test_an_endpoint_that_upstream_adds_needs_nothing_of_ours(tmp_path: Path) -> None:
    """A new path with a new result in the union is taken and narrowed like the others."""
    document = toy.toy()
    path, tag = "/organization/usage/dreams", "organization.usage.dreams.result"
    get: Json = {**document["paths"][COMPLETIONS]["get"], "operationId": "usage-dreams"}
    document["paths"][path] = {"get": get | {"x-oaiMeta": {"examples": {"response": f'"object": "{tag}"'}}}}
    schemas = document["components"]["schemas"]
    schemas["UsageDreamsResult"] = {
        "type": "object",
        "required": ["object", "sheep"],
        "properties": {"object": {"type": "string", "enum": [tag]}, "sheep": {"type": "integer"}},
    }
    union: list[Json] = schemas["UsageTimeBucket"]["properties"]["results"]["items"]["oneOf"]
    union.append({"$ref": "#/components/schemas/UsageDreamsResult"})

    pin = toy.pin_of(document, tmp_path)

    assert toy.operation(pin, path)["x-result-object"] == tag
    assert toy.schemas(pin)["UsageDreamsPage"]["properties"]["data"]["items"] == {
        "$ref": "#/components/schemas/UsageDreamsBucket"
    }
    assert "sheep" in toy.schemas(pin)["UsageDreamsResult"]["properties"]
