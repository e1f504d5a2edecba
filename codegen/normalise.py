"""One way of writing for what upstream writes in several, and no upstream prose.

Revisions of the document differ in style: OpenAPI 3.0 and 3.1, `nullable` and unions with null,
one-value enums and constants. Brought to one form here, two revisions differ only where callers
would notice, and an edit of sentences changes nothing at all.
"""

from __future__ import annotations

import copy
import re

from .groups import TAGS, USAGE, group_of, is_list
from .narrow import documented_result
from .subset import operations, schema_of
from .tree import Object, array_at, is_array, is_object, member, object_at, objects_in, text_at, types_of

SECURITY_SCHEME = "AdminApiKeyAuth"

_PROSE = ("description", "summary", "title", "example", "examples", "externalDocs")
_LIMIT_LINE = re.compile(r"bucket_width=(\w+)`?:\s*default:\s*(\d+),\s*max:\s*(\d+)")
_LIMIT_RANGE = re.compile(r"between 1 and (\d+), and the default is (\d+)")


def normalise(document: Object) -> list[str]:
    """Bring `document` into the one form, in place; return what was odd enough to report."""
    for path, operation in operations(document).items():
        _normalise_operation(document, path, operation)
    notes = _normalise_schemas(object_at(document, "components"))
    document["tags"] = [tag for tag in objects_in(document, "tags") if tag.get("name") in TAGS]
    for part in ("servers", "tags", "paths", "components"):
        _drop_prose(document[part])
    info = object_at(document, "info")
    document["info"] = {
        "title": "OpenAI organization usage and costs",
        "version": text_at(info, "version"),
        "license": object_at(info, "license"),
    }
    return notes


def _normalise_operation(document: Object, path: str, operation: Object) -> None:
    tag, name = group_of(path) or (USAGE, "")
    ours: Object = {
        "x-result-object": documented_result(path, operation) if tag == USAGE else None,
        "x-documented-limits": _documented_limits(operation),
    }
    for key in [k for k in operation if k.startswith("x-")]:
        del operation[key]
    operation.update({key: value for key, value in ours.items() if value})
    operation["security"] = [{SECURITY_SCHEME: []}]
    operation["tags"] = [tag]
    if name and name != path.rsplit("/", 1)[1]:
        operation["x-name"] = name
    operation["parameters"] = _all_parameters(document, path)
    for parameter in objects_in(operation, "parameters"):
        parameter["schema"] = _request_schema(object_at(parameter, "schema"))
        _mark_time(text_at(parameter, "name"), parameter["schema"])


def _normalise_schemas(components: Object) -> list[str]:
    """Bring the schemas of `components` into the one form; what was odd about them."""
    notes: list[str] = []
    schemas = object_at(components, "schemas")
    for name, schema in schemas.items():
        schemas[name] = own = _schema(schema, response=True)
        own.pop("x-role", None)  # Ours to give: narrow.py does.
        notes += _drop_undefined_required(name, own)
    components["securitySchemes"] = {SECURITY_SCHEME: {"type": "http", "scheme": "bearer"}}
    return notes


def _all_parameters(document: Object, path: str) -> list[Object]:
    """The operation's own parameters and those of its path that it does not override, no references."""
    item = object_at(document, "paths", path)
    found: dict[tuple[str, str], Object] = {}
    for parameter in [*objects_in(item, "get", "parameters"), *objects_in(item, "parameters")]:
        own = schema_of(document, parameter, at=f"{path} parameters")
        found.setdefault((text_at(own, "name"), text_at(own, "in")), copy.deepcopy(own))
    item.pop("parameters", None)
    return list(found.values())


def _request_schema(node: object) -> Object:
    """A parameter's schema: its values are closed, and null is never sent."""
    schema = _schema(node, response=False)
    kinds = [kind for kind in types_of(schema) if kind != "null"]
    if len(kinds) == 1:
        schema["type"] = kinds[0]
    if "x-known-values" in schema:
        schema["enum"] = schema.pop("x-known-values")
    if is_object(schema.get("items")):
        schema["items"] = _request_schema(schema["items"])
    return schema


def _schema(node: object, *, response: bool) -> Object:
    """`node` with nullability, constants, open enums and numbers in the one form."""
    schema = dict(node) if is_object(node) else {}
    for key in [k for k in schema if k in _PROSE or k.startswith("x-stainless") or k == "x-oaiMeta"]:
        del schema[key]
    schema = _merged_alternatives(schema)
    if schema.pop("nullable", False):
        schema["type"] = _with_null(schema.get("type"))
    if response:
        _open_response_values(schema)
    if "properties" in schema:
        properties = {
            name: _schema(child, response=response) for name, child in object_at(schema, "properties").items()
        }
        for name, child in properties.items():
            _mark_time(name, child)
        schema["properties"] = properties
    if is_object(schema.get("items")):
        schema["items"] = _schema(schema["items"], response=response)
    return schema


def _merged_alternatives(schema: Object) -> Object:
    """A union of a type, its known values and null, as one schema; other unions stay as they are."""
    union = "oneOf" if "oneOf" in schema else "anyOf"
    branches = [_schema(b, response=True) for b in objects_in(schema, union)]
    types = {t for b in branches for t in types_of(b)}
    if not branches or any("$ref" in b for b in branches) or len(types - {"null"}) != 1:
        return schema
    kind = next(iter(types - {"null"}))
    if kind in ("object", "array") and len([b for b in branches if kind in types_of(b)]) > 1:
        return schema
    merged = {key: value for key, value in schema.items() if key != union}
    known: list[object] = []
    for branch in branches:
        for key, value in branch.items():
            if key in ("enum", "const", "x-known-values"):
                known += [v for v in (value if is_array(value) else [value]) if v not in known]
            elif key != "type":
                merged.setdefault(key, value)
    if known:
        merged["x-known-values"] = known
    merged["type"] = _with_null(kind) if "null" in types else kind
    return merged


def _open_response_values(schema: Object) -> None:
    """In an answer a one-value enum is a constant, and a longer one may grow: known values only."""
    values = schema.get("enum")
    if is_array(values) and "string" in types_of(schema):
        del schema["enum"]
        known = [value for value in values if value is not None]
        if len(known) == 1 and schema.get("type") == "string":
            schema["const"] = known[0]
        else:
            schema["x-known-values"] = known
    if "number" in types_of(schema):
        schema.setdefault("format", "decimal")


def _with_null(kind: object) -> list[object]:
    kinds = list(kind) if is_array(kind) else [kind]
    return kinds if "null" in kinds else [*kinds, "null"]


def _mark_time(name: str, schema: object) -> None:
    """Give a moment its one format: older documents have none, newer ones spell it another way."""
    if not is_object(schema) or "integer" not in types_of(schema):
        return
    if name.endswith(("_time", "_at")) or schema.get("format") == "unixtime":
        schema["format"] = "unix-time"


def _drop_undefined_required(name: str, schema: Object) -> list[str]:
    defined = object_at(schema, "properties")
    missing = [r for r in array_at(schema, "required") if r not in defined]
    if missing:
        schema["required"] = [r for r in array_at(schema, "required") if r in defined]
        schema["x-undefined-required"] = missing
    return [f"schema {name} requires {r!r} without defining it: no longer required" for r in missing]


def _drop_prose(node: object) -> None:
    """Remove descriptions and examples everywhere, except properties of such a name."""
    if is_object(node):
        for key in [k for k in node if k in _PROSE or k == "x-oaiMeta"]:
            del node[key]
        for key, value in node.items():
            for child in value.values() if key == "properties" and is_object(value) else [value]:
                _drop_prose(child)
    elif is_array(node):
        for child in node:
            _drop_prose(child)


def _documented_limits(operation: Object) -> Object:
    """The page sizes that the prose of `limit` names, for comparison with our table only."""
    prose = " ".join(text_at(_limit_of(operation), "description").split())
    table: Object = {w: {"default": int(d), "maximum": int(m)} for w, d, m in _LIMIT_LINE.findall(prose)}
    for maximum, default in _LIMIT_RANGE.findall(prose):
        table["1d"] = {"default": int(default), "maximum": int(maximum)}
    return table


def _limit_of(operation: Object) -> Object:
    return next((p for p in objects_in(operation, "parameters") if p.get("name") == "limit"), Object())


def contradicted_limits(document: Object) -> list[str]:
    """Where upstream's prose names other page sizes than our table; removes the evidence."""
    notes: list[str] = []
    for path, operation in operations(document).items():
        documented = operation.pop("x-documented-limits", None)
        schema = object_at(_limit_of(operation), "schema")
        ours = member(schema, "x-limits")
        if is_list(operation):  # Whose pages have no width; the prose is read as if of days.
            ours = {"1d": {"default": schema.get("default"), "maximum": schema.get("maximum")}}
        if documented is not None and documented != ours:
            notes.append(f"{path}: upstream's prose gives the page sizes {documented}, our overlay {ours}")
    return notes
