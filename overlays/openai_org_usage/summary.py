"""Totals over the rows of any endpoint. Pure. What was spent, and on what, is in `report`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ._generated import Operation
from .money import exact_sum


def total_usage(operation: Operation, rows: Iterable[Any]) -> dict[str, Decimal]:
    """The sum of each metric of `operation` over its `rows`, by name, in the document's order."""
    rows = list(rows)
    metrics = [field.name for field in operation.fields if field.role == "metric"]
    return {name: exact_sum(getattr(row, name) or 0 for row in rows) for name in metrics}
