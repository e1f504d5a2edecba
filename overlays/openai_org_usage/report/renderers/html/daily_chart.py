"""The chart of what each day cost, by model, with the days ahead and those out of the ordinary. Pure.

Where weekdays meet, each stands beside its counterpart in the period before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import attrs

from ... import formatting
from ...periods import Period
from ...report import Report
from ...spending import Spend
from ...view import BarUnit
from ..chart_days import chart_days
from ..scale import Scale
from ..time_axis import UNITS, ChartBar, fitting_bars, partial
from .chart import (
    HEIGHT,
    STEP,
    Chart,
    FigureRow,
    FiguresTable,
    LegendEntry,
    Marker,
    Stack,
    StackPart,
    Ticks,
    Tooltip,
    TooltipRow,
    up,
)

MOST = 120
"""With more columns than these they are too thin to be told apart: they stand for months then, or years."""
_GAP = 14
_GAP_UNTIL = 70
"""With more columns than these there is no room between them."""
_ZERO = Decimal(0)


def daily_chart(report: Report, spend: Spend, *, identifier: str, by: BarUnit | None = None) -> Chart:
    """Stacked columns: the largest models, the others at the top; a tick for the period before.

    The ticks are left out where they would set a Sunday beside a Thursday. Of long periods a column is a
    week, a month or a year, as the heading says.
    """
    columns = _Columns.of(report, spend, by=by)
    unit, count = columns.unit, len(columns.bars)
    return Chart(
        identifier=identifier,
        heading=f"Spend per {UNITS[unit]}",
        about=columns.about(report.compared_with),
        legend=list(columns.legend()),
        scale=columns.scale,
        currency=spend.currency,
        ticks=Ticks.of(
            [bar.start for bar in columns.bars],
            at=lambda place: (place + Decimal("0.5")) / count,
            unit=unit,
        ),
        width=STEP * count,
        figures=columns.figures(),
        tooltips=[columns.tooltip(bar) for bar in columns.bars],
        gap=_GAP if count <= _GAP_UNTIL else 0,
        stacks=[columns.stack(bar) for bar in columns.bars],
        markers=list(columns.markers()),
    )


@attrs.frozen
class _Columns:
    """The columns of one currency."""

    spend: Spend
    unit: BarUnit
    """What a column stands for."""
    bars: Sequence[ChartBar]
    beside: bool
    """Whether each has its counterpart in the period before beside it."""
    scale: Scale

    @classmethod
    def of(cls, report: Report, spend: Spend, *, by: BarUnit | None) -> _Columns:
        unit, columns = fitting_bars(chart_days(report, spend), most=MOST, by=by)
        beside = report.compared_with is not None and _counterparts(
            report.compared_with, report.period, unit=unit
        )
        reached = [edge for bar in columns for part in (*_edges(bar), bar.range or ()) for edge in part]
        if beside:
            reached += [bar.before for bar in columns if bar.before is not None]
        return cls(spend, unit, columns, beside, Scale.over(reached))

    def about(self, before: Period | None) -> str:
        text = f"What each {self.unit} cost, by the largest models"
        ahead = "; what is dashed is still to come" if any(bar.ahead for bar in self.bars) else ""
        incomplete = partial(self.bars, unit=self.unit)
        after = "" if incomplete is None else f" {incomplete}."
        if before is not None and self.beside:
            return f"{text}, each beside its counterpart in {formatting.days(before)} (a line){ahead}.{after}"
        if before is not None and self.unit in ("day", "week"):
            return f"{text}{ahead}. The period before began on another weekday and is not drawn.{after}"
        return f"{text}{ahead}.{after}"

    def legend(self) -> Iterator[LegendEntry]:
        for place, text in enumerate(self._names()):
            if any(bar.parts[place] for bar in self.bars if bar.parts):
                yield LegendEntry(self._colour(place), text, is_name=True)
        if self.beside:
            yield LegendEntry("tick", "the period before")
        if any(bar.amount and not bar.parts for bar in self.bars):
            yield LegendEntry("running", "today so far")
        if any(bar.ahead for bar in self.bars):
            yield LegendEntry("expected", "forecast")
        if any(bar.range for bar in self.bars):
            yield LegendEntry("range", "its range: four times in five")
        if any(bar.unusual for bar in self.bars):
            yield LegendEntry("unusual", "out of the ordinary")

    def stack(self, bar: ChartBar) -> Stack:
        before = up(self.scale, bar.before) if self.beside and bar.before is not None else None
        styles = [*(self._colour(place) for place in range(len(bar.parts))), "running", "expected"]
        edges = [*_edges(bar)]
        if bar.parts:
            styles.remove("running")
        parts = [
            StackPart(style, up(self.scale, max(low, high)), self.scale.size(high - low) * HEIGHT)
            for style, (low, high) in zip(styles, edges, strict=True)
            if low != high
        ]
        around = None if bar.range is None else (up(self.scale, bar.range[0]), up(self.scale, bar.range[1]))
        return Stack(parts, before, around)

    def markers(self) -> Iterator[Marker]:
        """Triangles above columns that have days out of the ordinary, by direction and size."""
        for place, bar in enumerate(self.bars):
            if bar.unusual:
                top = max(high for _, high in _edges(bar))
                left = (place + Decimal("0.5")) / len(self.bars) * 100
                extreme = any(day.is_extreme for day in bar.unusual)
                yield Marker(bar.unusual[0].by > 0, extreme, left, (1 - self.scale.part(top)) * 100)

    def tooltip(self, bar: ChartBar) -> Tooltip:
        """The total first, then what it is made of, from the top of the column."""
        rows = [TooltipRow("so far" if bar.is_running else "spent", self._money(bar.amount))]
        if bar.is_ahead:
            rows = []
        if bar.ahead:
            rows.append(TooltipRow("expected", self._money(bar.total), "expected"))
        if bar.range is not None:
            low, high = map(self._money, bar.range)
            rows += [TooltipRow("low", low), TooltipRow("high", high)]
        if bar.before is not None:
            rows.append(TooltipRow("the period before", self._money(bar.before)))
        parts = [*enumerate(zip(self._names(), bar.parts, strict=False))]
        rows += [
            TooltipRow(name, self._money(part), self._colour(place), is_name=True)
            for place, (name, part) in reversed(parts)
            if part
        ]
        return Tooltip(formatting.span(bar.period), rows, self._unusual(bar))

    def figures(self) -> FiguresTable:
        compared = self.spend.change is not None
        ahead = any(bar.ahead for bar in self.bars)
        heads = [self.unit.capitalize(), "Total", *(["Before"] if compared else [])]
        heads += [*(["Forecast"] if ahead else []), *self._names()]
        rows = [
            FigureRow(
                f"{formatting.span(bar.period)}{', so far' if bar.is_running else ''}",
                [
                    None if bar.is_ahead else bar.amount,
                    *([bar.before] if compared else []),
                    *([bar.total if bar.ahead else None] if ahead else []),
                    *(bar.parts or [None] * len(self._names())),
                ],
            )
            for bar in self.bars
        ]
        return FiguresTable(f"Spend per {self.unit} by model", heads, rows)

    def _unusual(self, bar: ChartBar) -> str | None:
        """What is out of the ordinary about it, if anything is."""
        said = [
            f"{'' if self.unit == 'day' else f'{formatting.day(day.day)}: '}"
            f"{formatting.signed_money(day.by, self.spend.currency)} beyond the usual "
            f"{self._money(day.expected)}"
            for day in bar.unusual
        ]
        return f"Out of the ordinary: {'; '.join(said)}." if said else None

    def _money(self, amount: Decimal) -> str:
        return formatting.money(amount, self.spend.currency)

    def _names(self) -> list[str]:
        """What the parts of a column are called: the models that are followed, then all others."""
        known = [formatting.line_item(key) for key in self.spend.series]
        return [*known, "all other models" if known else "all models"]

    def _colour(self, place: int) -> str:
        return f"s{place}" if place < len(self.spend.series) else "rest"


def _edges(bar: ChartBar) -> Iterator[tuple[Decimal, Decimal]]:
    """From where to where each part of a column reaches: credits down from zero, all else up.

    What is ahead stands at the top; where only the sum is known, that is the one part before it.
    """
    above = below = _ZERO
    for part in bar.parts or (bar.amount,):
        if part < 0:
            yield below, below + part
            below += part
        else:
            yield above, above + part
            above += part
    yield above, above + bar.ahead


def _counterparts(before: Period, period: Period, *, unit: BarUnit) -> bool:
    """Whether the columns of `before` are of the same weekdays; months and years have no such ones."""
    return unit in ("day", "week") and before.start.weekday() == period.start.weekday()
