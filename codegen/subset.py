"""Cutting the pinned paths, with all they reference, out of the whole document."""

from __future__ import annotations

import copy

from .errors import CodegenError
from .groups import DIRECTORY, USAGE, group_of
from .tree import Object, array_at, is_object, member, object_at, objects_in, resolve, text_at, walk


def take_subset(document: Object) -> Object:
    """The paths of `document` that are pinned and the transitive closure of their references.

    Raises:
        CodegenError: there are none of usage and costs, or a reference cannot be resolved.
    """
    paths: Object = {}
    groups: set[str] = set()
    for path, item in sorted(object_at(document, "paths").items()):
        tag, _ = group_of(path) or ("", "")
        if tag and (tag == USAGE or member(item, "get") is not None):
            groups.add(tag)
            paths[path] = copy.deepcopy(_less_writing(item) if tag == DIRECTORY else item)
    if USAGE not in groups:
        raise CodegenError(
            "no usage paths: the document has none of those in overlays/spec/paths.yaml; is it OpenAI's API?"
        )
    used_tags = {tag for path in paths.values() for tag in array_at(path, "get", "tags")}
    subset: Object = {
        "openapi": "3.1.0",
        "info": copy.deepcopy(object_at(document, "info")),
        "servers": copy.deepcopy(array_at(document, "servers")),
        "tags": [copy.deepcopy(t) for t in objects_in(document, "tags") if t.get("name") in used_tags],
        "paths": paths,
        "components": {},
    }
    _add_referenced(subset, document)
    return subset


def _less_writing(item: object) -> object:
    """The path `item` without the methods beside GET: lists are also what new projects and keys go to."""
    return {k: v for k, v in item.items() if k not in _METHODS - {"get"}} if is_object(item) else item


def _add_referenced(subset: Object, document: Object) -> None:
    """Copy into `subset` every component that it references, until nothing is missing."""
    components: dict[str, Object] = {}
    pending = list(_references(subset["paths"], "#/paths"))
    while pending:
        at, reference = pending.pop()
        target = resolve(document, reference, at=at)
        parts = reference.split("/")
        if parts[:2] != ["#", "components"] or len(parts) != 4 or not is_object(target):
            raise CodegenError(f"$ref {reference!r} at {at} does not name a component")
        section = components.setdefault(parts[2], {})
        if parts[3] not in section:
            section[parts[3]] = copy.deepcopy(target)
            pending += _references(target, reference)
    subset["components"] = {name: dict(sorted(components[name].items())) for name in sorted(components)}


def _references(node: object, pointer: str) -> list[tuple[str, str]]:
    return [(at, text_at(found, "$ref")) for at, found in walk(node, pointer) if "$ref" in found]


def drop_unreferenced(document: Object) -> None:
    """Remove the components that nothing references any more (security schemes stay)."""
    components = object_at(document, "components")
    kept: set[str] = set()
    pending = _references(document["paths"], "#/paths")
    while pending:
        _, reference = pending.pop()
        if reference not in kept:
            kept.add(reference)
            pending += _references(resolve(document, reference, at="#"), reference)
    for section, members in components.items():
        if section != "securitySchemes" and is_object(members):
            for name in [n for n in members if f"#/components/{section}/{n}" not in kept]:
                del members[name]
    for section in [s for s, members in components.items() if not members]:
        del components[section]


def operations(document: Object) -> dict[str, Object]:
    """The one operation (GET) of each path.

    Raises:
        CodegenError: a path has another method; these endpoints only read.
    """
    found: dict[str, Object] = {}
    for path, item in object_at(document, "paths").items():
        methods = set(item if is_object(item) else {}) & _METHODS
        if methods != {"get"}:
            raise CodegenError(f"{path} has the methods {sorted(methods)}; only GET is expected here")
        found[path] = object_at(item, "get")
    return found


def schema_of(document: Object, node: object, *, at: str) -> Object:
    """`node`, or the schema that it references."""
    reference = member(node, "$ref")
    target = resolve(document, reference, at=at) if isinstance(reference, str) else node
    if not is_object(target):
        raise CodegenError(f"expected a schema at {at}")
    return target


_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
