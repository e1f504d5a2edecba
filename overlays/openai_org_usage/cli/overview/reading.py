"""What the screen is read from: few rows for its figures, and a whole report only where something changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from ...query_steps import run_steps
from ...report import ChangeSize, Period, Report, Scope, collect, make_report
from ...report.explanation.words import sentence
from ...report.report_steps import ReportSteps
from .figures_of_report import TOP

if TYPE_CHECKING:
    from ...client import UsageClient
    from ...directory.names import Names

_LARGE: Final = (ChangeSize.CLEAR, ChangeSize.SHARP)
_NOTHING: Final = "nothing stands out that explains the change."


@attrs.define(slots=False)
class OverviewReading:
    """One reading of the running month, at the moment `now`."""

    client: UsageClient
    names: Names
    now: datetime

    @cached_property
    def report(self) -> Report:
        """The figures without owners and tokens; its causes are not the ones to tell of."""
        scope = Scope.of(Period.this_month(self.now), now=self.now)
        gathered = run_steps(self.client, ReportSteps(scope, is_brief=True).gathered())
        return make_report(gathered, scope=scope, top=TOP).with_names(self.names)

    @property
    def is_unusual(self) -> bool:
        """Whether a month changed so much, or days stand out so, that one wants to know why."""
        found = (spend.explanation for spend in self.report.spends[:1])
        return any(each is not None and (each.size in _LARGE or each.unusual_days) for each in found)

    def causes(self, names: Names) -> Mapping[str, str]:
        """What explains most of the month's change, by currency and as the report says it with `names`.

        It takes all rows of a report, several times those of the figures.
        """
        report = collect(self.client, now=self.now, top=TOP, names=names)
        return {
            spend.currency: sentence(spend.explanation, spend.currency) or _NOTHING
            for spend in report.spends
            if spend.explanation is not None
        }


__all__ = ["OverviewReading"]
