"""Reports of every size: what is spent in a day from next to nothing to millions, over a day to a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from random import Random

from openai_org_usage._generated import CostsRow
from openai_org_usage.report import Period, Report, render_html, render_terminal

from .figures import DAY, NOW, TODAY, daily, report_of, tokens
from .pages import Node, read_page

A_DAY = ("0.0003", "0.50", "500", "50000", "12000000")
DAYS = (1, 7, 31, 92, 365)
GRID = tuple(product(A_DAY, DAYS))
FEWER = tuple((a_day, DAYS[(place + step) % 5]) for place, a_day in enumerate(A_DAY) for step in (0, 2, 4))
"""Every size with three ranges, every range with three sizes: for what takes long."""
WIDTHS = (60, 80, 120)
"""Columns of a terminal."""

_ITEMS = (
    ("gpt-6-2026-08-07, input", "0.18"),
    ("gpt-6-2026-08-07, cached input", "0.08"),
    ("gpt-6-2026-08-07, output", "0.16"),
    ("gpt-6-mini-2026-08-07, output", "0.07"),
    ("text-embedding-3-large", "0.04"),
    ("Image models", "0.03"),
    (None, "0.01"),
    *((f"fine-tuned-{number}, output", "0.0358") for number in range(12)),
)
"""Line items and their part of a day; what is not shown is together more than the largest that is."""


@cache
def report_over(a_day: str, days: int) -> Report:
    """A report of the last `days` days, today included, on each of which about `a_day` was spent."""
    size = Decimal(a_day)
    rows = [row for place in range(len(_ITEMS)) for row in _rows(place, size, days=days)]
    completions = [
        tokens(
            TODAY - number * DAY,
            model="gpt-6-2026-08-07",
            input_tokens=int(size * 90_000),
            input_cached_tokens=int(size * 40_000),
            output_tokens=int(size * 30_000),
            num_model_requests=int(size * 100),
        )
        for number in range(2 * days + 1)
    ]
    period = Period.last_days(days, now=NOW)
    return report_of(rows, period=period, completions=completions, by={"project_id": rows})


@cache
def page_over(a_day: str, days: int) -> Node:
    """That report as a page."""
    return read_page(render_html(report_over(a_day, days)))


@cache
def text_over(a_day: str, days: int, *, width: int) -> str:
    """That report on a terminal."""
    return render_terminal(report_over(a_day, days), width=width)


def _rows(place: int, size: Decimal, *, days: int) -> list[CostsRow]:
    """What the line item in `place` costs: some days more than others, less on Saturdays and Sundays."""
    dice = Random(place)
    item, part = _ITEMS[place]

    def cost_of(day: date) -> Decimal:
        weekday = 1 if day.weekday() < 5 else Decimal("0.35")
        return size * Decimal(part) * weekday * dice.randint(60, 140) / 100

    return daily(
        cost_of,
        start=TODAY - max(2 * days, 90) * DAY,
        end=TODAY + DAY,
        line_item=item,
        project_id=f"proj_{place % 5}",
        project_name=f"Project {place % 5}",
        quantity=size * 1000,
        quantity_unit="1000_tokens",
    )
