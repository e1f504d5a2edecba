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
from .forecast import HISTORY_DAYS
from .ledger import CostRow, Ledger
from .notes import Refusal, Situation
from .periods import DAY, Period, utc_day
from .prices import PricedRow
from .report_part import WHOLE, ReportPart
from .spending import Costs, Spend
from .token_days import UTC_DAYS, TokenDays
from .tokens import TokenMix, TokenRow, token_mix
from .unknown_results import LeftOut, most

if TYPE_CHECKING:
    from ..directory.names import Names

TOP = 8


@attrs.frozen
class Scope:
    """Which days a report made at `now` covers, and which it needs."""

    now: datetime
    today: date
    """The UTC day of `now`, still growing."""
    period: Period
    """The days covered: of a month the complete ones, or today alone if there are none; else all asked for
    up to today."""
    before: Period | None
    """What its complete days are compared with; None if it has none."""
    growing: bool
    """Whether `period` ends with today."""
    month: Period | None
    """The calendar month of today if the report reaches the present: it is forecast."""
    token_days: TokenDays = UTC_DAYS
    """The days by which tokens are counted."""

    @classmethod
    def of(cls, asked: Period, *, now: datetime, token_days: TokenDays = UTC_DAYS) -> Scope:
        """The scope of a report about `asked`.

        Raises:
            ReportError: `asked` lies in the future, or `now` has no time zone.
        """
        today = utc_day(now)
        if asked.start > today:
            raise ReportError(
                f"the period begins {asked.start}, after today {today} (UTC): nothing is spent yet"
            )
        complete = asked.until(today)
        growing = today in asked and not (asked.monthly and complete.days)
        period = asked.until(today + DAY) if growing else complete
        # A month that ended yesterday is over, while the last days up to yesterday reach the present.
        present = today in asked or (asked.end == today and not asked.monthly)
        month = Period.month(today.year, today.month) if present else None
        before = period.before(today=today) if complete.days else None
        return cls(now, today, period, before, growing, month, token_days)

    @property
    def first_needed(self) -> date:
        """The first day that any figure is made from: those before the period say what is usual."""
        first = self.period.start - HISTORY_DAYS * DAY
        if self.before is not None:
            first = min(first, self.before.start)
        return first if self.month is None else min(first, self.month.before().start)


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
    before = scope.before
    if before is not None and gathered.earliest is not None and before.start < gathered.earliest:
        before = None
    month = None if _is_cut(scope.month, gathered.earliest) else scope.month
    daily = Ledger.of(
        gathered.daily, left_out=(each for each in gathered.left_out if each.operation == "costs")
    )
    cells = CostCells.of(gathered.line_items)
    ledgers = _ledgers(gathered, cells)
    estimated = frozenset(each.dimension for each in gathered.refusals if each.is_estimated)
    costs = Costs(daily, cells, ledgers, scope.period, before, top, month, scope.today, estimated)
    spends = sorted(
        (spend for spend in map(costs.spend, daily.currencies) if spend.is_something),
        key=lambda spend: (spend.total.copy_negate(), spend.currency),
    )
    situation = Situation(
        scope.period,
        scope.growing,
        before,
        scope.today,
        gathered.earliest,
        None if month else scope.month,
        gathered.refusals,
        spends,
        daily,
    )
    part = ReportPart.of(gathered.filters, gathered.unmatched, ledgers)
    report = Report(
        made_at=scope.now,
        period=scope.period,
        growing=scope.growing,
        compared_with=before,
        today=scope.today,
        spends=tuple(spends),
        tokens=token_mix(gathered.completions, period=scope.period, before=before, days=scope.token_days),
        refusals=gathered.refusals,
        notes=(*part.notes(), *scope.token_days.notes(scope.period.start), *situation.notes()),
        daily=daily,
        left_out=most(gathered.left_out, *(ledger.left_out for ledger in (daily, *ledgers.values()))),
        part=part,
        token_days=scope.token_days,
    )
    return report.with_names(None)


def _ledgers(gathered: Gathered, cells: CostCells) -> dict[str, Ledger]:
    """By dimension. The rows by line item and project, which are many, have been added up as `cells`."""
    ledgers = {"line_item": cells.by_line_item()}
    for name, rows in gathered.by.items():
        is_of_cells = name == PROJECT and rows is gathered.line_items
        ledgers[name] = cells.by_project() if is_of_cells else Ledger.of(rows, by=name)
    return ledgers


def _is_cut(month: Period | None, earliest: date | None) -> bool:
    """Whether `month` begins before what is kept: its days are no month to date, and no forecast."""
    return month is not None and earliest is not None and month.start < earliest
