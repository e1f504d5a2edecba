"""Which kind of JSON a value is, in a form that type checkers follow."""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

JsonObject: TypeAlias = dict[str, object]


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Whether `value` is a JSON array."""
    return isinstance(value, list)


__all__ = ["JsonObject", "is_array", "is_object"]
