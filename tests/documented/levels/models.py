"""The models: attrs fields of results, buckets and pages, and the columns of flat rows.

What may be absent and what may be null are both None here, so nullability shows only where a member is
required. Values that a field is known to have are in its docstring, not in its type.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs

from openai_org_usage import OPERATIONS, Operation
from openai_org_usage._generated import DIRECTORY, ApiOperation

from ..facts import EVERYTHING, Description, Endpoint, Member, Members
from .hints import expressed


def models_of(operation: ApiOperation) -> Iterator[tuple[str, type[Any]]]:
    """The classes of a result or item, a page and a bucket of `operation`, each with its section."""
    page = operation.page_type
    bucket = _item_of(page, "data")
    if not isinstance(operation, Operation):
        yield "result", bucket
        yield "page", page
        return
    yield "result", _item_of(bucket, "results")
    yield "page", page
    yield "bucket", bucket


def parts_of(model: type[Any], section: str) -> Iterator[tuple[str, type[Any]]]:
    """The fields of `model`, of this `section`, that are objects, with their classes; in a result, those
    that are lists of objects, too.
    """
    for name, hint in _hints(model).items():
        if expressed(hint).type == "object":
            yield from ((name, option) for option in (hint, *get_args(hint)) if attrs.has(option))
        elif expressed(hint).type == "array" and section == "result":
            yield name, _item_of(model, name)


def read_models() -> Description:
    """What the fields of the models say."""
    return Description.of(
        "models",
        [
            Endpoint(
                operation.path,
                sections={section: _fields(section, model) for section, model in models_of(operation)},
            )
            for operation in (*OPERATIONS.values(), *DIRECTORY.values())
        ],
        groups=EVERYTHING,
    )


def read_rows() -> Description:
    """What the columns of the flat rows say: the parts of an object stand for the object."""
    return Description.of(
        "rows",
        [
            Endpoint(operation.path, sections={"result": _columns(operation)})
            for operation in OPERATIONS.values()
        ],
    )


def _fields(section: str, model: type[Any], prefix: str = "") -> Members:
    hints = _hints(model)
    found: dict[str, Member] = {}
    for field in attrs.fields(model):
        if field.metadata.get("wire", True):
            kind = expressed(hints[field.name])
            required = field.default is attrs.NOTHING
            found[prefix + field.name] = Member(
                required=required,
                type=kind.type,
                nullable=None if kind.nullable and not required else kind.nullable,
                values=kind.values if kind.values or field.name == "object" else None,
            )
    for name, part in parts_of(model, section):
        found |= _fields(section, part, f"{prefix}{name}.")
    return found


def _columns(operation: Operation) -> Members:
    row = operation.row_type
    result = dict(models_of(operation))["result"]
    parts = parts_of(result, "result")
    owners = {f"{owner}_{a.name}": (owner, a.name) for owner, part in parts for a in _wire(part)}
    found: dict[str, Member] = {}
    of_bucket = {field.name for field in operation.bucket_fields}
    for column in filter(lambda name: name not in of_bucket, row.columns()):
        getter = inspect.getattr_static(row, column).fget
        kind = expressed(get_type_hints(getter)["return"])
        owner, name = owners.get(column, ("", column))
        found[f"{owner}.{name}" if owner else name] = Member(type=kind.type)
        if owner:
            found[owner] = Member()
    return found


def _wire(model: type[Any]) -> list[attrs.Attribute[Any]]:
    return [a for a in attrs.fields(model) if a.metadata.get("wire", True)]


def _hints(model: type[Any]) -> dict[str, Any]:
    return get_type_hints(model)


def _item_of(model: type[Any], field: str) -> type[Any]:
    hint = _hints(model)[field]
    (listed,) = [one for one in (hint, *get_args(hint)) if get_origin(one) is list]
    found: type[Any] = get_args(listed)[0]
    return found


LEVELS: Final[Mapping[str, Callable[[], Description]]] = {"models": read_models, "rows": read_rows}
