"""Money of any size over any time, in all forms: figures that fit, round axes, bars that are true."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    Gathered,
    Period,
    Scope,
    formatting,
    make_report,
    render_html,
    render_json,
    render_markdown,
    render_terminal,
)
from openai_org_usage.report.renderers.chart_days import ChartDay, complete_days
from openai_org_usage.report.renderers.name_cell import cut_in_middle
from openai_org_usage.report.renderers.scale import Scale
from openai_org_usage.report.renderers.text_chart import ColumnsChart
from openai_org_usage.report.renderers.time_axis import MOST_DAYS, labels

from .figures import DAY, NOW, TODAY, daily, report_of, seconds
from .pages import read_page
from .sizes import GRID, WIDTHS, page_over, report_over, text_over

EXAMPLES = settings(max_examples=80, deadline=None)
UNITS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
anything = st.tuples(st.integers(1, 10**34), st.integers(-6176, 6111)).map(
    lambda parts: Decimal(parts[0]).scaleb(parts[1])
)
"""Amounts above zero, such as the API may send."""
everyday = st.decimals(min_value="0.01", max_value="1e9", places=4)


def read(mark: str) -> tuple[Decimal, str]:
    """The amount and the unit that a mark of a scale says."""
    match = re.fullmatch(rf"{formatting.MINUS}?\$([\d,]+(?:\.\d+)?)(?:([kMBT])|e(-?\d+))?", mark)
    assert match is not None, mark
    digits, unit, exponent = match.groups()
    factor = Decimal(UNITS[unit or ""]) if exponent is None else Decimal(1).scaleb(int(exponent))
    factor = -factor if mark.startswith(formatting.MINUS) else factor
    return Decimal(digits.replace(",", "")) * factor, unit or exponent or ""


def check_marks(marks: list[str]) -> None:
    """Equal round steps with `$0` among them: in one unit, with as many decimals each, no two alike."""
    assert len(set(marks)) == len(marks) > 1
    others = [mark for mark in marks if mark != "$0"]
    assert len(others) == len(marks) - 1
    amounts = [read(mark)[0] for mark in marks]
    assert len({read(mark)[1] for mark in others}) == 1
    assert len({mark.partition(".")[2] and len(mark.partition(".")[2]) for mark in others}) == 1
    step = amounts[1] - amounts[0]
    assert amounts == [amounts[0] + step * number for number in range(len(marks))]
    assert step.normalize().as_tuple().digits in ((1,), (2,), (2, 5), (5,))
    whole = re.fullmatch(r"\D*[\d,]+(\.\d+?)0*", others[0])
    assert whole is None or len(others[0].partition(".")[2]) >= 2, "cents are two digits"


def marks_of(text: str) -> list[str]:
    """The marks of the chart of columns, from the lowest."""
    chart = text.partition("\nPer ")[2].partition("\nBy ")[0].splitlines()[1:]
    return [match[0] for line in reversed(chart) if (match := re.match(r" *(\$[\d.,]+[kMBT]?)(?= |$)", line))]


@pytest.mark.parametrize(("a_day", "days"), GRID)
def test_every_scale_is_round(a_day: str, days: int) -> None:
    """On the terminal, where there is no chart of a single day, and on the page."""
    for scale in page_over(a_day, days).every("div", "scale"):
        check_marks([mark.text for mark in scale.every("span")])
    for width in WIDTHS:
        marks = [mark.strip() for mark in marks_of(text_over(a_day, days, width=width))]
        assert (marks == []) == (days == 1)
        if marks:
            check_marks(marks)


@EXAMPLES
@given(anything | everyday)
def test_every_amount_has_a_scale(amount: Decimal) -> None:
    """It holds the amount in three to five steps, and its marks say where the lines are."""
    scale = Scale.over([amount, Decimal(0)])
    assert scale.top >= amount * Decimal("0.9999999999")
    marks = scale.labels("usd")
    assert 3 <= len(marks) - 1 <= 5
    check_marks(marks)
    assert [read(mark)[0] for mark in marks] == scale.lines()
    assert max(map(len, marks)) <= 12


@EXAMPLES
@given(anything | everyday)
def test_money_of_any_size_fits_a_column(amount: Decimal) -> None:
    """So do quantities, prices and ratios of any size."""
    assert len(formatting.money(-amount, "usd")) <= 25
    assert len(formatting.price(amount.quantize(Decimal("1e-8")) if amount < 1 else amount, "usd")) <= 25
    assert len(formatting.short_money(amount, "usd")) <= 22
    assert len(formatting.count(amount)) <= 13
    assert len(formatting.percent(amount, signed=True)) <= 13


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (9999, "9,999"),
        (12_345, "12.3k"),
        (999_999, "1.00M"),
        (Decimal("12.3456789"), "12.3"),
        (Decimal("1234.5678"), "1,235"),
        (Decimal("0.00123456"), "0.00123"),
        (Decimal("0.5"), "0.5"),
        (10**16, "1.00e16"),
    ],
)
def test_counts_have_three_digits(number: int | Decimal, said: str) -> None:
    """Whole numbers below ten thousand have all of theirs."""
    assert formatting.count(number) == said


@pytest.mark.parametrize("width", [24, *WIDTHS])
@EXAMPLES
@given(days=st.integers(min_value=2, max_value=3660), first=st.dates(date(2023, 1, 1), date(2027, 1, 1)))
def test_columns_say_what_they_stand_for(width: int, days: int, first: date) -> None:
    """All days are in one of them, as many as said; what is partial is told; and all of it fits."""
    spent = [ChartDay(first + place * DAY, Decimal(place % 9)) for place in range(days)]
    chart = ColumnsChart.of(spent, currency="usd", width=width)
    assert sum(bar.days for bar in chart.bars) == days
    assert exact_sum(bar.amount for bar in chart.bars) == exact_sum(day.amount for day in spent)
    whole = {"day": {1}, "week": {7}, "month": {28, 29, 30, 31}, "year": {365, 366}}[chart.unit]
    assert {bar.whole for bar in chart.bars} <= whole
    assert f"Per {chart.unit}" in chart.heading
    assert (chart.note is None) == all(bar.days == bar.whole for bar in chart.bars)
    assert all(bar.days == bar.whole for bar in chart.bars[1:-1])
    lines = chart.drawing().plain.splitlines()
    assert max(map(len, lines)) <= width
    assert (chart.unit == "day") == (days <= min(chart.room, MOST_DAYS))


@pytest.mark.parametrize("days", [31, 365])
def test_columns_are_as_high_as_their_amounts(days: int) -> None:
    """To an eighth of a row, of the scale at their left."""
    chart = ColumnsChart.of(complete_days(report_over("500", days).spends[0]), currency="usd", width=80)
    rows = chart.drawing().plain.splitlines()[:-2]
    start = max(map(len, chart.marks)) + 1
    cell = chart.room // len(chart.bars)
    for place, bar in enumerate(chart.bars):
        at = start + place * min(cell, 7)
        drawn = sum(" ▁▂▃▄▅▆▇█".index(row[at : at + 1] or " ") for row in rows)
        assert drawn == int(bar.amount / chart.scale.top * len(rows) * 8)


@EXAMPLES
@given(
    days=st.integers(min_value=1, max_value=3660),
    first=st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    room=st.integers(min_value=12, max_value=120),
)
def test_labels_have_months_and_do_not_touch(days: int, first: date, room: int) -> None:
    """Each says its own day, and there is room for it before the next; where years mix, it says the year."""
    starts = [first + place * DAY for place in range(days)]
    found = labels(starts, room=room)
    assert found
    for place, text in found:
        day, month, *year = text.split()
        assert (int(day), month) == (starts[place].day, MONTHS[starts[place].month - 1])
        assert year == ([f"{starts[place].year}"] if days > 367 else [])
    for (place, text), (following, _) in pairwise(found):
        assert (following - place) * room / days >= len(text) + 1


@pytest.mark.parametrize(("a_day", "days"), GRID)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_in_a_terminal(a_day: str, days: int, width: int) -> None:
    """Every amount stands there whole, no line is too wide, and no two names are cut to the same."""
    text = text_over(a_day, days, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    flat = " ".join(text.split())
    for spend in report_over(a_day, days).spends:
        for breakdown in spend.breakdowns:
            rows = [each for each in (*breakdown.entries, breakdown.rest) if each is not None]
            for row in rows:
                assert f" {formatting.money(row.amount, 'usd')} " in flat
            heading = f"\nBy {formatting.DIMENSIONS[breakdown.dimension]} "
            table = text.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
            names = [line.partition("  ")[0] for line in table]
            assert len(set(names)) == len(rows) + 1


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(("a_day", "days"), GRID)
def test_bars_of_a_table_have_one_scale(a_day: str, days: int, width: int) -> None:
    """The others', too: in both forms a bar is as long as its amount is of the largest, if it has room."""
    (spend,) = report_over(a_day, days).spends
    tables = page_over(a_day, days).every("table", "breakdown")
    text = text_over(a_day, days, width=width)
    for breakdown, table in zip(spend.breakdowns, tables, strict=True):
        rows = [each for each in (*breakdown.entries, breakdown.rest) if each is not None]
        shares = [row.amount / max(row.amount for row in rows) for row in rows]
        wide = [Decimal(bar.attributes["width"][:-1]) / 100 for bar in table.every("rect")]
        assert wide == pytest.approx(shares, abs=Decimal("0.0001"))
        heading = f"\nBy {formatting.DIMENSIONS[breakdown.dimension]} "
        lines = text.partition(heading)[2].partition("\n\n")[0].splitlines()[2:-1]
        drawn = [re.search(r"% +([█▏▎▍▌▋▊▉]+)", line) for line in lines]
        eighths = [sum(" ▏▎▍▌▋▊▉█".index(char) for char in match[1]) for match in drawn if match]
        longest = max(eighths, default=0)
        assert longest >= 4 * 8 or (width == 80 and not eighths)
        assert not eighths or eighths == pytest.approx([float(each * longest) for each in shares], abs=1)


@attrs.frozen
class Row:
    """A row of costs, whatever its amount."""

    start_time: int
    amount_value: Decimal
    amount_currency: str = "usd"
    line_item: str = "gpt-6, input"
    quantity: Decimal = Decimal("1E-6176")
    quantity_unit: str = "tokens"
    additional_properties: Mapping[str, object] = attrs.field(factory=dict[str, object])


@pytest.mark.parametrize(
    "value",
    [
        "9.99E+6144",
        "-9.99E+6144",
        "1E+40",
        "1E+30",
        "-1E+30",
        "1000000000000000000000000000000.000000000000000000000000000000000000001",
        "9999999999999999999999999999.5",
        "1E+28",
        "1E-9",
        "-1E-30",
        "1E-6176",
        "-1E-6176",
    ],
)
def test_amounts_at_the_ends_of_what_can_be_sent(value: str) -> None:
    """The largest and the smallest amounts of the API's format go into all forms, and lines still fit."""
    period = Period.last_days(30, now=NOW)
    rows = [Row(seconds(day), Decimal(value)) for day in period.each_day()]
    before = [Row(seconds(day), Decimal("0.01")) for day in period.before().each_day()]
    gathered = Gathered(daily=[*before, *rows], line_items=[*before, *rows], by={}, completions=())
    report = make_report(gathered, scope=Scope.of(period, now=NOW))
    assert max(map(cell_len, render_terminal(report, width=60).splitlines())) <= 60
    assert max(map(len, render_markdown(report).splitlines())) < 500
    total = json.loads(render_json(report))["spends"][0]["total"]
    assert Decimal(total) == exact_sum(row.amount_value for row in rows)
    for scale in read_page(render_html(report)).every("div", "scale"):
        check_marks([mark.text for mark in scale.every("span")])


@EXAMPLES
@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), max_size=40),
    st.integers(1, 30),
)
def test_names_are_cut_in_the_middle(name: str, width: int) -> None:
    """They fit, and keep both ends as far as there is room."""
    cut = cut_in_middle(name, width)
    assert cell_len(cut) <= width
    assert cut == name or "…" in cut
    head, _, tail = cut.partition("…")
    assert name.startswith(head)
    assert "…" in name or name.endswith(tail)


def test_names_that_differ_at_their_ends_are_told_apart() -> None:
    """As line items do, whose kind stands last."""
    names = [f"gpt-6-2026-08-07, {kind}" for kind in ("input", "cached input", "output")]
    assert len({cut_in_middle(name, 17) for name in names}) == len(names)


def test_one_day_needs_no_chart_of_days() -> None:
    """Neither on the terminal nor on the page."""
    report = report_of(
        daily(lambda _: "5", start=TODAY - 2 * DAY, end=TODAY), period=Period.last_days(1, now=NOW)
    )
    assert "Per day" not in render_terminal(report)
