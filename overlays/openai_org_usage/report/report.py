"""The report: a value with every figure, made from rows; renderers only write it down. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING

import attrs

from ..directory.addresses import text_without_addresses
from ..errors import MissingExtraError
from .cost_cells import PROJECT, CostCells
from .errors import ReportError
from .filters import WHOLE_ORGANIZATION, ReportFilters, UnmatchedFilter
from .ledger import CostRow, Ledger
from .notes import Refusal, Situation
from .periods import Period
from .prices import PricedRow
from .report_part import WHOLE, ReportPart
from .scope import Scope
from .spending import Costs, Spend
from .token_days import UTC_DAYS, TokenDays
from .tokens import TokenMix, TokenRow, token_mix
from .unknown_results import LeftOut, most

if TYPE_CHECKING:
    from ..directory.names import Names

TOP = 8


@attrs.frozen
class Gathered:
    """The rows that a report is made from."""

    daily: Sequence[CostRow]
    """Costs of all that the report is of, from the scope's first needed day on, with today if a month is
    forecast."""
    line_items: Sequence[PricedRow]
    """Costs by line item, from the same day on; where they are by project, too, these are in `by` as well."""
    by: Mapping[str, Sequence[CostRow]]
    """Costs grouped by a dimension, each by itself."""
    completions: Sequence[TokenRow]
    """Completions usage by model."""
    refusals: tuple[Refusal, ...] = ()
    earliest: date | None = None
    """The first day that the API still keeps, where it cut something off."""
    left_out: tuple[LeftOut, ...] = ()
    """What no row stands for and may be of value; see `left_out` and `missing_days`."""
    filters: ReportFilters = WHOLE_ORGANIZATION
    """What the rows are of."""
    unmatched: tuple[UnmatchedFilter, ...] = ()
    """What of the filters no row at all is of; see `ReportFilters.unmatched`."""


@attrs.frozen
class Report:
    """What was spent, on what, compared with the period before, and where the month will end."""

    made_at: datetime
    period: Period
    """Whole UTC days; a month without today, unless it is today alone."""
    growing: bool
    """Whether `period` ends with today, so that its figures still grow."""
    compared_with: Period | None
    """What its complete days are compared with."""
    today: date
    spends: tuple[Spend, ...]
    """One for each currency, the largest total first; empty if nothing was spent."""
    tokens: TokenMix
    refusals: tuple[Refusal, ...]
    """What the API refused to tell this organization."""
    notes: tuple[str, ...]
    """What a reader must know to read the figures rightly, as sentences."""
    daily: Ledger
    """Exact daily totals of all days that were read, today so far among them."""
    left_out: tuple[LeftOut, ...] = ()
    """What is in no figure, and may be of value."""
    part: ReportPart = WHOLE
    """What of the organization every figure is of; empty for all of it."""
    token_days: TokenDays = UTC_DAYS
    """The days that the tokens are of."""

    @property
    def complete(self) -> Period:
        """The days of `period` that averages and changes are of: the complete ones, if it has any."""
        return self.period.complete(self.today)

    def _repr_html_(self) -> str | None:
        """The report's page in a frame of its own, for notebooks; None without the extra `report`."""
        from . import render_html

        try:
            page = escape(render_html(self))
        except MissingExtraError:
            return None
        return (
            f'<iframe srcdoc="{page}" sandbox title="Report of usage and costs" '
            'style="width: 100%; height: 45rem; border: 0; resize: vertical; overflow: auto"></iframe>'
        )

    def with_names(self, names: Names | None, *, emails: bool = True) -> Report:
        """The same report, its projects, users and keys called as `names` know them.

        What these do not know is called as before, as rows may have said it. Without `emails`, no address
        is in the names, refusals and notes, for reports that are passed on; no figure changes in either case.
        """
        spends = tuple(spend.labelled(names, emails=emails) for spend in self.spends)
        named = attrs.evolve(self, spends=spends, part=self.part.labelled(names, emails=emails))
        if emails:
            return named
        refusals = (
            attrs.evolve(refusal, reason=text_without_addresses(refusal.reason)) for refusal in self.refusals
        )
        notes = map(text_without_addresses, self.notes)
        return attrs.evolve(named, refusals=tuple(refusals), notes=tuple(notes))


def make_report(gathered: Gathered, *, scope: Scope, top: int = TOP) -> Report:
    """The report of `scope` from its rows; breakdowns show the `top` largest entries.

    Raises:
        ReportError: `top` is below one.
    """
    if top < 1:
        raise ReportError(f"a breakdown shows at least one entry, not {top}")
    kept = scope.kept_from(gathered.earliest)
    costs = _costs(gathered, kept, top=top)
    spends = costs.spends()
    part = ReportPart.of(gathered.filters, gathered.unmatched, costs.by)
    situation = Situation(
        kept,
        earliest=gathered.earliest,
        cut_month=None if kept.month else scope.month,
        refusals=gathered.refusals,
        spends=spends,
        daily=costs.daily,
    )
    report = Report(
        made_at=scope.now,
        period=scope.period,
        growing=scope.growing,
        compared_with=kept.before,
        today=scope.today,
        spends=spends,
        tokens=token_mix(gathered.completions, period=kept.period, before=kept.before, days=kept.token_days),
        refusals=gathered.refusals,
        notes=(*part.notes(), *scope.token_days.notes(scope.period.start), *situation.notes()),
        daily=costs.daily,
        left_out=most(gathered.left_out, *(ledger.left_out for ledger in (costs.daily, *costs.by.values()))),
        part=part,
        token_days=scope.token_days,
    )
    return report.with_names(None)


def _costs(gathered: Gathered, scope: Scope, *, top: int) -> Costs:
    unknown = (each for each in gathered.left_out if each.operation == "costs")
    cells = CostCells.of(gathered.line_items)
    return Costs(
        scope,
        daily=Ledger.of(gathered.daily, left_out=unknown),
        cells=cells,
        by=_ledgers(gathered, cells),
        top=top,
        estimated=frozenset(each.dimension for each in gathered.refusals if each.is_estimated),
    )


def _ledgers(gathered: Gathered, cells: CostCells) -> dict[str, Ledger]:
    """By dimension. The rows by line item and project, which are many, have been added up as `cells`."""
    ledgers = {"line_item": cells.by_line_item()}
    for name, rows in gathered.by.items():
        is_of_cells = name == PROJECT and rows is gathered.line_items
        ledgers[name] = cells.by_project() if is_of_cells else Ledger.of(rows, by=name)
    return ledgers
