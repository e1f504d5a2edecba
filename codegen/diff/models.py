"""What changed about a page, a bucket, a result or the body of an error."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from . import meaning
from .change import ApiChange, At, deprecation, other, pairs, typed
from .facts import FieldFacts, ModelFacts


def model_changes(at: At, role: str, old: ModelFacts, new: ModelFacts) -> Iterator[ApiChange]:
    """What changed about the page, bucket, result or item of an endpoint, or about a shared model."""
    if old.name != new.name:
        yield at.change("model-renamed", role, old.name, new.name, meaning.renamed(old.name, new.name))
    prefix = "" if role in ("result", "item") else f"{role}."
    owner = new.name if at.endpoint is None else f"{{stem}}{new.name.removeprefix(at.stem)}"
    for name, was, now in pairs(old.fields, new.fields):
        yield from _field(at, prefix + name, f"{owner}.{name}", was, now)
    undefined = ", ".join(old.undefined), ", ".join(new.undefined)
    if undefined[0] != undefined[1]:
        yield at.change("undefined-requirement", role, *undefined, meaning.NOTHING)
    yield from other(at, "response", role, old.rest, new.rest)


def _field(
    at: At, name: str, place: str, old: FieldFacts | None, new: FieldFacts | None
) -> Iterator[ApiChange]:
    if old and new:
        yield from _field_shape(at, name, old, new, meaning.becomes(place, old, new))
        yield from _known_values(at, name, old, new, meaning.becomes(place, old, new))
        if old.wire_name != new.wire_name:
            ours = name.rsplit(".", 1)[-1]
            yield at.change(
                "wire-name-changed",
                name,
                old.wire_name or ours,
                new.wire_name or ours,
                meaning.either_name(place),
            )
        yield from deprecation(at, "field-deprecated", name, old.deprecated, new.deprecated)
        yield from other(at, "response", name, old.rest, new.rest)
    elif new:
        yield at.change("field-added", name, None, _described_field(new), meaning.new_field(place, new))
    elif old:
        yield at.change("field-removed", name, _described_field(old), None, meaning.lost_field(place))


def _field_shape(at: At, name: str, old: FieldFacts, new: FieldFacts, says: str) -> Iterator[ApiChange]:
    if old.const != new.const:
        yield at.change("tag-changed", name, old.const, new.const, says)
    types = typed(old.type, old.format), typed(new.type, new.format)
    if types[0] != types[1]:
        same = attrs.evolve(old, const="").python == attrs.evolve(new, const="").python
        yield at.change("field-format" if same else "field-type", name, *types, says)
    if old.required and not new.required:
        kind = "nullable-field-now-optional" if old.nullable else "field-now-optional"
        yield at.change(kind, name, None, None, says)
    if new.required and not old.required:
        yield at.change("field-now-required", name, None, None, says)
    if new.nullable and not old.nullable:
        kind = "field-now-nullable" if old.required and new.required else "optional-field-now-nullable"
        yield at.change(kind, name, None, None, says)
    if old.nullable and not new.nullable:
        yield at.change("field-no-longer-nullable", name, None, None, says)


def _known_values(at: At, name: str, old: FieldFacts, new: FieldFacts, says: str) -> Iterator[ApiChange]:
    for value in old.known_values:
        if value not in new.known_values:
            yield at.change("known-value-removed", name, value, None, says)
    for value in new.known_values:
        if value not in old.known_values:
            yield at.change("known-value-added", name, None, value, says)


def _described_field(field: FieldFacts) -> str:
    parts = [field.const or typed(field.type, field.format)]
    parts += ["required" if field.required else "optional"] + ["nullable"] * field.nullable
    return ", ".join(parts) + (f", such as {', '.join(field.known_values)}" if field.known_values else "")
