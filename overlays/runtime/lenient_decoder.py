"""What a body may have beyond the document, or say in another form: kept, and brought into form.

Works on the plain values that JSON becomes, before they are converted into models.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal

from .decimals import ZERO, read_decimal
from .json_values import JsonObject, is_array, is_object
from .model_fields import Members, members_of
from .types import Model, TimeRange

MISSPELT = {"result": "results"}
"""Older documents called the results of a bucket `result`."""


class Unknown:
    """What a body has beyond the document.

    Attributes:
        fields: names of members, by the model whose objects have them, in the order of the body.
        results: tags of results.
    """

    def __init__(self) -> None:
        self.fields: dict[type[Model], dict[str, None]] = {}
        self.results: set[str] = set()

    def take_from(self, node: object, model: type[Model]) -> None:
        """Bring `node` into the form that `model` is converted from, in place, and note the unknown."""
        if not is_object(node):
            return
        members = members_of(model)
        for wrong, right in MISSPELT.items():
            if right in members.annotations and right not in node and wrong in node:
                node[right] = node.pop(wrong)
        self._set_fields_apart(node, model, members)
        if issubclass(model, TimeRange):
            self._set_results_apart(node, members)
        _read_variants(node, members)
        for child in members.children:
            held = node.get(child.name)
            for one in held if child.is_list and is_array(held) else [held]:
                self.take_from(one, child.model)

    def _set_fields_apart(self, node: JsonObject, model: type[Model], members: Members) -> None:
        documented = members.annotations.keys() - {n for n in members.observed if not _is_text(node.get(n))}
        if not node.keys() <= documented:
            unknown = {key: node.pop(key) for key in list(node) if key not in documented}
            self.fields.setdefault(model, {}).update(dict.fromkeys(unknown))
            node["_additional_properties"] = unknown

    def _set_results_apart(self, node: JsonObject, members: Members) -> None:
        """Move results with another tag to `unknown_results`; a missing tag stays, and is refused."""
        items = node.get("results")
        if not is_array(items):
            return
        (tag,) = (members_of(child.model).tag for child in members.children if child.name == "results")
        others = [(other, item) for item in items if (other := _other_tag(item, tag)) is not None]
        if others:
            node["results"] = [item for item in items if _other_tag(item, tag) is None]
            node["unknown_results"] = [{"object": other, "data": item} for other, item in others]
            self.results.update(other for other, _ in others)


Apart = list[tuple[JsonObject, list[JsonObject]]]
"""Buckets, each with those of its results that cannot be read, as unknown results."""


def set_unreadable_apart(
    node: object, model: type[Model], convert: Callable[[object, type[Model]], object]
) -> Apart:
    """Take the results that `convert` refuses out of the page `node`, with what it says.

    What is no page stays as it is, and so do results of unknown types. `convert` raises a ValueError
    for what it refuses.
    """
    apart: Apart = []
    (buckets,) = (child for child in members_of(model).children if child.is_list)
    if not issubclass(buckets.model, TimeRange):  # They are the items of a list.
        return apart
    (results,) = (child for child in members_of(buckets.model).children if child.name == "results")
    for bucket in _objects(node, buckets.name):
        name = next((name for name in ("results", *MISSPELT) if name in bucket), "results")
        items = bucket.get(name)
        if not is_array(items):
            continue
        found = [_problem(item, results.model, convert) for item in items]
        problems = {place: problem for place, problem in enumerate(found) if problem is not None}
        if problems:
            bucket[name] = [item for place, item in enumerate(items) if place not in problems]
            unread = [
                {"object": _tag(items[place]), "data": items[place], "problem": problem}
                for place, problem in problems.items()
            ]
            apart.append((bucket, unread))
    return apart


def _problem(
    item: object, model: type[Model], convert: Callable[[object, type[Model]], object]
) -> str | None:
    """Why `item` is no `model`; None if it is one, or has another tag."""
    if _other_tag(item, members_of(model).tag) is not None:
        return None
    tried = copy.deepcopy(item)
    Unknown().take_from(tried, model)
    try:
        convert(tried, model)
    except ValueError as error:
        return str(error)
    return None


def _tag(item: object) -> str:
    tag = item.get("object") if is_object(item) else None
    return tag if isinstance(tag, str) else ""


def _objects(node: object, name: str) -> list[JsonObject]:
    """The objects in the list `name` of `node`; none unless all of them are objects."""
    items = node.get(name) if is_object(node) else None
    if not is_array(items):
        return []
    objects = [item for item in items if is_object(item)]
    return objects if len(objects) == len(items) else []


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _other_tag(item: object, tag: str) -> str | None:
    """The tag of `item`, if it has another than `tag`."""
    found = item.get("object") if is_object(item) else None
    return found if isinstance(found, str) and found != tag else None


def _read_variants(node: JsonObject, members: Members) -> None:
    """Forms seen in the wild: `batch` as a string, a whole number with a decimal point, zeros with
    thousands of decimals; and texts that are no numbers, though `Decimal` would read them.

    `has_more`, which decides whether to go on, is read as documented, or refused: it is no optional
    boolean.
    """
    for name in members.decimals:
        if name in node:
            node[name] = _in_form(node[name])
    for name in members.optional_booleans:
        value = node.get(name)
        if isinstance(value, str):
            node[name] = {"true": True, "false": False}.get(value.lower(), value)
    if Decimal in map(type, node.values()):
        for name in members.integers:
            value = node.get(name)
            if isinstance(value, Decimal) and value == value.to_integral_value() and value.adjusted() < 30:
                node[name] = int(value)


def _in_form(value: object) -> object:
    """`value`; `Decimal(0)` if it is a zero, as a number or as text; no text that no number is written like.

    Converting would take some of these for numbers. The empty one it refuses, and says where it stands.
    """
    if isinstance(value, str):
        try:
            value = read_decimal(value)
        except ValueError:
            return ""
    return value or ZERO if isinstance(value, Decimal) else value


__all__ = ["MISSPELT", "Apart", "Unknown", "set_unreadable_apart"]
