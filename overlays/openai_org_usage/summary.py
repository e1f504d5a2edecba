"""From rows to the figures of a report: exact totals by day, line item, project and model. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import attrs

from ._generated import Operation
from .money import exact_sum

KeyT = TypeVar("KeyT")
_TOKEN_KINDS = {"input", "output", "cached input"}


class CostRow(Protocol):
    """A row of costs, grouped by line item and project."""

    @property
    def start_time(self) -> int: ...
    @property
    def amount_value(self) -> Decimal | None: ...
    @property
    def line_item(self) -> str | None: ...
    @property
    def project_id(self) -> str | None: ...


@attrs.frozen
class CostSummary:
    """Where the money went; amounts are exact and of one currency."""

    total: Decimal
    by_day: dict[int, Decimal]
    """By the day's first second (Unix, UTC), in time order."""
    by_item: dict[str, Decimal]
    """By model, or by category where a line item names no model; largest first."""
    by_project: dict[str, Decimal]
    """Largest first."""


@attrs.frozen
class Share:
    """One line of a ranking."""

    name: str
    value: Decimal
    of_total: Decimal
    """Between 0 and 1."""


def summarize_costs(rows: Iterable[CostRow]) -> CostSummary:
    """Add up `rows` of costs that are grouped by line item and project."""
    rows = list(rows)
    return CostSummary(
        total=exact_sum(row.amount_value or 0 for row in rows),
        by_day=dict(sorted(_sums(rows, lambda row: row.start_time).items())),
        by_item=_ranked(_sums(rows, lambda row: model_of(row.line_item or "unnamed"))),
        by_project=_ranked(_sums(rows, lambda row: row.project_id or "no project")),
    )


def total_usage(operation: Operation, rows: Iterable[Any]) -> dict[str, Decimal]:
    """The sum of each metric of `operation` over its `rows`, by name, in the document's order."""
    rows = list(rows)
    metrics = [field.name for field in operation.fields if field.role == "metric"]
    return {name: exact_sum(getattr(row, name) or 0 for row in rows) for name in metrics}


def usage_by(rows: Iterable[Any], dimension: str, metric: str) -> dict[str, Decimal]:
    """The sum of `metric` for each value of `dimension`, largest first."""
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        totals[getattr(row, dimension) or "none"] += getattr(row, metric) or 0
    return _ranked(totals)


def model_of(line_item: str) -> str:
    """The model that a line item names, such as `gpt-4o-mini-2024-07-18` of `…, input`.

    A category such as `Image models` is returned as it is.
    """
    model, _, kind = line_item.rpartition(", ")
    return model if model and kind in _TOKEN_KINDS else line_item


def top(ranking: dict[str, Decimal], count: int) -> list[Share]:
    """The first `count` of a ranking and, if any are left, the rest as one."""
    total = exact_sum(ranking.values()) or Decimal(1)
    pairs = list(ranking.items())
    if len(pairs) > count:
        rest = exact_sum(value for _, value in pairs[count:])
        left = len(pairs) - count
        pairs = [*pairs[:count], (f"{left} other{'s' * (left > 1)}", rest)]
    return [Share(name, value, value / total) for name, value in pairs]


def _sums(rows: Iterable[CostRow], key: Callable[[CostRow], KeyT]) -> dict[KeyT, Decimal]:
    amounts: defaultdict[KeyT, list[Decimal]] = defaultdict(list)
    for row in rows:
        if row.amount_value is not None:
            amounts[key(row)].append(row.amount_value)
    return {name: exact_sum(values) for name, values in amounts.items()}


def _ranked(totals: dict[str, Decimal]) -> dict[str, Decimal]:
    return dict(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0])))
