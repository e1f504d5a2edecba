"""The chart of what each day cost, by line item; where weekdays meet, beside the period before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ... import formatting
from ...periods import DAY, Period
from ...report import Report
from ...scale import Scale
from ...spending import DaySpend, Spend
from ...time_axis import BEGINNINGS, UNITS, Bar, bars, partial
from .chart import HEIGHT, Chart, LegendEntry, Ticks, exact, figures_table, nothing, up
from .markup import Child, Markup, name, number, tag

CELL = 100
"""Units from one column to the next."""
MOST = 120
"""With more columns than these they are too thin to be told apart: they stand for weeks then, or months."""
_GAP_UNTIL = 70
"""With more columns than these there is no room between them."""


def daily_chart(report: Report, spend: Spend, *, identifier: str) -> Chart:
    """Stacked columns: the largest line items, the others at the top; a tick for the period before.

    The ticks are left out where they would set a Sunday beside a Thursday. Of long periods a column is a
    week, a month or a year, as the heading says.
    """
    before = report.compared_with
    unit = _unit(spend.days)
    columns = bars(spend.days, unit=unit)
    beside = before is not None and _counterparts(before, report.period, unit=unit)
    amounts = [sum((max(part, Decimal(0)) for part in bar.parts), Decimal(0)) for bar in columns]
    if beside:
        amounts += [bar.before for bar in columns if bar.before is not None]
    scale = Scale.over(amounts)
    return Chart(
        identifier=identifier,
        heading=f"Spend per {UNITS[unit]}",
        about=_about(before, columns, unit=unit, beside=beside),
        legend=_legend(spend, columns, beside=beside),
        scale=scale,
        currency=spend.currency,
        ticks=Ticks.of(
            [bar.start for bar in columns],
            at=lambda place: (place + Decimal("0.5")) / len(columns),
            unit=unit,
        ),
        width=CELL * len(columns),
        drawing=list(_drawing(spend, columns, scale, unit=unit, beside=beside)),
        overlay=(),
        figures=_figures(spend, columns, unit=unit),
    )


def _unit(days: Sequence[DaySpend]) -> str:
    """The finest that gives columns which can be told apart."""
    return next((unit for unit in BEGINNINGS if len(bars(days, unit=unit)) <= MOST), "year")


def _counterparts(before: Period, period: Period, *, unit: str) -> bool:
    """Whether the columns of `before` are of the same weekdays; months and years have no such ones."""
    return unit in ("day", "week") and before.start.weekday() == period.start.weekday()


def _about(before: Period | None, columns: Sequence[Bar], *, unit: str, beside: bool) -> str:
    text = f"What each {unit} cost, by the largest line items"
    incomplete = partial(columns, unit=unit)
    after = "" if incomplete is None else f" {incomplete}."
    if before is None:
        return f"{text}.{after}"
    if beside:
        return f"{text}, each beside its counterpart in {formatting.days(before)} (a line).{after}"
    if unit not in ("day", "week"):
        return f"{text}.{after}"
    return f"{text}. The period before began on another weekday and is not drawn.{after}"


def _called(bar: Bar, *, unit: str) -> str:
    return (
        formatting.day(bar.start)
        if unit == "day"
        else formatting.days(Period(bar.start, bar.start + bar.days * DAY))
    )


def _names(spend: Spend) -> list[str]:
    """What the parts of a column are called: the line items that are followed, then all others."""
    known = [formatting.label(key, None, "line_item") for key in spend.series]
    return [*known, "all other line items" if known else "all line items"]


def _legend(spend: Spend, columns: Sequence[Bar], *, beside: bool) -> list[LegendEntry]:
    entries = [
        LegendEntry(_colour(spend, place), name(text))
        for place, text in enumerate(_names(spend))
        if any(bar.parts[place] for bar in columns)
    ]
    return [*entries, LegendEntry("tick", "the period before")] if beside else entries


def _colour(spend: Spend, number: int) -> str:
    return f"s{number}" if number < len(spend.series) else "rest"


def _drawing(
    spend: Spend, columns: Sequence[Bar], scale: Scale, *, unit: str, beside: bool
) -> Iterator[Markup]:
    gap = 14 if len(columns) <= _GAP_UNTIL else 0
    for place, bar in enumerate(columns):
        left = place * CELL + gap // 2
        yield tag(
            "g",
            list(_column(spend, bar, scale, called=_called(bar, unit=unit), left=left, width=CELL - gap)),
            class_=None if gap else "dense",
        )
        if beside and bar.before is not None:
            y = up(scale, bar.before)
            x = {"x1": place * CELL, "x2": (place + 1) * CELL}
            yield tag("line", y1=y, y2=y, class_="before", vector_effect="non-scaling-stroke", **x)


def _column(spend: Spend, bar: Bar, scale: Scale, *, called: str, left: int, width: int) -> Iterator[Markup]:
    names = _names(spend)
    base = Decimal(0)
    for place, part in enumerate(bar.parts):
        if part <= 0:
            continue
        said = f"{called}, {names[place]}: {formatting.money(part, spend.currency)}"
        yield tag(
            "rect",
            tag("title", said),
            x=left,
            y=up(scale, base + part),
            width=width,
            height=number(scale.part(part) * HEIGHT),
            class_=_colour(spend, place),
        )
        base += part


def _figures(spend: Spend, columns: Sequence[Bar], *, unit: str) -> Markup:
    compared = spend.change is not None
    heads = [unit.capitalize(), "Total", *(["Before"] if compared else [])]
    heads += _names(spend)
    rows: list[list[Child]] = []
    for bar in columns:
        before = [exact(bar.before, spend.currency) if bar.before is not None else nothing()]
        parts = [exact(part, spend.currency) for part in bar.parts]
        rows.append(
            [
                _called(bar, unit=unit),
                exact(bar.amount, spend.currency),
                *(before if compared else []),
                *parts,
            ]
        )
    return figures_table(heads, rows, caption=f"Spend per {unit} by line item")
