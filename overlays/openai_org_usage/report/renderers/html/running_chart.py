"""The chart of the running total: so far, in the period before, and where the month will end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

import attrs

from ....money import exact_sum
from ... import formatting
from ...forecast import DayAhead, Forecast
from ...periods import Period
from ...report import Report
from ...spending import Spend
from ..scale import Scale
from .chart import (
    STEP,
    Chart,
    Curve,
    Dot,
    FigureRow,
    FiguresTable,
    LegendEntry,
    Ticks,
    Tooltip,
    TooltipRow,
    up,
)

_NEAR_LEFT, _NEAR_BOTTOM = 45, 12
"""Amounts touch on a phone if they are this near, in percent of the plot's width and height."""


def running_chart(report: Report, spend: Spend, *, identifier: str) -> Chart:
    """A line for what is spent, one for the period before, and the forecast with its range."""
    running = _RunningTotal.of(report, spend)
    scale = Scale.over(running.amounts())
    return Chart(
        identifier=identifier,
        heading=f"Running total, {formatting.days(running.period)}",
        about=running.about(),
        legend=list(running.legend()),
        scale=scale,
        currency=spend.currency,
        ticks=Ticks.of(running.period.each_day(), at=lambda place: Decimal(place + 1) / running.days),
        width=STEP * running.days,
        figures=running.figures(),
        tooltips=running.tooltips(spend.currency),
        curves=list(running.curves(scale)),
        dots=running.dots(scale, spend.currency),
    )


@attrs.frozen
class _RunningTotal:
    """Running totals at the end of each day."""

    period: Period
    so_far: tuple[Decimal, ...]
    """Of the complete days."""
    before: tuple[Decimal, ...]
    compared_with: Period | None
    forecast: Forecast | None

    @classmethod
    def of(cls, report: Report, spend: Spend) -> _RunningTotal:
        """Of the running month if it is forecast, else of the report's period."""
        if spend.forecast is None:
            compared, period, end = report.compared_with, report.period, report.period.end
        else:
            period, end = spend.forecast.period, report.today
            compared = period.before()
        daily = report.daily
        known = daily.by_day(spend.currency, period.until(end))
        before = {} if compared is None else daily.by_day(spend.currency, compared)
        if not any(before.values()):
            before, compared = {}, None
        return cls(period, _sums(known), _sums(before), compared, spend.forecast)

    @property
    def path(self) -> tuple[DayAhead, ...]:
        """The days ahead."""
        return self.forecast.path if self.forecast else ()

    @property
    def is_ranged(self) -> bool:
        """Whether the forecast has a range."""
        return bool(self.path) and self.path[-1].low is not None

    @property
    def days(self) -> int:
        """How many days the chart is wide."""
        return max(self.period.days, len(self.before))

    def amounts(self) -> list[Decimal]:
        """What the scale must hold."""
        ahead = [amount for day in self.path for amount in (day.expected, day.high) if amount is not None]
        return [*self.so_far, *self.before, *ahead]

    def about(self) -> str:
        text = "What was spent up to the end of each day"
        if self.compared_with is not None:
            text += f", against {formatting.days(self.compared_with)}"
        if self.path:
            text += "; from today on, the forecast"
        return f"{text}{' with its range' if self.is_ranged else ''}."

    def legend(self) -> Iterator[LegendEntry]:
        yield LegendEntry("line", "spent")
        if self.compared_with is not None:
            yield LegendEntry("earlier", formatting.days(self.compared_with))
        if self.path:
            yield LegendEntry("ahead", "forecast")
        if self.is_ranged:
            yield LegendEntry("band", "its range: four times in five")

    def curves(self, scale: Scale) -> Iterator[Curve]:
        """What lies below first. Totals begin in the bottom left corner, the forecast where they end."""
        nothing, done = Decimal(0), len(self.so_far)
        last = self.so_far[-1] if done else nothing
        if self.before:
            yield Curve("earlier", _points(scale, [nothing, *self.before]))
        if self.is_ranged:
            highs = [day.high for day in self.path if day.high is not None]
            lows = [day.low for day in self.path if day.low is not None]
            back = reversed(_points(scale, lows, first=done + 1))
            yield Curve("band", [*_points(scale, [last, *highs], first=done), *back], is_area=True)
        if self.path:
            expected = [day.expected for day in self.path]
            yield Curve("ahead", _points(scale, [last, *expected], first=done))
        yield Curve("line", _points(scale, [nothing, *self.so_far]))

    def dots(self, scale: Scale, currency: str) -> list[Dot]:
        """Dots where the lines end, with the amounts; of two that would touch, the forecast's."""

        def dot(kind: str, days: int, amount: Decimal) -> Dot:
            left, bottom = Decimal(days) / self.days * 100, scale.part(amount) * 100
            return Dot(kind, left, bottom, formatting.short_money(amount, currency))

        spent = [dot("line", len(self.so_far), self.so_far[-1])] if self.so_far else []
        ahead = [dot("ahead", self.period.days, self.path[-1].expected)] if self.path else []
        if spent and ahead and _touch(spent[0], ahead[0]):
            spent = [attrs.evolve(spent[0], text=None)]
        return [*spent, *ahead]

    def tooltips(self, currency: str) -> list[Tooltip]:
        """For each day what has been spent at its end, or will have been."""
        days, table = self.period.each_day(), self.figures()
        swatches = {"Spent": "line", "Forecast": "ahead", "Low": None, "High": None}

        def rows(place: int) -> list[TooltipRow]:
            amounts = zip(table.heads[1:], self._amounts(place), strict=True)
            return [
                TooltipRow(head.lower() if head in swatches else head, said, swatches.get(head, "earlier"))
                for head, amount in amounts
                if amount is not None and (said := formatting.money(amount, currency))
            ]

        tooltips = [Tooltip(f"End of {formatting.day(day)}", rows(place)) for place, day in enumerate(days)]
        return [*tooltips, *(Tooltip("", []) for _ in range(self.days - len(days)))]

    def figures(self) -> FiguresTable:
        heads = ["End of", "Spent"]
        heads += [formatting.days(self.compared_with)] if self.compared_with else []
        heads += ["Forecast", "Low", "High"] if self.path else []
        days = self.period.each_day()
        rows = [FigureRow(formatting.day(day), self._amounts(place)) for place, day in enumerate(days)]
        return FiguresTable("Running total", heads, rows)

    def _amounts(self, place: int) -> list[Decimal | None]:
        """All that is known of the day in this place."""
        row: list[Decimal | None] = [self.so_far[place] if place < len(self.so_far) else None]
        if self.compared_with is not None:
            row.append(self.before[place] if place < len(self.before) else None)
        if self.path:
            ahead = place - len(self.so_far)
            day = self.path[ahead] if ahead >= 0 else None
            row += [None, None, None] if day is None else [day.expected, day.low, day.high]
        return row


def _sums(days: Mapping[date, Decimal]) -> tuple[Decimal, ...]:
    return tuple(accumulate(days.values(), lambda total, amount: exact_sum((total, amount))))


def _points(scale: Scale, amounts: Sequence[Decimal], *, first: int = 0) -> list[tuple[int, Decimal]]:
    """Where `amounts` are drawn, one at the end of each day, the first after `first` days."""
    return [((first + place) * STEP, up(scale, amount)) for place, amount in enumerate(amounts)]


def _touch(one: Dot, other: Dot) -> bool:
    return abs(one.left - other.left) < _NEAR_LEFT and abs(one.bottom - other.bottom) < _NEAR_BOTTOM
