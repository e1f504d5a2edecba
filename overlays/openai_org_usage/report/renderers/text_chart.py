"""A chart of amounts in block characters: columns in eighths, a scale at the left, days below. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from rich.text import Text

from ..spending import DaySpend
from ..view import BarUnit
from .scale import Scale
from .time_axis import UNITS, ChartBar, bars, labels, partial, units

_ROWS = 9
"""About as many rows of characters; each step of the scale takes as many as the others."""
_CELL = 7
"""The widest that a column gets, with the gap."""
_BLOCKS = " ▁▂▃▄▅▆▇█"
_WEEKEND = 5


@attrs.frozen
class ColumnsChart:
    """Columns for the days of a period, or for its weeks, months or years where days have no room."""

    unit: BarUnit
    """What a column stands for."""
    bars: Sequence[ChartBar]
    scale: Scale
    marks: Sequence[str]
    """What stands beside the lines of the scale, from zero up."""
    width: int
    """In characters, the scale included."""

    @classmethod
    def of(
        cls, days: Sequence[DaySpend], *, currency: str, width: int, by: BarUnit | None = None
    ) -> ColumnsChart:
        """The chart with the finest columns, from `by` on, that fit side by side in `width` characters."""
        charts = (cls._by(unit, days, currency, width) for unit in units(days, by=by))
        return next(chart for chart in charts if len(chart.bars) <= chart.room or chart.unit == "year")

    @classmethod
    def _by(cls, unit: BarUnit, days: Sequence[DaySpend], currency: str, width: int) -> ColumnsChart:
        columns = bars(days, unit=unit)
        scale = Scale.over(bar.amount for bar in columns)
        return cls(unit, columns, scale, scale.labels(currency), width)

    @property
    def heading(self) -> str:
        """Such as `Per week (Monday to Sunday)`."""
        return f"Per {UNITS[self.unit]}"

    @property
    def note(self) -> str | None:
        """Which columns stand for less than the heading says; None if none does."""
        return partial(self.bars, unit=self.unit)

    @property
    def room(self) -> int:
        """How many characters the columns may take beside the scale."""
        return max(1, self.width - self._margin)

    @property
    def _margin(self) -> int:
        return max(map(len, self.marks)) + 1

    @property
    def _cell(self) -> int:
        return max(1, min(_CELL, self.room // max(1, len(self.bars))))

    def drawing(self) -> Text:
        """Rows of columns, then the base line with zero, then the labels of the days."""
        text = Text(no_wrap=True, overflow="crop")
        steps = len(self.marks) - 1
        each = max(2, _ROWS // steps)
        heights = [self._eighths(bar, rows=each * steps) for bar in self.bars]
        for row in range(each * steps, 0, -1):
            mark = "" if row % each else self.marks[row // each]
            text.append(f"{mark:>{self._margin - 1}} ", "dim")
            for bar, eighths in zip(self.bars, heights, strict=True):
                block = _BLOCKS[max(0, min(8, eighths - (row - 1) * 8))]
                text.append(f"{block * max(1, self._cell - 1):<{self._cell}}", self._style(bar))
            text.append("\n")
        text.append(f"{self.marks[0]:>{self._margin - 1}} {'─' * self._cell * len(self.bars)}\n", "dim")
        text.append(" " * self._margin + self._labels(), "dim")
        return text

    def _eighths(self, bar: ChartBar, *, rows: int) -> int:
        """How high a column is, in eighths of a row; one eighth at least if it cost anything."""
        return max(int(self.scale.part(bar.amount) * rows * 8), int(bar.amount > 0))

    def _style(self, bar: ChartBar) -> str:
        aside = bar.is_partial or (self.unit == "day" and bar.start.weekday() >= _WEEKEND)
        return "bright_black" if aside else "cyan"

    def _labels(self) -> str:
        line = ""
        starts = [bar.start for bar in self.bars]
        for place, text in labels(starts, unit=self.unit, room=self._cell * len(starts)):
            at = place * self._cell
            if at + len(text) <= self.room:
                line = line.ljust(at) + text
        return line
