"""The pinned document, read with PyYAML and nothing of `codegen/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ..facts import EVERYTHING, LISTS, Description, Endpoint, Limit, Member, Members

Json = dict[str, Any]


def load(path: Path) -> Json:
    """The document at `path`."""
    document: Json = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return document


def read(document: Json) -> Description:
    """What `document` says."""
    endpoints = [read_endpoint(document, path) for path in document["paths"]]
    return Description.of("spec", endpoints, groups=EVERYTHING)


def read_endpoint(document: Json, path: str) -> Endpoint:
    """What `document` says of the operation at `path`."""
    if path in LISTS:
        return _read_list(document, path)
    ((method, operation),) = document["paths"][path].items()
    schemas: Json = document["components"]["schemas"]
    page = _referred(schemas, operation["responses"]["200"]["content"]["application/json"]["schema"])
    bucket = _referred(schemas, page["properties"].get("data", {}).get("items", {}))
    results = bucket.get("properties", {}).get("results", {}).get("items", {})
    mapping: Json = results.get("discriminator", {}).get("mapping", {})
    offered: list[Json] = results.get("oneOf", [])
    result = _referred(schemas, offered[0] if offered else {})
    mapped = [_referred(schemas, {"$ref": reference}) for reference in mapping.values()]
    tags = {operation["x-result-object"], *mapping} if mapped == [result] else {"contradictory"}
    return Endpoint(
        path=path,
        method=method.upper(),
        operation_id=operation["operationId"],
        result_object=" or ".join(sorted(tags)),
        sections={
            "parameter": {p["name"]: _parameter(p) for p in operation["parameters"]},
            "result": _fields(result),
            "page": _fields(page),
            "bucket": _fields(bucket),
        },
    )


def _read_list(document: Json, path: str) -> Endpoint:
    """What `document` says of the list at `path`; its items are its results."""
    ((method, operation),) = document["paths"][path].items()
    schemas: Json = document["components"]["schemas"]
    page = _referred(schemas, operation["responses"]["200"]["content"]["application/json"]["schema"])
    item = _referred(schemas, page["properties"].get("data", {}).get("items", {}))
    tags = {operation["x-item-object"], item.get("properties", {}).get("object", {}).get("const", "nothing")}
    return Endpoint(
        path=path,
        method=method.upper(),
        operation_id=operation["operationId"],
        result_object=" or ".join(sorted(tags)),
        sections={
            "parameter": {p["name"]: _bounded(p) for p in operation["parameters"]},
            "result": _fields(item, schemas=schemas),
            "page": _fields(page),
        },
    )


def _bounded(parameter: Json) -> Member:
    """A parameter of a list; only there are largest values stated that depend on nothing else."""
    return replace(_parameter(parameter), maximum=parameter["schema"].get("maximum"))


def _parameter(parameter: Json) -> Member:
    schema: Json = parameter["schema"]
    kinds, items = list(_kinds(schema)), schema.get("items", {})
    limits: dict[str, Json] = schema.get("x-limits", {})
    return Member(
        location=parameter["in"],
        required=parameter.get("required", False),
        type="|".join(kind for kind in kinds if kind != "null"),
        item_type=items.get("type", "nothing") if "array" in kinds else None,
        nullable="null" in kinds,
        values=tuple(schema.get("enum") or items.get("enum", ())),
        default=schema.get("default"),
        minimum=schema.get("minimum"),
        limits={w: Limit(limit["default"], limit["maximum"]) for w, limit in limits.items()},
    )


def _fields(schema: Json, prefix: str = "", *, schemas: Json | None = None) -> Members:
    """With `schemas`, those of objects that are referred to, too."""
    fields: dict[str, Member] = {}
    properties: dict[str, Json] = schema.get("properties", {})
    for name, said in properties.items():
        child = said if schemas is None else _resolved(schemas, said)
        kinds = list(_kinds(child))
        known: list[str] = child.get("enum") or child.get("x-known-values") or []
        fields[prefix + name] = Member(
            required=name in schema.get("required", []),
            type="|".join(kind for kind in kinds if kind != "null"),
            nullable="null" in kinds,
            values=(child["const"],) if "const" in child else tuple(known),
        )
        fields |= _fields(child, f"{prefix}{name}.", schemas=schemas)
        if schemas is not None and "array" in kinds:
            fields |= _fields(_resolved(schemas, child.get("items", {})), f"{prefix}{name}.", schemas=schemas)
    return fields


def _resolved(schemas: Json, schema: Json) -> Json:
    """`schema`, or the object that it refers to, with null where that may stand instead."""
    choices: list[Json] = schema.get("oneOf", [schema])
    found = _referred(schemas, choices[0])
    if not found:
        return schema
    return {**found, "type": [found["type"], "null"]} if {"type": "null"} in choices else found


def _kinds(schema: Json) -> Iterator[str]:
    kind = schema.get("type", "nothing")
    yield from [kind] if isinstance(kind, str) else kind


def _referred(schemas: Json, schema: Json) -> Json:
    found: Json = schemas.get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
    return found
