"""The report as a workbook: every sheet adds up to the figures of the report, and no name is run."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from html import unescape
from operator import methodcaller
from typing import Any

import pytest

from openai_org_usage.report import Report, render_html, render_workbook

from .hostile import hostile_report

openpyxl: Any = pytest.importorskip("openpyxl")


@pytest.fixture(scope="module")
def report() -> Report:
    return hostile_report()


def sheets(report: Report, **options: Any) -> dict[str, Any]:
    """The sheets by their names."""
    found = openpyxl.load_workbook(io.BytesIO(render_workbook(report, **options)))
    return {sheet.title: sheet for sheet in found}


def total(sheet: Any, head: str) -> Decimal:
    """The exact total below `head`, of which there are as many as there are currencies."""
    (place,) = [
        cell.column for cell in sheet[1] if str(cell.value).startswith(head) and "digits" in cell.value
    ]
    assert sheet.cell(sheet.max_row, place - 1).value == _sum_formula(sheet, place - 1)
    return Decimal(sheet.cell(sheet.max_row, place).value)


def _sum_formula(sheet: Any, place: int) -> str:
    letters = sheet.cell(1, place).column_letter
    return f"=SUM({letters}2:{letters}{sheet.max_row - 1})"


def test_every_sheet_adds_up(report: Report) -> None:
    """The days and each breakdown to the total, causes and effects to the change; exactly."""
    (spend, *_), found = report.spends, sheets(report)
    aside = f" ({spend.currency.upper()})" if len(report.spends) > 1 else ""

    assert total(found[f"Days{aside}"], "Amount") == spend.total
    amounts = [
        total(sheet, "Amount")
        for name, sheet in found.items()
        if re.fullmatch(rf"By .*{re.escape(aside)}", name)
    ]
    assert amounts[: len(spend.breakdowns)] == [spend.total] * len(spend.breakdowns)
    if spend.explanation is not None and spend.explanation.by:
        for name in ("Why it changed", "Volume, price and mix"):
            assert total(found[f"{name}{aside}"], "Change") == spend.explanation.by


def test_only_our_sums_are_formulas(report: Report) -> None:
    """Whatever projects, models and keys are called, and no cell is a link."""
    cells = [cell for sheet in sheets(report).values() for row in sheet.iter_rows() for cell in row]
    formulas = {cell.value for cell in cells if cell.data_type == "f"}
    assert all(re.fullmatch(r"=SUM\([A-Z]+2:[A-Z]+\d+\)", formula) for formula in formulas)
    assert [cell for cell in cells if cell.hyperlink] == []


def test_sections_and_weeks_are_as_asked_for(report: Report) -> None:
    """With the summary, which is always there."""
    from openai_org_usage.report import Section

    found = sheets(report, sections=[Section.DAYS], by="week")

    assert {name.partition(" (")[0] for name in found} == {"Summary", "Per week"}


def test_notebooks_show_the_page_in_a_frame(report: Report) -> None:
    """It is the HTML report, kept apart from the notebook; no name ends the frame."""
    shown = methodcaller("_repr_html_")(report)

    found = re.fullmatch(r'<iframe srcdoc="([^"]*)" sandbox title="[^"]*" style="[^"]*"></iframe>', shown)
    assert found is not None
    assert unescape(found[1]) == render_html(report)
