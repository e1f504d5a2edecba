"""The pinned document with one fact changed: each fact that it states, in each way that it can change.

A mutant knows which endpoint, which parameter or field, and which fact the complaint must name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from .facts import LISTS
from .levels.spec import Json, read_endpoint

Edit = Callable[[Json], None]
TYPES = ("string", "integer", "number", "boolean", "array", "object")
NOVEL = "novel"


@dataclass(frozen=True)
class Mutant:
    """One change, not made yet."""

    kind: str
    endpoint: str
    subject: str
    fact: str
    edit: Edit
    """Changes a document in place."""

    @property
    def place(self) -> tuple[str, str, str]:
        """What the complaint must name: endpoint, parameter or field, and fact."""
        return (self.endpoint, self.subject, self.fact)

    def __str__(self) -> str:
        return f"{self.kind}: {self.endpoint} {self.subject or 'endpoint'}, {self.fact!r}"


def isolated(document: Json, path: str) -> Json:
    """`document` with a copy of the operation at `path` and of its schemas; the rest is shared."""
    schemas = document["components"]["schemas"]
    stem = _page_name(document, path).removesuffix("Page")
    parts = ("Page", "") if path in LISTS else ("Page", "Bucket", "Result")
    own = {name: _copied(schemas[name]) for name in [f"{stem}{part}" for part in parts]}
    if path in LISTS:
        own |= {name: _copied(node) for name, node in schemas.items() if name.startswith(stem)}
    return {
        **document,
        "paths": {**document["paths"], path: _copied(document["paths"][path])},
        "components": {**document["components"], "schemas": {**schemas, **own}},
    }


def mutants(document: Json) -> Iterator[Mutant]:
    """Every mutant of `document`."""
    for path in document["paths"]:
        yield from _of_endpoint(document, path)
        for parameter in document["paths"][path]["get"]["parameters"]:
            yield from _of_parameter(path, parameter)
        in_list = (("result", ""), ("page", "Page"))
        in_usage = (("result", "Result"), ("page", "Page"), ("bucket", "Bucket"))
        schemas: Json = document["components"]["schemas"]
        for section, schema in in_list if path in LISTS else in_usage:
            name = _page_name(document, path).removesuffix("Page") + schema
            where = ("components", "schemas", name)
            yield from _of_fields(path, section, where, schemas[name], schemas=schemas)


def _of_endpoint(document: Json, path: str) -> Iterator[Mutant]:
    endpoint = partial(Mutant, endpoint=path, subject="")
    other = next(p for p in document["paths"] if p != path and (p in LISTS) == (path in LISTS))
    yield endpoint(kind="endpoint dropped", fact="exists", edit=lambda d: d["paths"].pop(path))
    yield endpoint(kind="endpoint renamed", fact="exists", edit=_renamed(("paths",), path))
    yield endpoint(kind="method changed", fact="method", edit=_renamed(("paths", path), "get", "post"))
    if path != "/organization/usage/decisions":  # Its operationId is ours: no source has one.
        edit = _set(("paths", path, "get", "operationId"), NOVEL)
        yield endpoint(kind="operation id changed", fact="operation id", edit=edit)
    tag = "x-item-object" if path in LISTS else "x-result-object"
    edit = _set(("paths", path, "get", tag), "organization.novel.result")
    yield endpoint(kind="result tag changed", fact="result object", edit=edit)
    yield from () if path in LISTS else _of_mapping(document, path, endpoint)
    answer = ("paths", path, "get", "responses", "200", "content", "application/json", "schema", "$ref")
    edit = _set(answer, f"#/components/schemas/{_page_name(document, other)}")
    yield endpoint(kind="answer exchanged", fact="result object", edit=edit)
    added: Json = {"name": NOVEL, "in": "query", "schema": {"type": "string"}, "description": "Novel."}
    yield Mutant(
        "parameter added", path, f"parameter {NOVEL}", "exists", lambda d: _parameters(d, path).append(added)
    )


def _of_mapping(document: Json, path: str, endpoint: Callable[..., Mutant]) -> Iterator[Mutant]:
    own = read_endpoint(document, path)
    bucket = _page_name(document, path).removesuffix("Page") + "Bucket"
    items = ("components", "schemas", bucket, "properties", "results", "items")
    mapping = (*items, "discriminator", "mapping")
    edit = _renamed(mapping, str(own.result_object), "organization.novel.result")
    yield endpoint(kind="result mapping changed", fact="result object", edit=edit)


def _of_parameter(path: str, parameter: Json) -> Iterator[Mutant]:
    name, schema = str(parameter["name"]), parameter["schema"]
    change = partial(Mutant, endpoint=path, subject=f"parameter {name}")

    def edit(do: Edit) -> Edit:
        return lambda d: do(next(p for p in _parameters(d, path) if p["name"] == name))

    def dropped(document: Json) -> None:
        _parameters(document, path)[:] = [p for p in _parameters(document, path) if p["name"] != name]

    yield change(kind="parameter dropped", fact="exists", edit=dropped)
    yield change(kind="parameter renamed", fact="exists", edit=edit(_set(("name",), name + NOVEL)))
    for place in {"header", "path", "cookie", "query"} - {parameter["in"]}:
        yield change(kind="location changed", fact="in", edit=edit(_set(("in",), place)))
    required = parameter.get("required", False)
    kind = "parameter made optional" if required else "parameter made required"
    yield change(kind=kind, fact="required", edit=edit(_set(("required",), not required)))
    for other in TYPES:
        if other != schema["type"]:
            retyped = edit(_set(("schema", "type"), other))
            yield change(kind="parameter retyped", fact="type", edit=retyped)
        if "items" in schema and other != schema["items"]["type"]:
            retyped = edit(_set(("schema", "items", "type"), other))
            yield change(kind="items retyped", fact="item type", edit=retyped)
    nullable = edit(_set(("schema", "type"), [schema["type"], "null"]))
    yield change(kind="parameter made nullable", fact="nullable", edit=nullable)
    where = ("schema", "items") if "items" in schema else ("schema",)
    for fact, kind, do in _of_values(schema.get("items", schema).get("enum", []), (*where, "enum")):
        yield change(kind=kind, fact=fact, edit=edit(do))
    for kind, do in _of_default(schema):
        yield change(kind=kind, fact="default", edit=edit(do))
    for fact, kind, do in _of_limits(name, schema) if path not in LISTS else _of_bounds(name, schema):
        yield change(kind=kind, fact=fact, edit=edit(do))


def _of_values(values: list[str], where: tuple[str, ...]) -> Iterator[tuple[str, str, Edit]]:
    yield f"value {NOVEL}", "value added", _set(where, [*values, NOVEL])
    for value in values:
        rest = [other for other in values if other != value]
        yield f"value {value}", "value removed", _set(where, rest)
        yield f"value {value}", "value renamed", _set(where, [*rest, value + NOVEL])


def _of_default(schema: Json) -> Iterator[tuple[str, Edit]]:
    where = ("schema", "default")
    if "default" not in schema:
        yield "default added", _set(where, {"integer": 1, "boolean": True}.get(schema["type"], NOVEL))
        return
    yield "default removed", lambda parameter: parameter["schema"].pop("default")
    default = schema["default"]
    others = [value for value in schema.get("enum", [default, NOVEL]) if value != default] or [NOVEL]
    for other in [default + 1, default - 1] if isinstance(default, int) else others:
        yield "default changed", _set(where, other)


def _of_limits(name: str, schema: Json) -> Iterator[tuple[str, str, Edit]]:
    limits: Json = schema.get("x-limits", {})
    for width, limit in limits.items():
        where = ("schema", "x-limits", width)
        for key, fact in (("default", "limit default"), ("maximum", "limit maximum")):
            for step in (-1, 1):
                yield f"{fact} {width}", f"{fact} changed", _set((*where, key), limit[key] + step)
        yield f"limit maximum {width}", "limit dropped", _popped(("schema", "x-limits"), width)
        yield f"limit default {width}", "limit renamed", _renamed(("schema", "x-limits"), width)
    if name == "limit":
        for width in {"1m", "1h", "1d", "1w"} - limits.keys():
            added = _set(("schema", "x-limits", width), {"default": 1, "maximum": 2})
            yield f"limit maximum {width}", "limit added", added


def _of_bounds(name: str, schema: Json) -> Iterator[tuple[str, str, Edit]]:
    for bound in ("minimum", "maximum"):
        if bound in schema:
            yield bound, f"{bound} changed", _set(("schema", bound), schema[bound] + 1)
            yield bound, f"{bound} removed", _popped(("schema",), bound)


def _of_fields(
    path: str, section: str, where: tuple[str, ...], schema: Json, prefix: str = "", *, schemas: Json
) -> Iterator[Mutant]:
    novel = Mutant(
        "field added",
        path,
        f"{section} {prefix}{NOVEL}",
        "exists",
        _set((*where, "properties", NOVEL), {"type": "string", "description": "Novel."}),
    )
    yield novel
    for name, child in schema["properties"].items():
        change = partial(Mutant, endpoint=path, subject=f"{section} {prefix}{name}")
        at = (*where, "properties", name)
        yield change(kind="field dropped", fact="exists", edit=_popped((*where, "properties"), name))
        yield change(kind="field renamed", fact="exists", edit=_renamed((*where, "properties"), name))
        required: list[str] = schema.get("required", [])
        toggled = [r for r in required if r != name] if name in required else [*required, name]
        kind = "field made optional" if name in required else "field made required"
        yield change(kind=kind, fact="required", edit=_set((*where, "required"), toggled))
        if "type" in child:
            for kind, fact, types in _retyped(child["type"]):
                yield change(kind=kind, fact=fact, edit=_set((*at, "type"), types))
        else:
            yield from _of_reference(change, at, child, schemas)
        if "const" in child:
            fact = f"value {child['const']}"
            yield change(kind="const changed", fact=fact, edit=_set((*at, "const"), NOVEL))
            yield change(kind="const removed", fact=fact, edit=_popped(at, "const"))
        elif "type" in child:
            for fact, kind, do in _of_values(child.get("x-known-values", []), (*at, "x-known-values")):
                yield change(kind=kind, fact=fact, edit=do)
        if "properties" in child:
            yield from _of_fields(path, section, at, child, f"{prefix}{name}.", schemas=schemas)
        below = _referred(child) if section == "result" and path in LISTS else None
        if below is not None:
            there = ("components", "schemas", below)
            yield from _of_fields(path, section, there, schemas[below], f"{prefix}{name}.", schemas=schemas)


def _of_reference(
    change: Callable[..., Mutant], at: tuple[str, ...], child: Json, schemas: Json
) -> Iterator[Mutant]:
    """Of a field that is an object with a schema of its own."""
    for other in ("string", "integer", "array"):
        yield change(kind="object retyped", fact="type", edit=_set(at, {"type": other}))
    reference = {"$ref": f"#/components/schemas/{_referred(child)}"}
    null = {"oneOf": [reference, {"type": "null"}]}
    toggled = reference if {"type": "null"} in child.get("oneOf", []) else null
    kind = "field made not nullable" if toggled is reference else "field made nullable"
    yield change(kind=kind, fact="nullable", edit=_set(at, toggled))


def _referred(child: Json) -> str | None:
    """The name of the schema that a field, or each item of it, is of."""
    inner: Json = child.get("items", child)
    reference = str(inner.get("oneOf", [inner])[0].get("$ref", ""))
    return reference.rsplit("/", 1)[1] if reference else None


def _retyped(kind: str | list[str]) -> Iterator[tuple[str, str, list[str]]]:
    kinds = [kind] if isinstance(kind, str) else kind
    plain, null = [k for k in kinds if k != "null"], [k for k in kinds if k == "null"]
    for other in TYPES:
        if [other] != plain:
            yield "field retyped", "type", [other, *null]
    if null:
        yield "field made not nullable", "nullable", plain
    else:
        yield "field made nullable", "nullable", [*plain, "null"]


def _copied(node: Json) -> Json:
    """A deep copy; five times as fast as copy.deepcopy."""
    found: Json = json.loads(json.dumps(node))
    return found


def _page_name(document: Json, path: str) -> str:
    ((_, operation),) = document["paths"][path].items()
    content: Json = operation["responses"]["200"]["content"]["application/json"]
    return str(content["schema"]["$ref"]).rsplit("/", 1)[1]


def _parameters(document: Json, path: str) -> list[Json]:
    found: list[Json] = document["paths"][path]["get"]["parameters"]
    return found


def _at(node: Json, where: tuple[str, ...]) -> Json:
    for key in where:
        node = node.setdefault(key, {})
    return node


def _set(where: tuple[str, ...], value: Any) -> Edit:
    return lambda node: _at(node, where[:-1]).__setitem__(where[-1], value)


def _popped(where: tuple[str, ...], key: str) -> Edit:
    return lambda node: _at(node, where).pop(key)


def _renamed(where: tuple[str, ...], key: str, new: str | None = None) -> Edit:
    def edit(node: Json) -> None:
        parent = _at(node, where)
        parent[new or key + NOVEL] = parent.pop(key)

    return edit
