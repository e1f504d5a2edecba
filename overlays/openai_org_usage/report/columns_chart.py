"""A chart of daily amounts in block characters: columns in eighths, a scale at the left, days below."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from .spending import DaySpend

HEIGHT = 8
_MARGIN = 9
_BLOCKS = " ▁▂▃▄▅▆▇█"
_WEEKEND = 5


def columns_chart(days: Sequence[DaySpend], *, width: int) -> Text:
    """The amounts of `days` as columns; days that do not fit side by side are added up in groups."""
    group = -(-len(days) // max(1, width - _MARGIN))
    groups = [days[start : start + group] for start in range(0, len(days), group)]
    heights = [sum((day.amount for day in each), Decimal(0)) for each in groups]
    highest = max([*heights, Decimal(0)]) or Decimal(1)
    cell = max(1, min(4, (width - _MARGIN) // max(1, len(groups))))
    text = Text(no_wrap=True, overflow="crop")
    for level in range(HEIGHT - 1, -1, -1):
        text.append(f"{_scale(highest * (level + 1) / HEIGHT):>{_MARGIN - 1}} ", "dim")
        for each, height in zip(groups, heights, strict=True):
            eighths = int(height / highest * HEIGHT * 8) - level * 8
            block = _BLOCKS[max(0, min(8, eighths))]
            text.append(f"{block * max(1, cell - 1):<{cell}}", _style(each))
        text.append("\n")
    text.append(" " * _MARGIN + _labels(groups, cell), "dim")
    return text


def _style(days: Sequence[DaySpend]) -> str:
    return "bright_black" if len(days) == 1 and days[0].day.weekday() >= _WEEKEND else "cyan"


def _scale(value: Decimal) -> str:
    """A number in at most eight characters."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:,.1f}M"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= Decimal("0.01") else f"{value:.1e}"


def _labels(groups: Sequence[Sequence[DaySpend]], cell: int) -> str:
    """Days of the month under their columns, as many as have room, and the month where it begins."""
    line = ""
    for number, days in enumerate(groups):
        first = days[0].day
        at = number * cell
        name = f"{first.day} {first:%b}" if number == 0 or first.day == 1 else str(first.day)
        if at >= len(line) + (1 if line else 0) and (
            number == 0 or len(days) > 1 or cell > 2 or first.day % 5 == 0
        ):
            line = line.ljust(at) + name
    return line
