"""Costs by key as the rows of an operation, so that tables, files and options are made as for an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Self

import attrs

from .._generated import OPERATIONS, Operation, ResponseField
from .estimate import KeyCost

IS_ESTIMATE = "is_estimate"
_COSTS = OPERATIONS["costs"]
_PARAMETERS = ("start_time", "end_time", "project_ids")
_DIMENSIONS = ("project_id", "api_key_id", "line_item")


_MODEL = ResponseField(
    name="model",
    type="string",
    nullable=True,
    role="dimension",
    description="The model that line items name, or one that names none. Null unless asked for.",
)
_OF_ESTIMATE = (
    ResponseField(
        name=IS_ESTIMATE,
        type="boolean",
        required=True,
        role="dimension",
        description="True where the API refused to tell amounts by key and they were shared out.",
    ),
    ResponseField(
        name="shared_by",
        type="string",
        nullable=True,
        role="dimension",
        description="The count that the billed amount was shared out by, such as `output_tokens`.",
    ),
)


def _fields() -> tuple[ResponseField, ...]:
    described = {field.name: field for field in _COSTS.fields}
    money = (
        attrs.evolve(each, name=f"amount_{each.name}", role=_role(each))
        for each in described["amount"].fields
    )
    return (*(described[name] for name in _DIMENSIONS), _MODEL, *money, *_OF_ESTIMATE)


def _role(part: ResponseField) -> str:
    return "money" if part.format == "decimal" else part.role


KEY_COSTS: Operation = attrs.evolve(
    _COSTS,
    name="key_costs",
    summary="List costs by API key, estimated where the API refuses them",
    description="Adds up what each API key cost on each UTC day, by project and line item. Some "
    "organizations get a 400 for that. Then each billed amount is shared out by what the keys used of what "
    "it is for, and marked as an estimate; the shares add up to what was billed, to the last digit.",
    parameters=tuple(_COSTS.parameter(name) for name in _PARAMETERS),
    fields=_fields(),
    bucket_fields=(),
)
"""Not an endpoint of the API."""


@attrs.frozen
class KeyCostResult:
    """A row without its times, with the members that results of an endpoint have."""

    project_id: str | None
    api_key_id: str | None
    line_item: str | None
    model: str | None
    amount_value: Decimal
    amount_currency: str | None
    is_estimate: bool
    shared_by: str | None
    additional_properties: None = None

    @classmethod
    def of(cls, cost: KeyCost, *, by_model: bool) -> Self:
        """The result in `cost`, whose line item is the model if it was summed `by_model`."""
        return cls(
            project_id=cost.project_id,
            api_key_id=cost.api_key_id,
            line_item=None if by_model else cost.line_item,
            model=cost.line_item if by_model else None,
            amount_value=cost.amount_value,
            amount_currency=cost.amount_currency,
            is_estimate=cost.is_estimate,
            shared_by=cost.shared_by,
        )


@attrs.frozen
class KeyCostsBucket:
    """The costs of one day."""

    start_time: int
    end_time: int
    results: list[KeyCostResult]
    unknown_results: tuple[()] = ()


def buckets_of(costs: Sequence[KeyCost], *, by_model: bool = False) -> list[KeyCostsBucket]:
    """The rows by day, in order of time; of `costs` that were summed `by_model` if it says so."""
    ordered = sorted(costs, key=_day)
    result = partial(KeyCostResult.of, by_model=by_model)
    return [
        KeyCostsBucket(start, end, list(map(result, rows)))
        for (start, end), rows in groupby(ordered, key=_day)
    ]


def _day(cost: KeyCost) -> tuple[int, int]:
    return cost.start_time, cost.end_time


__all__ = ["IS_ESTIMATE", "KEY_COSTS", "KeyCostsBucket", "buckets_of"]
