"""Applying OpenAPI overlays, strictly: every action must match, and must still be needed.

An action is as in the OpenAPI Overlay Specification 1.0 (`target`, `update`, `remove`), with

- `x-reason`, `x-source`: why it exists and what says so;
- `x-if`: a JSONPath; where it matches nothing, the action is not for this upstream revision;
- `x-unless`: a JSONPath; where it matches, upstream has what the action would add.

oas-patch 0.6.0 was tried first: it raises TypeError on any update through a filter
(`parameters[?@.name == 'page']`), removes on `remove: false`, and passes over a target that
matches nothing. The JSONPath engine (RFC 9535) is python-jsonpath's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path

import attrs
import jsonpath

from .errors import CodegenError
from .sources import read_file
from .strict_yaml import load_yaml
from .tree import Object, is_array, is_object, member, text_at

_KNOWN_KEYS = {"target", "description", "update", "remove", "x-reason", "x-source", "x-if", "x-unless"}
_ENVIRONMENT = jsonpath.JSONPathEnvironment(strict=True)


@attrs.frozen
class Action:
    """One action and the place it stands in."""

    target: str
    update: object
    remove: bool
    condition: str
    exception: str
    reason: str
    place: str
    """`file:line`, for messages."""


@attrs.frozen
class Overlay:
    """One overlay file."""

    name: str
    actions: tuple[Action, ...]
    narrowed: bool
    """Whether it is written against the narrowed document (`x-applies-to: narrowed`)."""


@attrs.define
class OverlayReport:
    """What became of the actions."""

    applied: int = 0
    obsolete: list[Action] = attrs.field(factory=list[Action])
    """Upstream has it already: the action can be deleted."""
    not_applicable: list[Action] = attrs.field(factory=list[Action])
    """Its `x-if` matches nothing in this revision."""


def read_overlays(folder: Path) -> list[Overlay]:
    """The overlays in `folder`, in the order of their file names."""
    if not folder.is_dir():
        raise CodegenError(f"there is no folder of overlays at {folder}")
    return [read_overlay(path) for path in sorted(folder.glob("*.overlay.yaml"))]


def read_overlay(path: Path) -> Overlay:
    """Read one overlay file.

    Raises:
        CodegenError: it cannot be read, or an action is not of the form above.
    """
    lines: list[int] = []

    def note(key: str, line: int) -> None:
        if key == "actions":
            lines.append(line)

    try:
        content = load_yaml(read_file(path).decode(), on_item=note)
    except (UnicodeDecodeError, CodegenError) as error:
        raise CodegenError(f"cannot read the overlay {path.name}: {error}") from error
    raw = member(content, "actions")
    if not text_at(content, "overlay").startswith("1.") or not is_array(raw):
        raise CodegenError(
            f"{path.name} is not an OpenAPI overlay 1.x: it needs `overlay: 1.…` and a list of `actions`"
        )
    actions = [_action(a, f"{path.name}:{line}") for a, line in zip(raw, lines, strict=True)]
    return Overlay(path.name, tuple(actions), text_at(content, "x-applies-to") == "narrowed")


def apply_overlay(overlay: Overlay, document: Object, report: OverlayReport) -> None:
    """Carry out the actions of `overlay` on `document`, in place, noting in `report` what happened.

    Raises:
        CodegenError: an action matches nothing, or does not fit what it matches.
    """
    for action in overlay.actions:
        if action.condition and not _find(action.condition, document, action):
            report.not_applicable.append(action)
        elif action.exception and _find(action.exception, document, action):
            report.obsolete.append(action)
        elif _carry_out(action, document):
            report.applied += 1
        else:
            report.obsolete.append(action)


def _carry_out(action: Action, document: Object) -> bool:
    """Whether anything changed."""
    matches = _find(action.target, document, action)
    if not matches:
        raise CodegenError(
            f"{action.place}: the overlay action matches nothing in this document: {action.target}; "
            "correct the target, or delete the action if upstream dropped the thing"
        )
    changed = False
    for match in reversed(matches) if action.remove else matches:
        changed |= _remove(match) if action.remove else _update(match.obj, action)
    return changed


def _find(path: str, document: Object, action: Action) -> list[jsonpath.JSONPathMatch]:
    try:
        return list(_ENVIRONMENT.finditer(path, document))
    except jsonpath.JSONPathError as error:
        raise CodegenError(f"{action.place}: {path} is no JSONPath (RFC 9535): {error}") from error


def _remove(match: jsonpath.JSONPathMatch) -> bool:
    parent, last = match.parent, match.parts[-1]
    if parent is not None and is_object(parent.obj) and isinstance(last, str):
        del parent.obj[last]
    if parent is not None and is_array(parent.obj) and isinstance(last, int):
        del parent.obj[last]
    return True


def _update(target: object, action: Action) -> bool:
    if is_array(target):
        return _append(target, [action.update])
    if is_object(target) and is_object(action.update):
        return _merge(target, action.update)
    raise CodegenError(
        f"{action.place}: {action.target} selects a value that cannot be updated; select its parent"
    )


def _merge(target: Object, update: Object) -> bool:
    """Deep merge: objects member by member, arrays by appending what they lack, the rest replaced."""
    changed = False
    for key, value in update.items():
        old = target.get(key)
        if is_object(old) and is_object(value):
            changed |= _merge(old, value)
        elif is_array(old) and is_array(value) and key != "type":
            changed |= _append(old, value)
        elif key not in target or old != value:
            target[key] = copy.deepcopy(value)
            changed = True
    return changed


def _append(target: list[object], values: list[object]) -> bool:
    new = [value for value in values if value not in target]
    target.extend(copy.deepcopy(new))
    return bool(new)


def _action(raw: object, place: str) -> Action:
    unknown = sorted(set(raw) - _KNOWN_KEYS) if is_object(raw) else []
    remove = member(raw, "remove") is True
    for key in ("x-if", "x-unless"):
        if not isinstance(member(raw, key), str | None):
            raise CodegenError(f"{place}: {key} is a JSONPath, and so a string")
    if not is_object(raw) or unknown or not text_at(raw, "target") or remove == ("update" in raw):
        raise CodegenError(
            f"{place}: an action needs a `target` and either `update` or `remove: true`"
            + (f"; unknown: {', '.join(unknown)}" if unknown else "")
        )
    return Action(
        target=text_at(raw, "target"),
        update=raw.get("update"),
        remove=remove,
        condition=text_at(raw, "x-if"),
        exception=text_at(raw, "x-unless"),
        reason=text_at(raw, "x-reason"),
        place=place,
    )


def obsolete_lines(actions: Iterable[Action]) -> list[str]:
    """The corrections that can be deleted, with file and line."""
    return [f"obsolete, upstream has it: {action.place}: {action.target}" for action in actions]
