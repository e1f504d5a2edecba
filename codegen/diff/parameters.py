"""What changed about a query parameter."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from . import meaning
from .change import ApiChange, At, deprecation, other, pairs, typed
from .facts import ParameterFacts


def parameter_changes(
    at: At, name: str, old: ParameterFacts | None, new: ParameterFacts | None
) -> Iterator[ApiChange]:
    """What changed about the parameter `name`."""
    if old and new:
        yield from _parameter_shape(at, old, new)
        yield from _values(at, old, new)
        yield from _default(at, name, old.default, new.default)
        yield from _bounds(at, old, new)
        yield from _page_sizes(at, old, new)
        yield from deprecation(at, "deprecated", name, old.deprecated, new.deprecated)
        yield from other(at, "request", name, old.rest, new.rest)
    elif new:
        kind = "required-parameter-added" if new.required else "parameter-added"
        yield at.change(kind, name, None, _described_parameter(new), meaning.new_keyword(new))
    elif old:
        yield at.change(
            "parameter-removed", name, _described_parameter(old), None, meaning.lost_keyword(name)
        )


def _parameter_shape(at: At, old: ParameterFacts, new: ParameterFacts) -> Iterator[ApiChange]:
    name = new.name
    if old.required != new.required:
        kind = "parameter-now-required" if new.required else "parameter-now-optional"
        yield at.change(kind, name, None, None, meaning.demanded(name, demanded=new.required))
    if (old.type, old.format) != (new.type, new.format):
        types = typed(old.type, old.format), typed(new.type, new.format)
        same = attrs.evolve(old, values=()).annotation == attrs.evolve(new, values=()).annotation
        kind = "parameter-format" if same else "parameter-type"
        yield at.change(kind, name, *types, meaning.takes(old, new))


def _values(at: At, old: ParameterFacts, new: ParameterFacts) -> Iterator[ApiChange]:
    lists = ", ".join(old.values), ", ".join(new.values)
    if bool(old.values) != bool(new.values):
        kind = "values-restricted" if new.values else "values-opened"
        yield at.change(kind, new.name, *lists, meaning.takes(old, new))
        return
    for value in old.values:
        if value not in new.values:
            yield at.change(
                "value-removed", new.name, value, None, meaning.value(new.name, value, allowed=False)
            )
    for value in new.values:
        if value not in old.values:
            yield at.change(
                "value-added", new.name, None, value, meaning.value(new.name, value, allowed=True)
            )


def _default(at: At, subject: str, old: object, new: object) -> Iterator[ApiChange]:
    kinds = "default-stated", "default-withdrawn", "default-changed"
    keyword = subject.split("[", maxsplit=1)[0]
    changed = meaning.left_out(keyword, new)
    yield from at.toggle(kinds, subject, old, new, meaning.ONLY_DOCUMENTED, changed=changed)


def _bounds(at: At, old: ParameterFacts, new: ParameterFacts) -> Iterator[ApiChange]:
    for bound, was, now in pairs(old.bounds, new.bounds):
        yield from _bound(at, new.name, bound, was, now)


def _bound(at: At, subject: str, bound: str, old: object, new: object) -> Iterator[ApiChange]:
    """One end of a range; where it is not stated, nothing is refused."""
    if old == new:
        return
    open_end = float("inf") if bound == "maximum" else float("-inf")
    was, now = (value if isinstance(value, int | float) else open_end for value in (old, new))
    narrower = now < was if bound == "maximum" else now > was
    kind, says = ("bound-narrowed", meaning.refused) if narrower else ("bound-widened", meaning.accepted)
    yield at.change(kind, f"{bound} of {subject}", old, new, says(subject.split("[", maxsplit=1)[0]))


def _page_sizes(at: At, old: ParameterFacts, new: ParameterFacts) -> Iterator[ApiChange]:
    for width, was, now in pairs(old.page_sizes, new.page_sizes):
        subject = f"{new.name}[{width}]"
        if was and now:
            yield from _default(at, subject, was[0], now[0])
            yield from _bound(at, subject, "maximum", was[1], now[1])
            continue
        kind = "page-size-stated" if now else "page-size-withdrawn"
        says = meaning.page_size(now[1] if now else None)
        yield at.change(kind, subject, _page_size(was), _page_size(now), says)


def _page_size(sizes: tuple[object, object] | None) -> str | None:
    return f"{sizes[0]}, at most {sizes[1]}" if sizes else None


def _described_parameter(parameter: ParameterFacts) -> str:
    values = f", one of {', '.join(parameter.values)}" if parameter.values else ""
    default = f", default {parameter.default}" if parameter.default is not None else ""
    return typed(parameter.type, parameter.format) + values + default
