"""From Python annotations back to the types of JSON."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from openai_org_usage import Operation
from openai_org_usage._generated import Time

from ..facts import Member

_NAMES: dict[Any, str] = {
    int: "integer",
    str: "string",
    bool: "boolean",
    float: "binary float",
    Decimal: "number",
    Time: "integer",
}


@functools.cache
def _exported() -> dict[str, Any]:
    package = importlib.import_module(Operation.__module__.rpartition(".")[0])
    return {name: getattr(package, name) for name in dir(package)}


def resolved(described: Callable[..., Any], module: ModuleType) -> dict[str, Any]:
    """The annotations of `described`, whose names are imported for type checkers only."""
    hints = get_type_hints(described, _exported() | vars(module))
    hints.pop("return", None)
    return hints


def expressed(hint: Any) -> Member:
    """Type, item type, allowed values and nullability that `hint` expresses."""
    if hint in _NAMES:
        return Member(type=_NAMES[hint], values=(), nullable=False)
    options = list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]
    nullable = NoneType in options
    kinds = [option for option in options if option is not NoneType]
    if set(kinds) == set(get_args(Time)):
        return Member(type="integer", values=(), nullable=nullable)
    if len(kinds) != 1:
        return Member(type=str(hint), values=(), nullable=nullable)
    (kind,) = kinds
    if get_origin(kind) is Literal:
        values = get_args(kind)
        return Member(type=_NAMES[type(values[0])], values=tuple(map(str, values)), nullable=nullable)
    if get_origin(kind) in (list, Sequence):
        item = expressed(get_args(kind)[0])
        return Member(type="array", item_type=item.type, values=item.values, nullable=nullable)
    named = "object" if attrs.has(kind) else str(kind)
    return Member(type=_NAMES.get(kind, named), values=(), nullable=nullable)
