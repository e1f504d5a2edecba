"""A report of some sections, and by week, month or year."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest

from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    BarUnit,
    Period,
    Report,
    Section,
    render_html,
    render_json,
    render_markdown,
    render_terminal,
)

from .figures import DAY, TODAY, daily, report_of
from .hostile import hostile_report
from .pages import read_page


class Renderer(Protocol):
    """What all forms have in common."""

    def __call__(self, report: Report, *, sections: Collection[Section]) -> str: ...


SIGNS = {
    Section.SUMMARY: 'will end near|"forecast"',
    Section.DAYS: r'Per day, |## Per week|Spend per day|"days": \[',
    Section.BREAKDOWNS: 'By line item|"breakdowns"',
    Section.PRICES: 'Effective unit prices|"unit_prices"',
    Section.TOKENS: r'Tokens|"tokens": \{',
    Section.NOTES: 'Notes|"notes"',
}
"""What stands in a form if it has the section, and only then."""


def seen_in_a_browser(report: Report, *, sections: Collection[Section]) -> str:
    return read_page(render_html(report, sections=sections)).one("main").text


@pytest.mark.parametrize("section", SIGNS)
@pytest.mark.parametrize("render", [render_terminal, render_markdown, seen_in_a_browser, render_json])
def test_a_section_stands_alone(render: Renderer, section: Section) -> None:
    """In every form; what the report is of and when it was made is there in any case."""
    text = render(hostile_report(), sections=[section])
    assert {each for each, sign in SIGNS.items() if re.search(sign, text)} == {section}
    assert re.search("November 2026|2026-11", text)
    assert re.search("Made 2026|made_at", text)


@pytest.mark.parametrize(("unit", "rows"), [("day", 689), ("week", 99), ("month", 23), ("year", 2)])
def test_time_is_cut_as_asked(unit: BarUnit, rows: int) -> None:
    """What the days, weeks, months or years of the period cost adds up to its total, exactly."""
    rows_of_days = daily(lambda day: day.day, start=date(2025, 1, 1), end=TODAY + DAY, line_item="a, input")
    report = report_of(rows_of_days, period=Period.between(date(2025, 1, 1), TODAY + DAY))

    spans = json.loads(render_json(report, by=unit))["spends"][0]["spans"]
    lines = render_markdown(report, sections=[Section.DAYS], by=unit).splitlines()

    assert len(spans) == rows == sum(line.startswith("| ") for line in lines) - 2
    assert exact_sum(Decimal(span["amount"]) for span in spans) == report.spends[0].total
    assert spans[-1]["is_partial"] == (unit != "day")
    fits = "year" if unit == "year" else "month"
    assert f"Per {fits}" in render_terminal(report, width=80, sections=[Section.DAYS], by=unit)
