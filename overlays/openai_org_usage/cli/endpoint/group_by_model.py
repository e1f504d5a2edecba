"""`costs --group-by model`: the API knows line items alone, from which the models are read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from ..._generated import Operation, Parameter, ResponseField

MODEL: Final = "model"
LINE_ITEM: Final = "line_item"
_GROUPS: Final = "group_by"
_OF_LINE_ITEMS: Final = (LINE_ITEM, "quantity", "quantity_unit")
"""What rows have where they are of line items alone; a model is billed in quantities that do not add up."""
_BY_MODEL: Final = (
    "`model` adds up the line items that name the same model and keeps those that name none; the API is sent "
    "`line_item`."
)


def offered_of(operation: Operation) -> Operation:
    """What of `operation` can be asked for: where there are line items and no models, models as well."""
    if LINE_ITEM not in _groups(operation) or MODEL in _groups(operation):
        return operation
    parameters = (_with_model(each) if each.name == _GROUPS else each for each in operation.parameters)
    return attrs.evolve(by_model(operation, keep_line_items=True), parameters=tuple(parameters))


def by_model(operation: Operation, *, keep_line_items: bool) -> Operation:
    """`operation` with models before its line items, or in the place of them and their quantities."""
    model = ResponseField(
        name=MODEL,
        type="string",
        nullable=True,
        role="dimension",
        description="The model that the line item names; the line item where it names none.",
    )
    fields: list[ResponseField] = []
    for field in operation.fields:
        fields += [model] if field.name == LINE_ITEM else []
        fields += [field] if keep_line_items or field.name not in _OF_LINE_ITEMS else []
    return attrs.evolve(operation, fields=tuple(fields))


def as_line_items(groups: Sequence[str]) -> tuple[str, ...]:
    """What the API is asked to group by for these `groups`, of which one is the model."""
    return tuple(dict.fromkeys(LINE_ITEM if group == MODEL else group for group in groups))


def _groups(operation: Operation) -> Sequence[str]:
    named = (each.allowed_values for each in operation.parameters if each.name == _GROUPS)
    return next(named, ())


def _with_model(parameter: Parameter) -> Parameter:
    return attrs.evolve(
        parameter,
        allowed_values=(*parameter.allowed_values, MODEL),
        description=f"{parameter.description} {_BY_MODEL}",
    )


__all__ = ["LINE_ITEM", "MODEL", "as_line_items", "by_model", "offered_of"]
