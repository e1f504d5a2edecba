"""A chart of amounts in block characters: columns in eighths, a scale at the left, days below. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs
from rich.text import Text

from ..view import BarUnit
from .chart_days import ChartDay
from .scale import Scale
from .time_axis import UNITS, ChartBar, bars, labels, partial, units

_ROWS = 9
"""About as many rows of characters; each step of the scale takes as many as the others."""
_CELL = 7
"""The widest that a column gets, with the gap."""
_BLOCKS = " ▁▂▃▄▅▆▇█"
_HANGING = " ▔▔▀▀▀▀██"
"""The same from the top of a cell, as far as there are such characters."""
_RUNNING, _AHEAD = "▒", "░"
_MORE, _FEWER = "▲", "▼"
_SIGNS = {_RUNNING: "so far", _AHEAD: "forecast", _MORE: "more than usual", _FEWER: "less than usual"}
_WEEKEND = 5


@attrs.frozen
class ColumnsChart:
    """Columns for the days of a period, or for its weeks, months or years where days have no room."""

    unit: BarUnit
    """What a column stands for."""
    bars: Sequence[ChartBar]
    scale: Scale
    marks: Sequence[str]
    """What stands beside the lines of the scale, from the lowest up."""
    width: int
    """In characters, the scale included."""

    @classmethod
    def of(
        cls, days: Sequence[ChartDay], *, currency: str, width: int, by: BarUnit | None = None
    ) -> ColumnsChart:
        """The chart with the finest columns, from `by` on, that fit side by side in `width` characters."""
        charts = (cls._by(unit, days, currency, width) for unit in units(days, by=by))
        return next(chart for chart in charts if len(chart.bars) <= chart.room or chart.unit == "year")

    @classmethod
    def _by(cls, unit: BarUnit, days: Sequence[ChartDay], currency: str, width: int) -> ColumnsChart:
        columns = bars(days, unit=unit)
        scale = Scale.over(amount for bar in columns for amount in (bar.amount, bar.total))
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
    def key(self) -> str | None:
        """What the signs drawn in it stand for; None if it has none."""
        drawn = self.drawing().plain
        return "   ".join(f"{sign} {meaning}" for sign, meaning in _SIGNS.items() if sign in drawn) or None

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

    @property
    def _rows(self) -> int:
        """Rows of characters for each step of the scale."""
        return max(2, _ROWS // (len(self.marks) - 1))

    def drawing(self) -> Text:
        """Rows of columns with the base line among them, then signs, then the labels of the days."""
        text = Text(no_wrap=True, overflow="crop")
        below = -int(self.scale.bottom / self.scale.step) * self._rows
        above = (len(self.marks) - 1) * self._rows - below
        for row in range(above, -below - 1, -1):
            mark = "" if row % self._rows else self.marks[(row + below) // self._rows]
            text.append(f"{mark:>{self._margin - 1}} ", "dim")
            if row:
                for bar in self.bars:
                    text.append(self._cell_of(bar, row), self._style(bar))
            else:
                text.append("─" * self._cell * len(self.bars), "dim")
            text.append("\n")
        if any(bar.unusual for bar in self.bars):
            text.append(" " * self._margin)
            text.append_text(self._signs())
            text.append("\n")
        text.append(" " * self._margin + self._labels(), "dim")
        return text

    def _cell_of(self, bar: ChartBar, row: int) -> str:
        """What of a column lies in `row`, which counts from 1 upwards and from -1 downwards."""
        return f"{self._block(bar, row) * max(1, self._cell - 1):<{self._cell}}"

    def _block(self, bar: ChartBar, row: int) -> str:
        own, whole = self._eighths(bar.amount), self._eighths(bar.total)
        if row < 0:
            return _HANGING[max(0, min(8, -own + (row + 1) * 8))]
        if own > (row - 1) * 8:
            return _RUNNING if bar.is_running else _BLOCKS[min(8, own - (row - 1) * 8)]
        return _AHEAD if bar.ahead and whole > (row - 1) * 8 else " "

    def _eighths(self, amount: Decimal) -> int:
        """How high an amount is, in eighths of a row; one eighth at least if it is not zero."""
        size = max(int(abs(amount) / self.scale.step * self._rows * 8), int(bool(amount)))
        return -size if amount < 0 else size

    def _style(self, bar: ChartBar) -> str:
        if bar.unusual:
            return "bold yellow" if any(day.is_extreme for day in bar.unusual) else "yellow"
        aside = bar.is_partial or (self.unit == "day" and bar.start.weekday() >= _WEEKEND)
        return "bright_black" if aside and not bar.ahead else "cyan"

    def _signs(self) -> Text:
        """A triangle below each column that has days out of the ordinary."""
        text = Text()
        for bar in self.bars:
            text.append(f"{_sign(bar):<{self._cell}}", self._style(bar))
        return text

    def _labels(self) -> str:
        starts = [bar.start for bar in self.bars]
        columns = self._cell * len(starts)
        beside = Decimal(self.room - columns)
        line = ""
        for place, text in labels(starts, unit=self.unit, room=columns, beyond=beside):
            line = line.ljust(place * self._cell) + text
        return line


def _sign(bar: ChartBar) -> str:
    """The direction of its first day that is out of the ordinary."""
    if not bar.unusual:
        return ""
    return _MORE if bar.unusual[0].by > 0 else _FEWER
