"""Costs by line item and project, added up once for all that a report makes of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import attrs

from ..money import exact_sum
from .ledger import AmountsBy, CostEntries, Key, Ledger, regrouped
from .prices import PricedRow

PROJECT = "project_id"
Cell: TypeAlias = tuple[Key, Key]
"""A line item and a project; the project is None where rows do not say it."""


@attrs.frozen
class CostCells:
    """Exact amounts by currency, cell and day."""

    entries: CostEntries[PricedRow]
    """What they were made of."""
    amounts: AmountsBy[Cell]

    @classmethod
    def of(cls, rows: Iterable[PricedRow]) -> CostCells:
        """The cells of `rows`, which are by line item, and by project where they say it."""
        entries = CostEntries[PricedRow].of(rows)
        amounts: defaultdict[str, defaultdict[Cell, dict[date, Decimal]]]
        amounts = defaultdict(lambda: defaultdict(dict))
        for row, currency, day, amount in entries.known:
            days = amounts[currency][cell_of(row)]
            days[day] = exact_sum((days[day], amount)) if day in days else amount
        return cls(entries, amounts)

    def by_line_item(self) -> Ledger:
        """The costs of each line item."""
        return self._ledger(0)

    def by_project(self) -> Ledger:
        """The costs of each project, and what the rows call it."""
        return self._ledger(1).named_by(self.entries.rows, by=PROJECT)

    def _ledger(self, place: int) -> Ledger:
        amounts = regrouped(self.amounts, lambda cell: cell[place])
        return Ledger(amounts, left_out=self.entries.left_out, credits=self.entries.credits)


def cell_of(row: PricedRow) -> Cell:
    """The cell that a row is of."""
    return row.line_item or None, getattr(row, PROJECT, None) or None
