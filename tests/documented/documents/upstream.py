"""The upstream OpenAPI document, read as published: a referee that shares no code with `codegen/`."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ..facts import DIRECTORY, LISTS, UNSTATED, Description, Endpoint, Member, Members
from ..sources import Source
from .prose import limits_in, maximum_in, minimum_in

Json = dict[str, Any]
_TAG = re.compile(r'"object": "(organization\.[^"]+)"')


def read(path: Path, *, name: str, date: str) -> Source:
    """The facts about usage and costs in the gzip'd document at `path`."""
    with gzip.open(path) as file:
        document: Json = yaml.load(file, Loader=yaml.CSafeLoader)
    endpoints = [
        _endpoint(document, route, method, operation)
        for route, item in document["paths"].items()
        if route == "/organization/costs" or route.startswith("/organization/usage/")
        for method, operation in item.items()
    ]
    return Source(f"openapi.documented.yml of {date}", date, Description.of(name, endpoints, complete=True))


def read_lists(path: Path, *, name: str, date: str) -> Source:
    """The facts about the lists in the gzip'd document at `path`; other methods are not theirs."""
    with gzip.open(path) as file:
        document: Json = yaml.load(file, Loader=yaml.CSafeLoader)
    endpoints = [_list(document, route, document["paths"][route]["get"]) for route in LISTS]
    facts = Description.of(name, endpoints, complete=True, groups=[DIRECTORY])
    return Source(f"openapi.documented.yml of {date}", date, facts)


def _list(document: Json, route: str, operation: Json) -> Endpoint:
    content = operation["responses"]["200"]["content"]["application/json"]["schema"]
    page = _resolved(document, content)
    item = _resolved(document, page["properties"]["data"]["items"])
    parameters = {p["name"]: _parameter(p) for p in operation["parameters"]}
    for parameter in operation["parameters"]:
        most = maximum_in(_said_of(parameter))
        member = replace(parameters[parameter["name"]], limits={})
        parameters[parameter["name"]] = member if most is None else replace(member, maximum=most)
    return Endpoint(
        path=route,
        method="GET",
        operation_id=operation["operationId"],
        result_object=item["properties"]["object"]["enum"][0],
        sections={"parameter": parameters, "result": _fields(item, document=document), "page": _fields(page)},
    )


def _said_of(parameter: Json) -> str:
    return str(parameter.get("description") or parameter["schema"].get("description", ""))


def _endpoint(document: Json, route: str, method: str, operation: Json) -> Endpoint:
    content = operation["responses"]["200"]["content"]["application/json"]["schema"]
    page = _resolved(document, content)
    bucket = _resolved(document, page["properties"]["data"]["items"])
    (tag,) = set(_TAG.findall(operation["x-oaiMeta"]["examples"]["response"]))
    candidates = [_resolved(document, one) for one in bucket["properties"]["results"]["items"]["oneOf"]]
    (result,) = [one for one in candidates if one["properties"]["object"]["enum"] == [tag]]
    return Endpoint(
        path=route,
        method=method.upper(),
        operation_id=operation["operationId"],
        result_object=tag,
        sections={
            "parameter": {p["name"]: _parameter(p) for p in operation["parameters"]},
            "result": _fields(result),
            "page": _fields(page),
            "bucket": _fields(bucket),
        },
    )


def _parameter(parameter: Json) -> Member:
    schema: Json = parameter["schema"]
    said = minimum_in(_said_of(parameter))
    return Member(
        location=parameter["in"],
        required=parameter.get("required", False),
        type=schema["type"],
        item_type=schema.get("items", {}).get("type"),
        nullable=False,
        values=tuple(schema.get("enum") or schema.get("items", {}).get("enum", ())),
        default=schema.get("default"),
        minimum=UNSTATED if said is None else said,
        limits=limits_in(_said_of(parameter)),
    )


def _fields(schema: Json, prefix: str = "", *, document: Json | None = None) -> Members:
    """With `document`, those of objects that are referred to and of lists of objects, too."""
    fields: dict[str, Member] = {}
    for name, said in schema["properties"].items():
        child = said if document is None else _resolved(document, said)
        choices: list[Json] = child.get("anyOf", [child])
        (kind,) = {choice["type"] for choice in choices} - {"null"}
        fields[prefix + name] = Member(
            required=name in schema.get("required", []),
            type=kind,
            nullable=any(choice["type"] == "null" for choice in choices),
            values=tuple(value for choice in choices for value in choice.get("enum", [])),
        )
        parts = choices if document else [child]
        for part in [*parts, *(part.get("items", {}) for part in parts if document)]:
            if "properties" in part:
                fields |= _fields(part, f"{prefix}{name}.", document=document)
    return fields


def _resolved(document: Json, schema: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return _resolved(document, found)
