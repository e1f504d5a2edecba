"""The figures of one screen, taken from a report of the running month. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...report import Report, formatting, summary
from ...report.breakdowns import Breakdown
from ...report.changes import change, less
from ...report.entry_words import short
from ...report.periods import DAY, Period
from ...report.spending import Spend
from .figures import BudgetFigures, MonthFigures, Overview, SpendFigures, TopEntry, TopList

TOP = 5
_DAYS = 14
"""How many days are drawn."""
_WEEK = 7
_DIMENSIONS = ("project_id", "model")
_UNUSUAL_DAYS = 14
"""How long ago a day out of the ordinary may be to be told of."""


def overview_of(report: Report, *, read_at: float, budgets: Sequence[BudgetFigures]) -> Overview:
    """The figures of `report`, which is of the running month."""
    return Overview(
        read_at,
        report.today,
        tuple(_figures(report, spend) for spend in report.spends),
        tuple(budgets),
        summary.warning(report),
    )


def _figures(report: Report, spend: Spend) -> SpendFigures:
    today = report.today
    week = Period(today - _WEEK * DAY, today)
    yesterday = Period(today - DAY, today)

    def total(period: Period) -> Decimal:
        return _shortest(report.daily.total(spend.currency, period))

    drawn = report.daily.by_day(spend.currency, Period(today - _DAYS * DAY, today))
    return SpendFigures(
        spend.currency,
        total(Period(today, today + DAY)),
        _today_at_end(spend),
        change(total(yesterday), total(Period(yesterday.start - _WEEK * DAY, yesterday.end - _WEEK * DAY))),
        change(total(week), total(Period(week.start - _WEEK * DAY, week.start))),
        tuple(map(_shortest, drawn.values())),
        _month(report, spend),
        tuple(_top(each, report.period) for each in _listed(spend.breakdowns)),
        tuple(_unusual(report, spend)),
    )


def _today_at_end(spend: Spend) -> Decimal | None:
    found = spend.forecast
    if found is None or not found.path:
        return None
    return less(found.path[0].expected, found.spent, found.today.copy_negate())


def _month(report: Report, spend: Spend) -> MonthFigures | None:
    found = spend.forecast
    if found is None:
        return None
    return MonthFigures(
        found.period,
        _shortest(found.spent),
        spend.change,
        report.compared_with,
        found.expected,
        found.low,
        found.high,
    )


def _listed(breakdowns: Sequence[Breakdown]) -> Iterator[Breakdown]:
    """Those by the dimensions that are shown, in their order."""
    by_dimension = {each.dimension: each for each in breakdowns if each.entries}
    return (by_dimension[name] for name in _DIMENSIONS if name in by_dimension)


def _top(breakdown: Breakdown, period: Period) -> TopList:
    entries = breakdown.entries[:TOP]
    return TopList(
        breakdown.dimension,
        period,
        tuple(TopEntry(short(each, breakdown), _shortest(each.amount), each.share) for each in entries),
    )


def _shortest(amount: Decimal) -> Decimal:
    """The same amount without zeros at its end, as JSON shows it."""
    return Decimal(formatting.plain(amount))


def _unusual(report: Report, spend: Spend) -> Iterator[str]:
    """What stands out, as the report explains it."""
    if spend.explanation is None:
        return
    for found in reversed(spend.explanation.unusual_days):
        if found.day >= report.today - _UNUSUAL_DAYS * DAY:
            cost, usual = (formatting.money(each, spend.currency) for each in (found.amount, found.expected))
            yield f"{formatting.day(found.day)} cost {cost}, where {usual} is usual."


__all__ = ["TOP", "overview_of"]
