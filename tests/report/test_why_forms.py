"""Why a spend changed, in every form: what moved most, how much that counts, and what adds up."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    Period,
    Report,
    Section,
    formatting,
    render_html,
    render_json,
    render_markdown,
    render_terminal,
)

from .figures import cost, report_of
from .pages import read_page
from .test_view import Renderer

BEFORE, MIDDLE, END = date(2026, 11, 5), date(2026, 11, 12), date(2026, 11, 19)
COSTS = {
    "doubled": (100, 200),
    "steady": (1000, 1010),
    "ended": (30, 0),
    "begun": (0, 20),
    "lower": (40, 34),
}
"""What a model costs in a day, in the week before and in that of the report."""


SAID = {
    "doubled": ("+$700.00", "\N{BLACK UP-POINTING TRIANGLE} +100.0%"),
    "ended": ("-$210.00", "\N{SOUTH EAST ARROW} gone"),
    "begun": ("+$140.00", "\N{NORTH EAST ARROW} new"),
    "steady": ("+$70.00", "+1.0%"),
    "lower": ("-$42.00", "-15.0%"),
}
"""What each says of its change, those that changed by most money first: only what counts has an arrow."""


@cache
def changed_report() -> Report:
    rows = [
        cost(day, str(amounts[day >= MIDDLE]), line_item=f"{model}, input")
        for model, amounts in COSTS.items()
        for day in Period.between(BEFORE, END).each_day()
        if amounts[day >= MIDDLE]
    ]
    return report_of(rows, period=Period.between(MIDDLE, END))


def seen_in_a_browser(report: Report, *, sections: Collection[Section]) -> str:
    page = read_page(render_html(report, sections=sections))
    rows = [node.text.replace("\n", " ") for node in page.every() if node.name in ("h3", "tr")]
    return "\n".join(rows)


@pytest.mark.parametrize("render", [render_terminal, render_markdown, seen_in_a_browser])
def test_what_changed_most_stands_first(render: Renderer) -> None:
    """With its change in money and in percent; what is small has no arrow; new and gone are told."""
    text = render(changed_report(), sections=[Section.WHY]).replace(formatting.MINUS, "-")
    table = re.split("what moved most", text, flags=re.IGNORECASE)[-1]
    lines = [line for line in table.splitlines() if any(model in line for model in COSTS)]
    found = [next(model for model in COSTS if model in line) for line in lines]
    assert found == [*SAID]
    for line, (money, percent) in zip(lines, SAID.values(), strict=True):
        assert money in line
        assert re.sub(r"[*\\]", "", line).rstrip(" |").endswith(percent)
        assert any(sign in line for sign in "↗↘▲▼") == (" " in percent)


def test_parts_add_up_to_the_change() -> None:
    """In JSON, to the last digit: causes, effects, and what moved by each dimension."""
    spend = json.loads(render_json(changed_report()))["spends"][0]
    found, change = spend["explanation"], Decimal(spend["change"]["by"])
    effects = ("volume", "mix", "price", "new", "gone", "unmeasured", "difference")
    assert change == Decimal(found["by"]) == 7 * sum(now - before for before, now in COSTS.values())
    assert exact_sum(Decimal(found["effects"][name]) for name in effects) == change
    assert (
        exact_sum(Decimal(each["amount"]) for each in [*found["causes"], {"amount": found["rest"]}]) == change
    )
    for movers in found["movers"].values():
        entries = [*movers["entries"], *([movers["rest"]] if movers["rest"] else [])]
        parts = [Decimal(each["change"]["by"]) for each in entries]
        assert exact_sum([*parts, Decimal(movers["difference"])]) == change
