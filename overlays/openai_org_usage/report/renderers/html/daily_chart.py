"""The chart of what each day cost, by model; where weekdays meet, beside the period before. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import attrs

from ... import formatting
from ...periods import Period
from ...report import Report
from ...spending import Spend
from ...view import BarUnit
from ..scale import Scale
from ..time_axis import UNITS, ChartBar, fitting_bars, partial
from .chart import HEIGHT, STEP, Chart, FigureRow, FiguresTable, LegendEntry, StackPart, Stack, Ticks, up

MOST = 120
"""With more columns than these they are too thin to be told apart: they stand for months then, or years."""
_GAP = 14
_GAP_UNTIL = 70
"""With more columns than these there is no room between them."""


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
        gap=_GAP if count <= _GAP_UNTIL else 0,
        stacks=[columns.stack(bar) for bar in columns.bars],
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
        unit, columns = fitting_bars(spend.days, most=MOST, by=by)
        beside = report.compared_with is not None and _counterparts(
            report.compared_with, report.period, unit=unit
        )
        amounts = [sum((max(part, Decimal(0)) for part in bar.parts), Decimal(0)) for bar in columns]
        if beside:
            amounts += [bar.before for bar in columns if bar.before is not None]
        return cls(spend, unit, columns, beside, Scale.over(amounts))

    def about(self, before: Period | None) -> str:
        text = f"What each {self.unit} cost, by the largest models"
        incomplete = partial(self.bars, unit=self.unit)
        after = "" if incomplete is None else f" {incomplete}."
        if before is not None and self.beside:
            return f"{text}, each beside its counterpart in {formatting.days(before)} (a line).{after}"
        if before is not None and self.unit in ("day", "week"):
            return f"{text}. The period before began on another weekday and is not drawn.{after}"
        return f"{text}.{after}"

    def legend(self) -> Iterator[LegendEntry]:
        for place, text in enumerate(self._names()):
            if any(bar.parts[place] for bar in self.bars):
                yield LegendEntry(self._colour(place), text, is_name=True)
        if self.beside:
            yield LegendEntry("tick", "the period before")

    def stack(self, bar: ChartBar) -> Stack:
        before = up(self.scale, bar.before) if self.beside and bar.before is not None else None
        return Stack(list(self._segments(bar)), before)

    def figures(self) -> FiguresTable:
        compared = self.spend.change is not None
        heads = [self.unit.capitalize(), "Total", *(["Before"] if compared else []), *self._names()]
        rows = [
            FigureRow(self._called(bar), [bar.amount, *([bar.before] if compared else []), *bar.parts])
            for bar in self.bars
        ]
        return FiguresTable(f"Spend per {self.unit} by model", heads, rows)

    def _segments(self, bar: ChartBar) -> Iterator[StackPart]:
        base = Decimal(0)
        for place, (name, part) in enumerate(zip(self._names(), bar.parts, strict=True)):
            if part > 0:
                said = f"{self._called(bar)}, {name}: {formatting.money(part, self.spend.currency)}"
                height = self.scale.part(part) * HEIGHT
                yield StackPart(self._colour(place), said, up(self.scale, base + part), height)
                base += part

    def _names(self) -> list[str]:
        """What the parts of a column are called: the models that are followed, then all others."""
        known = [formatting.line_item(key) for key in self.spend.series]
        return [*known, "all other models" if known else "all models"]

    def _colour(self, place: int) -> str:
        return f"s{place}" if place < len(self.spend.series) else "rest"

    def _called(self, bar: ChartBar) -> str:
        return formatting.span(bar.period)


def _counterparts(before: Period, period: Period, *, unit: BarUnit) -> bool:
    """Whether the columns of `before` are of the same weekdays; months and years have no such ones."""
    return unit in ("day", "week") and before.start.weekday() == period.start.weekday()
