"""The report as JSON, as Markdown and in a terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TypeAlias

import pytest

from openai_org_usage.installation import install_command
from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    Period,
    Refusal,
    Report,
    print_report,
    render_html,
    render_json,
    render_markdown,
    render_terminal,
)

from ..display.strings import is_forbidden
from .figures import DAY, NOW, TODAY, cost, daily, report_of
from .hostile import EVIL, NAMES, hostile_report

ROOT = Path(__file__).parents[2]
DOCUMENTATION = ROOT / "docs" / "report.md"


@pytest.fixture(scope="module")
def report() -> Report:
    return hostile_report()


def test_json_has_every_digit(report: Report) -> None:
    """Money is a string, and what it says is the amount."""
    document = json.loads(render_json(report))
    for spend, said in zip(report.spends, document["spends"], strict=True):
        assert Decimal(said["total"]) == spend.total
        assert exact_sum(Decimal(day["amount"]) for day in said["days"]) == spend.total
        for breakdown in spend.breakdowns:
            found = said["breakdowns"][breakdown.dimension]
            rest = [found["rest"]] if found["rest"] else []
            amounts = [Decimal(entry["amount"]) for entry in [*found["entries"], *rest]]
            assert exact_sum([*amounts, Decimal(found["difference"])]) == spend.total
    assert "." not in re.sub(r'"(?:[^"\\]|\\.)*"', "", render_json(report))


def test_json_says_its_schema(report: Report) -> None:
    """Within a version, no member goes: this list may only grow."""
    document = json.loads(render_json(report))
    assert (document["schema"], document["version"]) == ("openai-org-usage/report", 2)
    assert {path for path, _ in paths(document)} >= MEMBERS


@pytest.mark.skipif(not DOCUMENTATION.is_file(), reason="the documentation is not shipped")
def test_every_member_is_documented(report: Report) -> None:
    """Each name stands in docs/report.md."""
    names = {path.rpartition(".")[2] for path, _ in paths(json.loads(render_json(report)))} - {""}
    text = DOCUMENTATION.read_text()
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_json_has_names_as_they_came(report: Report) -> None:
    """Names and keys are as the API sent them, not cleaned."""
    document = json.loads(render_json(report))
    entries = [entry for spend in document["spends"] for entry in spend["breakdowns"]["line_item"]["entries"]]
    assert set(NAMES[:10]) <= {entry["key"] for entry in entries}


MEMBERS = set(
    re.findall(
        r"[\w.]+",
        """
    made_at time_zone period.start period.end period.days growing compared_with.start
    spends.currency spends.total spends.change.before spends.change.by spends.change.ratio
    spends.daily_average spends.daily_change.ratio spends.series spends.days.day spends.days.amount
    spends.days.parts spends.days.before spends.breakdowns.model.entries.key
    spends.breakdowns.model.entries.name spends.breakdowns.model.entries.amount
    spends.breakdowns.model.entries.share spends.breakdowns.model.entries.change.ratio
    spends.breakdowns.model.rest.count spends.breakdowns.model.rest.amount
    spends.breakdowns.model.difference spends.breakdowns.line_item.entries.model
    spends.breakdowns.line_item.entries.kind spends.breakdowns.line_item.entries.modality
    spends.breakdowns.line_item.entries.tier spends.breakdowns.line_item.entries.prompts
    spends.breakdowns.project_id.entries.key spends.unit_prices.line_item
    spends.unit_prices.quantity spends.unit_prices.unit spends.unit_prices.amount
    spends.unit_prices.price spends.unit_prices.per spends.forecast.period.end spends.forecast.spent
    spends.forecast.today spends.forecast.expected spends.forecast.low spends.forecast.high
    spends.forecast.history_days spends.forecast.method spends.forecast.path.day
    spends.forecast.path.expected spends.forecast.path.low spends.forecast.path.high tokens.requests
    tokens.input_tokens tokens.cached_input_tokens tokens.output_tokens tokens.cached_share
    tokens.before.requests tokens.parts.kind tokens.parts.modality tokens.parts.tokens
    tokens.parts.share tokens.models.model tokens.models.input_tokens refusals.dimension
    refusals.reason notes
""",
    )
)


Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


def paths(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every member with its dotted path; those of lists without their number."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield path, value
        for inner in value:
            yield from paths(inner, path)
    else:
        yield path, value


def test_markdown_tables_are_whole(report: Report) -> None:
    """Each row has as many cells as its head, whatever names contain."""
    width = 0
    for line in render_markdown(report).splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        if not line.startswith("|"):
            width = 0
            assert "\x1b" not in line
            continue
        width = width or cells
        assert cells == width, line


def test_markdown_names_are_code(report: Report) -> None:
    """Not markup, links or mentions: outside of code there is none of them."""
    text = render_markdown(report)
    assert f"`{EVIL}, input`" in text
    bare = re.sub(r"(`+).+?\1(?!`)", "", text)
    assert not re.search(r"(?<!\\)<\w|(?<!\\)\[\w+\]|@here", bare)


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_terminal_gets_lines_that_fit(report: Report, width: int) -> None:
    """No line is wider, none ends in blanks, and nothing steers the terminal."""
    from rich.cells import cell_len

    text = render_terminal(report, width=width)
    lines = text.splitlines()
    assert max(map(cell_len, lines)) <= min(width, 100)
    assert [line for line in lines if line != line.rstrip()] == []
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)


def test_colours_are_only_on_top(report: Report) -> None:
    """Without the escape codes the text is the same."""
    coloured = render_terminal(report, color=True)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == render_terminal(report).splitlines()


def test_a_stream_without_unicode_gets_plain_characters(report: Report) -> None:
    """Columns are drawn with what there is."""
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii", newline="\n")
    print_report(report, file=stream, width=80)
    stream.flush()
    assert b"####" in raw.getvalue()


def test_all_forms_tell_the_same_story(report: Report) -> None:
    """The headline and the notes stand in each of them."""
    flat = " ".join(render_terminal(report, width=100).split())
    for note in ("is still growing", "never added up", "from Monday to Friday"):
        assert note in flat
        assert note in render_markdown(report)
        assert note in render_json(report)


@pytest.mark.parametrize(
    ("days", "head"), [(1, "share"), (2, "change, 1 day"), (7, "change, 6 days"), (31, "change, 30 days")]
)
def test_the_change_in_a_terminal_says_its_days(days: int, head: str) -> None:
    """While today grows; where nothing is compared there is no such column."""
    rows = daily(lambda day: day.day, start=TODAY - 90 * DAY, end=TODAY + DAY, line_item="gpt-6, input")
    report = report_of(rows, period=Period.last_days(days, now=NOW))
    lines = render_terminal(report, width=80).splitlines()
    after = lines.index(next(line for line in lines if line.startswith("By model ")))
    assert lines[after + 1].endswith(head)


def test_a_report_of_nothing_is_told() -> None:
    """In every form."""
    nothing = report_of([])
    assert "Nothing was spent from" in render_terminal(nothing)
    assert "Nothing was spent from" in render_markdown(nothing)
    assert json.loads(render_json(nothing))["spends"] == []


def test_what_another_period_leaves_out_is_nothing_spent_in_this_one() -> None:
    """An amount without a currency counts for its own days."""
    period = Period.between(date(2026, 11, 10), TODAY)
    earlier = report_of([cost(date(2026, 11, 2), 5, currency=None)], period=period)
    inside = report_of([cost(date(2026, 11, 12), 5, currency=None)], period=period)

    assert "Nothing was spent from 10 to 19 November 2026" in render_markdown(earlier)
    assert "Nothing was spent" not in render_markdown(inside)


def test_without_the_extra_the_other_forms_work() -> None:
    """And each that needs it says so: the terminal's when it is imported, the page when it is made."""
    code = (
        "import sys; sys.modules['rich'] = sys.modules['jinja2'] = None\n"
        "from openai_org_usage import MissingExtraError\n"
        "from openai_org_usage.report import render_html, render_json, render_markdown\n"
        "from tests.report.figures import report_of\n"
        "report = report_of([])\n"
        "assert 'Nothing was spent' in render_markdown(report) and render_json(report)\n"
        "try:\n    from openai_org_usage.report import print_report\n"
        "except MissingExtraError as error:\n    print(error.extra, error)\n"
        "try:\n    render_html(report)\n"
        "except MissingExtraError as error:\n    print(error.extra, error)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")
    how = f"is not installed: {install_command('report')}"
    assert done.stdout.splitlines() == [
        f"report a report in the terminal needs rich, which {how}",
        f"report a report as HTML needs jinja2, which {how}",
    ]


@pytest.mark.parametrize("render", [render_terminal, render_html, render_markdown, render_json])
def test_no_form_has_a_character_that_is_not_seen(render: Callable[[Report], str], report: Report) -> None:
    """Neither for a terminal nor for a page, whatever the names are."""
    assert {char for char in render(report) if is_forbidden(char)} == set()


def test_nothing_in_markdown_is_linked_and_nobody_is_mentioned() -> None:
    """GitHub does that to plain text, too, escaped or not; it leaves code alone."""
    reason = "see https://evil.example, www.evil.example, a@evil.example or @everyone"
    rows = daily(lambda _: "5", start=TODAY - 2 * DAY, end=TODAY, currency="@xyz")
    text = render_markdown(report_of(rows, refusals=[Refusal("user_id", reason)]))

    bare = re.sub(r"(`+).*?\1", "", text)
    assert "evil.example" in text
    assert re.findall(r"\S*(?:://|www\.|@)\S*", bare) == []
