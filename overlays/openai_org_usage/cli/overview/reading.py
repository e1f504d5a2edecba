"""What the screen is read from: few rows for its figures, and a whole report only where something changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from ...query_steps import run_steps
from ...report import ChangeSize, Period, Report, Scope, collect, make_report
from ...report.explanation.words import sentence
from ...report.report_steps import ReportSteps
from ..names.name_options import NameOptions
from .budgets import BudgetReading
from .figures_of_report import TOP, overview_of

if TYPE_CHECKING:
    from ...directory.names import Names
    from ..archive.answer_source import AnswerSource
    from ..context import CommandContext
    from .figures import Overview

_LARGE: Final = (ChangeSize.CLEAR, ChangeSize.SHARP)
_NOTHING: Final = "nothing stands out that explains the change."


@attrs.define(slots=False)
class OverviewReading:
    """One reading of the running month, at the present."""

    source: AnswerSource
    context: CommandContext

    @cached_property
    def now(self) -> datetime:
        """The present."""
        return datetime.fromtimestamp(self.context.clock(), UTC)

    @cached_property
    def overview(self) -> Overview:
        """The figures, without what explains them."""
        budgets = BudgetReading(self.source.client, self._report, self._names)
        overview = overview_of(
            self._report,
            read_at=self.source.read_at or self.now.timestamp(),
            budgets=list(budgets.figures(self.context.configuration.tables.budgets)),
        )
        return attrs.evolve(overview, is_archived=self.source.read_at is not None)

    @cached_property
    def _names(self) -> Names:
        return self.source.kept_names()

    @cached_property
    def _report(self) -> Report:
        """The figures without owners and tokens; its causes are not the ones to tell of."""
        scope = Scope.of(Period.this_month(self.now), now=self.now)
        gathered = run_steps(self.source.client, ReportSteps(scope, is_brief=True).gathered())
        return make_report(gathered, scope=scope, top=TOP).with_names(self._names)

    @property
    def is_unusual(self) -> bool:
        """Whether a month changed so much, or days stand out so, that one wants to know why."""
        found = (spend.explanation for spend in self._report.spends[:1])
        return any(each is not None and (each.size in _LARGE or each.unusual_days) for each in found)

    def causes(self) -> Mapping[str, str]:
        """What explains most of the month's change, by currency and as the report says it.

        It takes all rows of a report, several times those of the figures.
        """
        names = self.source.names(NameOptions(), lambda _: None)
        report = collect(self.source.client, now=self.now, top=TOP, names=names)
        return {
            spend.currency: sentence(spend.explanation, spend.currency) or _NOTHING
            for spend in report.spends
            if spend.explanation is not None
        }


__all__ = ["OverviewReading"]
