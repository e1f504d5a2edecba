"""The chart of the running total: so far, in the period before, and where the month will end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

import attrs

from ....money import exact_sum
from ... import formatting
from ...forecast import DayAhead, Forecast
from ...periods import Period
from ...report import Report
from ...scale import Scale
from ...spending import Spend
from .chart import Chart, LegendEntry, Ticks, exact, figures_table, nothing, polyline, up
from .markup import Child, Markup, number, tag

STEP = 100
"""Units from one day to the next."""
_NEAR = (Decimal(45), Decimal(12))
"""Amounts touch on a phone if they are this near, in percent of the plot's width and height."""


@attrs.frozen
class Running:
    """Running totals at the end of each day."""

    period: Period
    so_far: tuple[Decimal, ...]
    """Of the complete days."""
    before: tuple[Decimal, ...]
    compared_with: Period | None
    forecast: Forecast | None

    @classmethod
    def of(cls, report: Report, spend: Spend) -> Running:
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
    def days(self) -> int:
        """How many days the chart is wide."""
        return max(self.period.days, len(self.before))

    def highest(self) -> list[Decimal]:
        """Amounts that the scale must hold."""
        ahead = [amount for day in self.path for amount in (day.expected, day.high) if amount is not None]
        return [*self.so_far, *self.before, *ahead]


def running_chart(report: Report, spend: Spend, *, identifier: str) -> Chart:
    """A line for what is spent, one for the period before, and the forecast with its range."""
    running = Running.of(report, spend)
    scale = Scale.over(running.highest())
    return Chart(
        identifier=identifier,
        heading=f"Running total, {formatting.days(running.period)}",
        about=_about(running),
        legend=_legend(running),
        scale=scale,
        currency=spend.currency,
        ticks=Ticks.of(running.period.each_day(), at=lambda place: Decimal(place + 1) / running.days),
        width=STEP * running.days,
        drawing=_drawing(running, scale),
        overlay=_overlay(running, scale, spend.currency),
        figures=_figures(running, spend.currency),
    )


def _sums(days: Mapping[date, Decimal]) -> tuple[Decimal, ...]:
    return tuple(accumulate(days.values(), lambda total, amount: exact_sum((total, amount))))


def _about(running: Running) -> str:
    text = "What was spent up to the end of each day"
    if running.compared_with is not None:
        text += f", against {formatting.days(running.compared_with)}"
    if running.path:
        text += "; from today on, the forecast"
        text += " with its range" if running.path[-1].low is not None else ""
    return f"{text}."


def _legend(running: Running) -> list[LegendEntry]:
    entries = [LegendEntry("line", "spent")]
    if running.compared_with is not None:
        entries.append(LegendEntry("earlier", formatting.days(running.compared_with)))
    if running.path:
        entries.append(LegendEntry("ahead", "forecast"))
        if running.path[-1].low is not None:
            entries.append(LegendEntry("band", "its range: four times in five"))
    return entries


def _points(amounts: Sequence[Decimal], scale: Scale, *, first: int = 0) -> list[tuple[Decimal | int, str]]:
    """At the end of each day, from the bottom left corner on if it is the first."""
    start: list[tuple[Decimal | int, str]] = [] if first else [(0, up(scale, Decimal(0)))]
    return start + [((first + place + 1) * STEP, up(scale, amount)) for place, amount in enumerate(amounts)]


def _drawing(running: Running, scale: Scale) -> list[Markup]:
    done = len(running.so_far)
    last = running.so_far[-1] if done else Decimal(0)
    drawn: list[Markup] = []
    if running.before:
        drawn.append(polyline(_points(running.before, scale), class_="earlier"))
    if running.path:
        joint = (done * STEP, up(scale, last))
        lows = [day.low for day in running.path if day.low is not None]
        highs = [day.high for day in running.path if day.high is not None]
        if lows:
            edge = [joint, *_ahead(highs, scale, done), *reversed(_ahead(lows, scale, done))]
            points = " ".join(f"{number(Decimal(x))},{y}" for x, y in edge)
            drawn.append(tag("polygon", points=points, class_="band"))
        middle = [joint, *_ahead([day.expected for day in running.path], scale, done)]
        drawn.append(polyline(middle, class_="ahead"))
    return [*drawn, polyline(_points(running.so_far, scale), class_="line")]


def _ahead(amounts: Sequence[Decimal], scale: Scale, done: int) -> list[tuple[int, str]]:
    return [((done + place + 1) * STEP, up(scale, amount)) for place, amount in enumerate(amounts)]


def _overlay(running: Running, scale: Scale, currency: str) -> list[Markup]:
    """Dots where the lines end, with the amounts; of two that would touch, the forecast's."""
    ends: list[tuple[str, int, Decimal]] = []
    if running.so_far:
        ends.append(("line", len(running.so_far), running.so_far[-1]))
    if running.path:
        ends.append(("ahead", running.period.days, running.path[-1].expected))
    places = [_place(running, scale, days, amount) for _, days, amount in ends]
    touching = len(places) == 2 and all(abs(a - b) < near for a, b, near in zip(*places, _NEAR, strict=True))
    dots: list[Markup] = []
    for (kind, _, amount), place in zip(ends, places, strict=True):
        hidden = touching and kind == "line"
        text = None if hidden else formatting.short_money(amount, currency)
        dots.append(_dot(text, *place, kind=kind))
    return dots


def _place(running: Running, scale: Scale, days: int, amount: Decimal) -> tuple[Decimal, Decimal]:
    """From the left and from the bottom, in percent."""
    return Decimal(days) / running.days * 100, scale.part(amount) * 100


def _dot(text: str | None, left: Decimal, bottom: Decimal, *, kind: str) -> Markup:
    side = "left" if left > 60 else "right"
    style = f"left:{number(left)}%;bottom:{number(bottom)}%"
    amount = None if text is None else tag("b", text)
    return tag("span", amount, class_=f"dot {kind} {side}", style=style, aria_hidden="true")


def _figures(running: Running, currency: str) -> Markup:
    heads = ["End of", "Spent"]
    heads += [formatting.days(running.compared_with)] if running.compared_with else []
    heads += ["Forecast", "Low", "High"] if running.path else []
    days = running.period.each_day()
    rows = [_row(running, currency, place, day) for place, day in enumerate(days)]
    return figures_table(heads, rows, caption="Running total")


def _row(running: Running, currency: str, place: int, day: date) -> list[Child]:
    row: list[Child] = [formatting.day(day), _cell(running.so_far, place, currency)]
    if running.compared_with is not None:
        row.append(_cell(running.before, place, currency))
    if running.path:
        ahead = place - len(running.so_far)
        for amounts in (
            [each.expected for each in running.path],
            [each.low for each in running.path],
            [each.high for each in running.path],
        ):
            row.append(_cell(amounts, ahead, currency))
    return row


def _cell(amounts: Sequence[Decimal | None], place: int, currency: str) -> Markup:
    amount = amounts[place] if 0 <= place < len(amounts) else None
    return nothing() if amount is None else exact(amount, currency)
