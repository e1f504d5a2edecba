"""Typed access to a parsed document: what the tools assume about its shape is checked here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from .errors import CodegenError

Object = dict[str, object]
"""A JSON object. A JSON value of unknown shape is `object`."""


def is_object(node: object) -> TypeGuard[Object]:
    """Whether `node` is a JSON object."""
    return isinstance(node, dict)


def is_array(node: object) -> TypeGuard[list[object]]:
    """Whether `node` is a JSON array."""
    return isinstance(node, list)


def as_object(node: object) -> Object:
    """`node`, which must be an object."""
    if not is_object(node):
        raise CodegenError(f"expected an object, found {type(node).__name__}")
    return node


def member(node: object, *keys: str) -> object:
    """The value below `node` at `keys`, None where any of them is missing."""
    for key in keys:
        node = node.get(key) if is_object(node) else None
    return node


def object_at(node: object, *keys: str) -> Object:
    """The object below `node` at `keys`, empty where it is missing; anything else is an error."""
    found = member(node, *keys)
    if found is None:
        return {}
    if not is_object(found):
        raise CodegenError(f"expected an object at {'/'.join(keys)}, found {type(found).__name__}")
    return found


def array_at(node: object, *keys: str) -> list[object]:
    """The array below `node` at `keys`, empty where it is missing; anything else is an error."""
    found = member(node, *keys)
    if found is None:
        return []
    if not is_array(found):
        raise CodegenError(f"expected an array at {'/'.join(keys)}, found {type(found).__name__}")
    return found


def objects_in(node: object, *keys: str) -> list[Object]:
    """The objects in the array below `node` at `keys`."""
    return [item for item in array_at(node, *keys) if is_object(item)]


def text_at(node: object, *keys: str) -> str:
    """The string below `node` at `keys`, empty where it is missing or no string."""
    found = member(node, *keys)
    return found if isinstance(found, str) else ""


def walk(node: object, pointer: str = "#") -> Iterator[tuple[str, Object]]:
    """Every object at or below `node` with its JSON pointer (RFC 6901), outermost first."""
    if is_object(node):
        yield pointer, node
        for key, value in node.items():
            yield from walk(value, f"{pointer}/{escape(key)}")
    elif is_array(node):
        for index, value in enumerate(node):
            yield from walk(value, f"{pointer}/{index}")


def size_of(node: object) -> tuple[int, int]:
    """How many values and keys there are at and below `node`, and how many levels."""
    count, depth, pending = 0, 0, [(node, 1)]
    while pending:
        found, level = pending.pop()
        count += 1
        depth = max(depth, level)
        if is_object(found):
            count += len(found)
            pending += [(value, level + 1) for value in found.values()]
        elif is_array(found):
            pending += [(value, level + 1) for value in found]
    return count, depth


def duplicate(node: object) -> object:
    """A copy of `node` that shares no object and no array with it."""
    if is_object(node):
        return {key: duplicate(value) for key, value in node.items()}
    return [duplicate(value) for value in node] if is_array(node) else node


def escape(key: str) -> str:
    """`key` as one part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def resolve(document: Object, reference: str, *, at: str) -> object:
    """What the local `reference` points to; `at` is the pointer of the place it stands in."""
    if not reference.startswith("#/"):
        raise CodegenError(f"$ref {reference!r} at {at} leaves the document: only local ones can be followed")
    node: object = document
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not is_object(node) or key not in node:
            raise CodegenError(f"unresolvable $ref {reference!r} at {at}")
        node = node[key]
    return node


def types_of(schema: Object) -> list[str]:
    """The types that `schema` allows; none where it does not say."""
    kind = schema.get("type")
    return [str(one) for one in kind] if is_array(kind) else [str(kind)] if kind else []
