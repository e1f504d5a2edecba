"""The budgets of the configuration, as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

import attrs

from ..._generated import CostsRow
from ...report import BudgetPeriod, Ledger, Report, check_budget
from ...report.forecast import HISTORY_DAYS
from ...report.periods import DAY, midnight
from ...report.unknown_results import left_out
from ..configuration.file import BudgetEntry
from .figures import BudgetFigures

if TYPE_CHECKING:
    from ...client import UsageClient
    from ...directory.names import Names


@attrs.frozen
class BudgetReading:
    """What the budgets are checked by."""

    client: UsageClient
    report: Report
    names: Names

    def figures(self, entries: Iterable[BudgetEntry]) -> Iterator[BudgetFigures]:
        """How each of the budgets stands; one of a project takes a query of its own."""
        for entry in entries:
            costs = self.report.daily if entry.project is None else self._of_project(entry.project)
            limit = Decimal(entry.limit)
            budget = check_budget(
                costs,
                limit=limit,
                currency=entry.currency,
                period=BudgetPeriod(entry.period),
                today=self.report.today,
            )
            name = entry.period if entry.project is None else f"{entry.period}, {entry.project}"
            yield BudgetFigures(name, entry.currency.lower(), limit, budget.share, str(budget.state))

    def _of_project(self, project: str) -> Ledger:
        today = self.report.today
        buckets = list(
            self.client.costs(
                start_time=midnight(today - HISTORY_DAYS * DAY),
                end_time=midnight(today + DAY),
                project_ids=[self._id_of(project)],
            )
        )
        rows = chain.from_iterable(map(CostsRow.of_bucket, buckets))
        return Ledger.of(rows, left_out=left_out("costs", buckets))

    def _id_of(self, project: str) -> str:
        """The id of the project that is called so, as far as names are known; else it is taken for an id."""
        wanted = project.casefold()
        listed = ((each.name, id) for id, each in self.names.projects.items())
        shown = (
            (entry.name, entry.key)
            for spend in self.report.spends
            for breakdown in spend.breakdowns
            if breakdown.dimension == "project_id"
            for entry in breakdown.entries
        )
        found = (id for name, id in chain(listed, shown) if name and id and name.casefold() == wanted)
        return next(found, project)


__all__ = ["BudgetReading"]
