"""The chart of what each day cost, by line item; where weekdays meet, beside the period before."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .. import wording
from ..periods import Period
from ..report import Report
from ..scale import Scale
from ..spending import DaySpend, Spend
from .frame import HEIGHT, Chart, LegendEntry, Ticks, exact, figures_table, nothing, up
from .markup import Child, Markup, name, number, tag

CELL = 100
"""Units from one day to the next."""
_GAP_UNTIL = 70
"""With more days than these there is no room between them."""


def daily_chart(report: Report, spend: Spend, *, identifier: str) -> Chart:
    """Stacked columns: the largest line items, the others at the top; a tick for the period before.

    The ticks are left out where they would set a Sunday beside a Thursday.
    """
    before = report.compared_with
    beside = before is not None and before.start.weekday() == report.period.start.weekday()
    amounts = [sum((max(part, Decimal(0)) for part in day.parts), Decimal(0)) for day in spend.days]
    if beside:
        amounts += [day.before for day in spend.days if day.before is not None]
    scale = Scale.over(amounts)
    return Chart(
        identifier=identifier,
        heading="Spend per day",
        about=_about(before, beside=beside),
        legend=_legend(spend, beside=beside),
        scale=scale,
        currency=spend.currency,
        ticks=Ticks.of(
            [day.day for day in spend.days], at=lambda place: (place + Decimal("0.5")) / len(spend.days)
        ),
        width=CELL * len(spend.days),
        drawing=list(_drawing(spend, scale, beside=beside)),
        overlay=(),
        figures=_figures(spend),
    )


def _about(before: Period | None, *, beside: bool) -> str:
    text = "What each day cost, by the largest line items"
    if before is None:
        return f"{text}."
    if beside:
        return f"{text}, each beside its counterpart in {wording.days(before)} (a line)."
    return f"{text}. The period before began on another weekday: the running total compares the two."


def _names(spend: Spend) -> list[str]:
    """What the parts of a day are called: the line items that are followed, then all others."""
    known = [wording.label(key, None, "line_item") for key in spend.series]
    return [*known, "all other line items" if known else "all line items"]


def _legend(spend: Spend, *, beside: bool) -> list[LegendEntry]:
    entries = [
        LegendEntry(_colour(spend, place), name(text))
        for place, text in enumerate(_names(spend))
        if any(day.parts[place] for day in spend.days)
    ]
    return [*entries, LegendEntry("tick", "the period before")] if beside else entries


def _colour(spend: Spend, number: int) -> str:
    return f"s{number}" if number < len(spend.series) else "rest"


def _drawing(spend: Spend, scale: Scale, *, beside: bool) -> Iterator[Markup]:
    gap = 14 if len(spend.days) <= _GAP_UNTIL else 0
    for place, day in enumerate(spend.days):
        left = place * CELL + gap // 2
        yield tag(
            "g",
            list(_column(spend, day, scale, left=left, width=CELL - gap)),
            class_=None if gap else "dense",
        )
        if beside and day.before is not None:
            y = up(scale, day.before)
            x = {"x1": place * CELL, "x2": (place + 1) * CELL}
            yield tag("line", y1=y, y2=y, class_="before", vector_effect="non-scaling-stroke", **x)


def _column(spend: Spend, day: DaySpend, scale: Scale, *, left: int, width: int) -> Iterator[Markup]:
    names = _names(spend)
    base = Decimal(0)
    for place, part in enumerate(day.parts):
        if part <= 0:
            continue
        said = f"{wording.day(day.day)}, {names[place]}: {wording.money(part, spend.currency)}"
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


def _figures(spend: Spend) -> Markup:
    compared = spend.change is not None
    heads = ["Day", "Total", *(["Before"] if compared else [])]
    heads += _names(spend)
    rows: list[list[Child]] = []
    for day in spend.days:
        before = [exact(day.before, spend.currency) if day.before is not None else nothing()]
        parts = [exact(part, spend.currency) for part in day.parts]
        rows.append(
            [
                wording.day(day.day),
                exact(day.amount, spend.currency),
                *(before if compared else []),
                *parts,
            ]
        )
    return figures_table(heads, rows, caption="Spend per day by line item")
