"""What the models are made of, as decoding asks: read from their annotations, once for each."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping

import attrs

from .decimals import exact_decimal
from .types import Model, wire_names


@attrs.frozen
class Child:
    """A member that holds a model or a list of them; None, too, where the document allows it."""

    name: str
    model: type[Model]
    is_list: bool


@attrs.frozen
class Members:
    """The members of a model that are on the wire."""

    annotations: Mapping[str, object]
    """In the document's order."""
    children: tuple[Child, ...]
    decimals: tuple[str, ...]
    required_decimals: tuple[str, ...]
    """Those that are never null."""
    integers: tuple[str, ...]
    optional_booleans: tuple[str, ...]
    observed: tuple[str, ...]
    """Texts that no document promises: in another form, they are as unknown as any other member."""

    @property
    def tag(self) -> str:
        """The value of `object` that tells the model."""
        (tag,) = typing.get_args(self.annotations["object"])
        return str(tag)


def members_of(model: type[Model]) -> Members:
    """The members of `model`."""
    if model not in _known:
        _known[model] = _read(model)
    return _known[model]


_known: dict[type[Model], Members] = {}


def _read(model: type[Model]) -> Members:
    hints = typing.get_type_hints(model)
    annotations = {name: hints[name] for name in wire_names(model)}
    children = [_child(name, annotation) for name, annotation in annotations.items()]
    branches = {name: _branches(annotation) for name, annotation in annotations.items()}
    decimals = tuple(a.name for a in attrs.fields(model) if a.validator is exact_decimal)
    return Members(
        annotations=annotations,
        children=tuple(child for child in children if child is not None),
        decimals=decimals,
        required_decimals=tuple(name for name in decimals if types.NoneType not in branches[name]),
        integers=tuple(name for name, kinds in branches.items() if int in kinds),
        optional_booleans=tuple(n for n, kinds in branches.items() if {bool, types.NoneType} <= {*kinds}),
        observed=tuple(a.name for a in attrs.fields(model) if a.metadata.get("observed")),
    )


def _child(name: str, annotation: object) -> Child | None:
    for branch in _branches(annotation):
        is_list = typing.get_origin(branch) is list
        model = typing.get_args(branch)[0] if is_list else branch
        if isinstance(model, type) and issubclass(model, Model):
            return Child(name, model, is_list)
    return None


def _branches(annotation: object) -> tuple[object, ...]:
    if isinstance(annotation, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


__all__ = ["Child", "Members", "members_of"]
