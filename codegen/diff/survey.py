"""Reading the facts of a pinned document.

Each fact is read by taking it out of a copy of the document, so that what is left in the end is
what nothing here knows; it becomes the `rest`. Sentences, provenance and the order of members are
no facts.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping

import attrs

from ..errors import CodegenError
from ..groups import is_list, method_name
from ..subset import operations
from ..tree import Object, array_at, as_object, is_array, is_object, object_at, objects_in, text_at
from .facts import SCALARS, EndpointFacts, Facts, FieldFacts, ModelFacts, ParameterFacts

_NO_FACTS = ("openapi", "info", "tags", "x-provenance")
_PROSE = ("description", "summary")
_BUCKET_ROLES = {"page": "Page", "bucket": "Bucket", "result": "Result"}
_ITEM_ROLES = {"page": "Page", "item": ""}
"""The models of an answer by role, and what their names end in."""


def survey(document: Object) -> Facts:
    """The facts of the pinned `document`, which stays as it is."""
    left = {key: copy.deepcopy(value) for key, value in document.items() if key not in _NO_FACTS}
    servers = objects_in(left, "servers")
    server = str(servers[0].pop("url", "")) if servers else ""
    components = object_at(left, "components")
    schemas = object_at(components, "schemas")
    roles = {name: text_at(schema, "x-role") for name, schema in schemas.items()}
    models = {name: _model(name, object_at(schemas, name), roles) for name in schemas}
    responses = {
        name: _response(object_at(components, "responses", name))
        for name in object_at(components, "responses")
    }
    endpoints = {
        path: _endpoint(path, operation, models, responses) for path, operation in operations(left).items()
    }
    for part in (schemas, object_at(components, "responses"), object_at(left, "paths")):
        part.clear()
    shared = {name: model for name, model in models.items() if not roles[name]}
    return Facts(server, endpoints, shared, _rest(left))


def _endpoint(
    path: str, left: Object, models: Mapping[str, ModelFacts], responses: Mapping[str, str]
) -> EndpointFacts:
    name, roles = method_name(path, left), _ITEM_ROLES if is_list(left) else _BUCKET_ROLES
    parameters = [_parameter(p) for p in objects_in(left, "parameters")]
    answers = object_at(left, "responses")
    success = object_at(answers, "200", "content", "application/json")
    stem = _reference(success.pop("schema", None)).removesuffix("Page")
    statuses = {
        status: responses.get(_reference(answer)) or _response(as_object(answer))
        for status, answer in answers.items()
        if status != "200"
    }
    left["responses"] = answers.get("200")
    for key in ("parameters", "x-result-object", "x-item-object", "x-name"):
        left.pop(key, None)
    return EndpointFacts(
        name=name,
        path=path,
        operation_id=str(left.pop("operationId", "")),
        parameters={p.name: p for p in parameters},
        statuses=statuses,
        models={role: _called(models, f"{stem}{suffix}") for role, suffix in roles.items()},
        deprecated=bool(left.pop("deprecated", False)),
        rest=_rest(left),
    )


def _called(models: Mapping[str, ModelFacts], name: str) -> ModelFacts:
    if name not in models:
        raise CodegenError(f"the pin has no schema {name}: `make pin` makes one for each path")
    return models[name]


def _parameter(left: Object) -> ParameterFacts:
    schema = object_at(left, "schema")
    inner = object_at(schema, "items") or schema
    kind = str(schema.pop("type", ""))
    item = str(inner.pop("type", "")) if inner is not schema else ""
    sizes = schema.pop("x-limits", None)
    return ParameterFacts(
        name=str(left.pop("name", "")),
        type=f"{kind} of {item}" if item else kind,
        format=str(inner.pop("format", "")),
        required=bool(left.pop("required", False)),
        values=_texts(inner.pop("enum", None)),
        default=schema.pop("default", None),
        bounds={key: schema.pop(key) for key in ("minimum", "maximum") if key in schema},
        page_sizes={
            width: (object_at(sizes, width).get("default"), object_at(sizes, width).get("maximum"))
            for width in (sizes if is_object(sizes) else {})
        },
        deprecated=bool(left.pop("deprecated", False)),
        rest=_rest(left),
    )


def _model(name: str, left: Object, roles: Mapping[str, str]) -> ModelFacts:
    fields = {field.name: field for field in _fields(name, "", left, roles)}
    left.pop("x-role", None)
    return ModelFacts(name, fields, _texts(left.pop("x-undefined-required", None)), _rest(left))


def _fields(model: str, owner: str, left: Object, roles: Mapping[str, str]) -> list[FieldFacts]:
    """The fields of an object, each followed by those of the object that it is."""
    required = array_at(left, "required")
    found: list[FieldFacts] = []
    for name, schema in object_at(left, "properties").items():
        inline = model + "".join(part.capitalize() for part in name.split("_"))
        inner = _fields(inline, f"{owner}{name}.", as_object(schema), roles)
        field = _field(f"{owner}{name}", as_object(schema), roles, required=name in required)
        found += [attrs.evolve(field, python=inline) if inner else field, *inner]
    for key in ("properties", "required"):
        left.pop(key, None)
    return found


def _field(name: str, left: Object, roles: Mapping[str, str], *, required: bool) -> FieldFacts:
    kinds = _types(left)
    inner = object_at(left, "items")
    model, may_be_null = _taken_reference(inner or left)
    kind = " or ".join(k for k in kinds if k != "null")
    item = " or ".join(_types(inner)) or model
    form, const = str(left.pop("format", "")), str(left.pop("const", ""))
    return FieldFacts(
        name=name,
        type=f"{kind} of {roles.get(item) or item}" if kind == "array" else kind or model,
        format=form,
        required=required,
        nullable="null" in kinds or may_be_null,
        const=const,
        known_values=_texts(left.pop("x-known-values", None)),
        wire_name=str(left.pop("x-upstream-name", "")),
        deprecated=bool(left.pop("deprecated", False)),
        python=_python(kind, item, form, const),
        rest=_rest(left),
    )


def _python(kind: str, item: str, form: str, const: str) -> str:
    """What the templates make of a type (codegen/view.py; a test compares the two)."""
    if const or form == "decimal":
        return f"Literal[{const!r}]" if const else "Decimal"
    if kind == "array":
        return f"list[{SCALARS.get(item, item)}]"
    return {"": item, "object": "dict[str, Any]"}.get(kind) or SCALARS.get(kind, kind)


def _taken_reference(left: Object) -> tuple[str, bool]:
    """The name of the one model that `left` refers to, if it does, and whether null may stand there."""
    choices = objects_in(left, "oneOf")
    models = [choice for choice in choices if choice != {"type": "null"}]
    if len(models) == 1:
        left.pop("oneOf")
        left.pop("discriminator", None)
    name = _reference(models[0] if len(models) == 1 else left)
    left.pop("$ref", None)
    return name, len(models) == 1 and len(choices) > 1


def _response(left: Object) -> str:
    """A response in words: its body and its headers."""
    content = object_at(left, "content", "application/json")
    parts = [_reference(content.pop("schema", None)) or "no body"]
    for name, header in object_at(left, "headers").items():
        schema = as_object(header).pop("schema", None)
        kind = ", ".join(f"{key} {value}" for key, value in (schema if is_object(schema) else {}).items())
        parts.append(f"header {name} ({kind})")
    return ", ".join([*parts, *filter(None, [_rest(left)])])


def _reference(node: object) -> str:
    return text_at(node, "$ref").rsplit("/", 1)[-1]


def _types(left: Object) -> list[str]:
    kind = left.pop("type", None)
    return [str(k) for k in kind] if is_array(kind) else [str(kind)] if kind else []


def _texts(values: object) -> tuple[str, ...]:
    return tuple(str(v) for v in values) if is_array(values) else ()


def _rest(left: object) -> str:
    """What is left, as JSON; empty where that is nothing but prose and empty objects."""
    remaining = _remaining(left)
    return json.dumps(remaining, sort_keys=True) if remaining is not None else ""


def _remaining(left: object) -> object:
    if is_object(left):
        kept = {k: _remaining(v) for k, v in left.items() if k not in _PROSE or is_object(v)}
        return {k: v for k, v in kept.items() if v is not None} or None
    return left if left != [] else None
