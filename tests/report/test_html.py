"""The HTML page: whole, safe, and every figure that of the report."""

from __future__ import annotations

import re
from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from openai_org_usage.money import exact_sum
from openai_org_usage.report import Period, Report, render_html
from openai_org_usage.report.formatting import MINUS
from openai_org_usage.report.renderers.html import page as html_page

from .figures import DAY, NOW, TODAY, daily, report_of
from .hostile import EVIL, START, hostile_report
from .pages import Node, read_page

ELEMENTS = set(
    re.findall(
        r"\w+",
        """html head meta link title style body main header h1 h2 h3 p span dl div dt dd section figure
        figcaption ul li svg desc line g rect polyline polygon path circle text b details summary table
        caption thead tbody tfoot tr th td data bdi wbr small fieldset legend label input""",
    )
)

TEMPLATES = Path(html_page.__file__).parent


@pytest.fixture(scope="module")
def report() -> Report:
    return hostile_report()


@pytest.fixture(scope="module")
def page(report: Report) -> Node:
    return read_page(render_html(report))


def test_only_known_elements_and_attributes_are_there(page: Node) -> None:
    """No script, handler, style, form or frame, whatever the names in the data are."""
    assert {node.name for node in page.every()} <= ELEMENTS
    attributes = {name for node in page.every() for name in node.attributes}
    assert not {
        name
        for name in attributes
        if name.startswith("on") or name in ("src", "srcset", "style", "xlink:href")
    }


def test_no_template_can_leave_a_value_unescaped() -> None:
    """None says that anything is safe as it is; and a name that is misspelt is an error, not a gap."""
    written = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.jinja"))
    assert re.findall(r"\bsafe\b|autoescape|Markup|tojson|xmlattr|urlize", written) == []
    with pytest.raises(UndefinedError, match="reprot"):
        html_page.environment().from_string("{{ reprot }}").render(report=None)


def test_nothing_is_asked_for_elsewhere(page: Node) -> None:
    """No address but the empty icon, and the browser is told to load nothing and to know one style alone."""
    assert [node.attributes["href"] for node in page.every() if "href" in node.attributes] == ["data:,"]
    style = page.one("style").text
    assert not re.search(r"@import|url\(|//|expression|@font-face", style)
    policy = next(
        n for n in page.every("meta") if n.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    known = b64encode(sha256(style.encode()).digest()).decode()
    assert policy.attributes["content"].startswith(f"default-src 'none'; style-src 'sha256-{known}'; ")


def test_names_are_shown_as_they_are(page: Node) -> None:
    """As text; what would steer the reading direction or a terminal is made visible."""
    shown = page.one("main").text
    assert EVIL in shown
    assert "{{ 7*7 }}" in shown
    assert "日本語のモデル" in shown
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028]", shown)


def test_references_within_the_page_hold(page: Node) -> None:
    """Every id once, and every label refers to one; pictures have a title and a description."""
    ids = [node.attributes["id"] for node in page.every() if "id" in node.attributes]
    assert len(ids) == len(set(ids)) > 0
    for svg in (svg for svg in page.every("svg") if "aria-hidden" not in svg.attributes):
        if svg.classes:
            continue
        assert set(svg.attributes["aria-labelledby"].split()) <= set(ids)
        assert svg.attributes["role"] == "img"
        assert svg.one("title").text
        assert svg.one("desc").text
    assert page.one("html").attributes["lang"] == "en"
    assert next(len(list(page.every(name))) for name in ("h1", "title")) == 1


def test_every_table_adds_up(page: Node, report: Report) -> None:
    """The exact amounts of a breakdown's rows are those of the report, and their sum is its total."""
    tables = list(page.every("table", "breakdown"))
    expected = [(spend, each) for spend in report.spends for each in spend.breakdowns]
    assert len(tables) == len(expected)
    for table, (spend, breakdown) in zip(tables, expected, strict=True):
        amounts = [amount_of(row) for row in table.one("tbody").every("tr")]
        assert exact_sum(amounts) == amount_of(table.one("tfoot")) == spend.total
        assert amounts[: len(breakdown.entries)] == [entry.amount for entry in breakdown.entries]


def amount_of(row: Node) -> Decimal:
    return row.one("data").number("value")


def test_every_column_is_as_high_as_its_amount(page: Node, report: Report) -> None:
    """Each part of each day, to a thousandth of the picture's height; all figures stand beside it."""
    for spend, chart in zip(report.spends, list(page.every("figure"))[::2], strict=True):
        table = chart.one("table")
        rows = list(table.one("tbody").every("tr"))[: len(spend.days)]
        lines = [[node.number("value") for node in row.every("data")] for row in rows]
        assert [line[0] for line in lines] == [day.amount for day in spend.days]
        assert [tuple(line[2:]) for line in lines] == [day.parts for day in spend.days]
        top = max(exact_sum(day.parts) for day in spend.days)
        columns = list(chart.every("g"))[: len(spend.days)]
        heights = [[rect.number("height") for rect in column.every("rect")] for column in columns]
        scale = max(exact_sum(column) for column in heights) / top
        for column, day in zip(heights, spend.days, strict=True):
            parts = [part for part in day.parts if part > 0]
            assert column == pytest.approx([part * scale for part in parts], abs=Decimal("0.01"))


def test_the_running_total_ends_where_the_forecast_does(page: Node, report: Report) -> None:
    """Its lines, its range and its table are those of the report."""
    for spend, chart in zip(report.spends, list(page.every("figure"))[1::2], strict=True):
        assert spend.forecast is not None
        rows = list(chart.one("tbody").every("tr"))
        shown = [node.number("value") for node in rows[-1].every("data")]
        assert shown[-3:] == [spend.forecast.expected, spend.forecast.low, spend.forecast.high]
        done = rows[len(spend.days) - 1]
        assert amount_of(done) == spend.total
        line, ahead = chart.one("polyline", "line"), chart.one("polyline", "ahead")
        assert len(points(line)) == len(spend.days) + 1
        assert points(ahead)[0] == points(line)[-1]
        assert len(points(chart.one("polygon"))) == 2 * len(spend.forecast.path) + 1


def points(node: Node) -> list[str]:
    return node.attributes["points"].split()


def test_token_parts_are_as_long_as_their_share(page: Node, report: Report) -> None:
    """And their sum is all tokens."""
    widths = [Decimal(rect.attributes["width"][:-1]) for rect in page.one("svg", "mix").every("rect")]
    assert sum(widths) == pytest.approx(Decimal(100), abs=Decimal("0.01"))
    parts = [row.one("data").number("value") for row in page.one("table", "parts").one("tbody").every("tr")]
    assert sum(parts) == report.tokens.sums.total


@pytest.mark.parametrize(
    ("days", "columns", "marks"),
    [(1, 0, 0), (7, 7, 7), (45, 45, 0), (91, 91, 91), (119, 18, 18), (300, 44, 0), (322, 47, 47)],
)
def test_any_number_of_days_has_a_picture(days: int, columns: int, marks: int) -> None:
    """One day needs none, of many a column is a week; where weekdays meet, the period before is marked."""
    rows = daily(lambda day: day.day, start=TODAY - 650 * DAY, end=TODAY, line_item="gpt-6, input")
    page = read_page(render_html(report_of(rows, period=Period.last_days(days, now=NOW, complete_days=True))))
    assert len([rect for chart in page.every("figure") for rect in chart.every("rect")]) == columns
    assert len([line for line in page.every("line") if "before" in line.classes]) == marks


def test_a_column_that_is_a_week_says_so_and_adds_up() -> None:
    """In heading, sentence and table, whose weeks are those of the days; the ends may be partial."""
    rows = daily(lambda day: day.day, start=TODAY - 400 * DAY, end=TODAY + DAY, line_item="gpt-6, input")
    report = report_of(rows, period=Period.last_days(150, now=NOW))
    chart = read_page(render_html(report)).one("figure")
    assert chart.one("h3").text == "Spend per week (Monday to Sunday)"
    assert "What each week cost" in chart.one("figcaption").one("p").text
    assert (
        "Partial weeks: the first has 5 of 7 days, the last has 5 of 7 days." in chart.one("figcaption").text
    )
    weeks = [amount_of(row) for row in chart.one("tbody").every("tr")]
    days = [day.amount for day in report.spends[0].days]
    assert weeks == [exact_sum(days[:5]), *(exact_sum(days[at : at + 7]) for at in range(5, 150, 7))]


def test_a_report_of_nothing_is_a_page() -> None:
    """It says so, and has no pictures."""
    page = read_page(render_html(report_of([])))
    assert "Nothing was spent" in page.one("main").text
    assert list(page.every("svg")) == []


def test_credits_and_young_organizations_have_pages() -> None:
    """What is below zero hangs from zero, and a missing forecast is told."""
    rows = daily(lambda day: -5 if day.day == 18 else 2, start=TODAY - 4 * DAY, end=TODAY)
    page = read_page(render_html(report_of(rows)))
    chart = page.one("figure")
    zero = chart.one("line", "zero").number("y1")
    tops = {rect.number("y") for rect in chart.every("rect")}
    assert zero in tops
    assert len([top for top in tops if top < zero]) == 1
    assert chart.one("div", "scale").text.split() == [*(f"{MINUS}${n}" for n in (6, 4, 2)), "$0", "$2"]
    assert "No forecast: it takes 7 complete days" in page.one("main").text


def test_the_page_is_small(report: Report) -> None:
    """It can be mailed."""
    rows = daily(lambda day: day.day, start=START, end=TODAY, line_item="gpt-6, input")
    assert len(render_html(report_of(rows))) < 75_000
    assert len(render_html(report)) < 400_000


def test_text_has_contrast_in_both_schemes() -> None:
    """4.5 to 1 for text and 3 to 1 for what is drawn, as WCAG asks."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.S)[:2]
    )
    for colours in (light, light | dark):
        for ground in ("card", "paper"):
            for text in ("ink", "soft", "up", "down", "accent"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground, colours[text])
        for drawn in ("s0", "s1", "s2", "s3", "s4", "s5", "rest", "earlier"):
            assert contrast(colours[drawn], colours["card"]) >= 3, (drawn, colours[drawn])


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
