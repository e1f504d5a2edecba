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
    days = [attrs.evolve(day, ahead=ahead.pop(day.day).ahead) if day.day in ahead else day for day in days]
    return [*days, *ahead.values()] if report.period.monthly else days


def _ahead(forecast: Forecast) -> Iterator[ChartDay]:
    """The running day and those to come, each by itself."""
    total = less(forecast.spent, forecast.today)
    for place, day in enumerate(forecast.path):
        running = place == 0
        so_far = forecast.today if running else Decimal(0)
        beyond = max(Decimal(0), less(day.expected, total, so_far))
        yield ChartDay(day.day, so_far, ahead=beyond, is_running=running, is_ahead=not running)
        total = day.expected
