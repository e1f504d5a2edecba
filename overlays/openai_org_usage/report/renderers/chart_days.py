"""The days of a chart: what each cost, what is ahead, and which are out of the ordinary. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import attrs

from ..changes import less
from ..explanation.unusual_days import UnusualDay
from ..forecast import Forecast
from ..report import Report
from ..spending import DaySpend, Spend


@attrs.frozen
class ChartDay:
    """A day as charts draw it."""

    day: date
    amount: Decimal
    """Exact: what it cost; of the running day, so far."""
    parts: tuple[Decimal, ...] = ()
    """Exact: by model, as in `DaySpend`; empty where only the sum is known."""
    before: Decimal | None = None
    """Exact: its counterpart in the period before."""
    ahead: Decimal = Decimal(0)
    """What it is expected to cost beyond `amount`: of the running day and those to come."""
    range: tuple[Decimal, Decimal] | None = None
    """What it will have cost lies between these four times in five; None where nothing is ahead, or known."""
    unusual: UnusualDay | None = None
    is_running: bool = False
    is_ahead: bool = False
    """Whether it is still to come."""

    @classmethod
    def of(cls, day: DaySpend, *, unusual: UnusualDay | None = None) -> ChartDay:
        """The day as the spend has it."""
        return cls(day.day, day.amount, day.parts, day.before, unusual=unusual)


def complete_days(spend: Spend) -> list[ChartDay]:
    """The days of the period as they are, without what is expected."""
    found = {} if spend.explanation is None else {each.day: each for each in spend.explanation.unusual_days}
    return [ChartDay.of(day, unusual=found.get(day.day)) for day in spend.days]


def chart_days(report: Report, spend: Spend) -> list[ChartDay]:
    """The days of the period, and after those of the running month the days that are forecast.

    Of another period that reaches today, only that day has something ahead of it.
    """
    days = [attrs.evolve(day, is_running=day.day == report.today) for day in complete_days(spend)]
    ahead = {} if spend.forecast is None else {day.day: day for day in _ahead(spend.forecast)}
    days = [_with(day, ahead.pop(day.day, None)) for day in days]
    return [*days, *ahead.values()] if report.period.monthly else days


def _with(day: ChartDay, ahead: ChartDay | None) -> ChartDay:
    return day if ahead is None else attrs.evolve(day, ahead=ahead.ahead, range=ahead.range)


def _ahead(forecast: Forecast) -> Iterator[ChartDay]:
    """The running day and those to come, each by itself."""
    total = less(forecast.spent, forecast.today)
    reach = _relative_reach(forecast) if forecast.path else None
    for place, day in enumerate(forecast.path):
        running = place == 0
        so_far = forecast.today if running else Decimal(0)
        whole = max(so_far, less(day.expected, total))
        around = None if reach is None else (max(so_far, whole - whole * reach), whole + whole * reach)
        ahead = less(whole, so_far)
        yield ChartDay(day.day, so_far, ahead=ahead, range=around, is_running=running, is_ahead=not running)
        total = day.expected


def _relative_reach(forecast: Forecast) -> Decimal | None:
    """How far a day alone may be off four times in five, in parts of what it is expected to cost.

    That is how far the next day may be off, in parts of the average day ahead.
    """
    known = less(forecast.spent, forecast.today)
    first, last = forecast.path[0], forecast.path[-1]
    average = less(last.expected, known) / len(forecast.path)
    return None if first.high is None or not average > 0 else less(first.high, first.expected) / average
