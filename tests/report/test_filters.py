"""Reports of a part of the organization: every figure is of it, or the report says what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from openai_org_usage import NamedProject, Names, UsageClient
from openai_org_usage._generated import CostsRow
from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    PartRefusedError,
    Period,
    ReportError,
    ReportFilters,
    collect,
    read_line_item,
    render_json,
    render_markdown,
)

from .books import Books, amount
from .figures import DAY, NOW, TODAY

NOVEMBER = Period(date(2026, 11, 1), TODAY)
Keeps = Callable[[CostsRow], bool]


@pytest.fixture(scope="module")
def rows(client: UsageClient) -> list[CostsRow]:
    """All costs of the complete days of November, as finely as the API has them."""
    costs = client.costs(
        start_time=NOVEMBER.start_time,
        end_time=NOVEMBER.end_time,
        group_by=["project_id", "user_id", "api_key_id", "line_item"],
    )
    return list(costs.rows())


def _most(rows: list[CostsRow], name: str) -> str:
    """The value of a dimension that costs most."""
    values = {str(getattr(row, name)) for row in rows if getattr(row, name)}
    return max(values, key=lambda value: _sum(rows, lambda row: getattr(row, name) == value))


def _sum(rows: list[CostsRow], keeps: Keeps) -> Decimal:
    return exact_sum(row.amount_value or 0 for row in rows if keeps(row))


@pytest.mark.parametrize(
    "dimensions",
    [
        ["project_id"],
        ["user_id"],
        ["api_key_id"],
        ["line_item"],
        ["model"],
        ["project_id", "model"],
        ["user_id", "project_id", "line_item"],
    ],
)
def test_every_figure_is_of_the_part_that_is_asked_for(
    dimensions: list[str], client: UsageClient, rows: list[CostsRow]
) -> None:
    """Total, days and breakdowns, to the last digit: what is not named is in none of them."""
    item = _most(rows, "line_item")
    chosen = {name: item if name in ("line_item", "model") else _most(rows, name) for name in dimensions}
    texts = {
        name: read_line_item(text).model or "" if name == "model" else text for name, text in chosen.items()
    }
    model = texts.pop("model", None)
    expected = _sum(
        rows,
        lambda row: (
            all(getattr(row, name) == text for name, text in texts.items())
            and model in (None, read_line_item(row.line_item or "").model)
        ),
    )
    lists = {f"{name}s": [text] for name, text in texts.items()}
    filters = ReportFilters(models=[model] if model else [], **lists)

    report = collect(client, filters=filters, now=NOW)

    (spend,) = report.spends
    assert spend.total == expected != 0
    assert exact_sum(day.amount for day in spend.days) == expected
    for breakdown in spend.breakdowns:
        rest = breakdown.rest.amount if breakdown.rest else Decimal(0)
        assert exact_sum([rest, *(entry.amount for entry in breakdown.entries)]) == expected
    assert bool(report.tokens.models) == ("line_item" not in dimensions)
    if model:
        assert {tokens.model for tokens in report.tokens.models} <= {model}


def test_a_model_stands_for_its_dated_versions() -> None:
    """In costs and tokens alike; upper and lower case are the same."""
    items = ["gpt-6-2026-01-31, input", "gpt-6, output", "gpt-6-mini, input"]
    day = TODAY - DAY
    costs = [(day, amount("1", line_item=item)) for item in items]
    usage = {"input_tokens": 5, "output_tokens": 1, "num_model_requests": 1}
    completions = [(day, {"model": model, **usage}) for model in ("gpt-6-2026-01-31", "gpt-6-mini")]
    with Books(costs, completions=completions).client() as client:
        report = collect(client, filters=ReportFilters(models=["GPT-6"]), now=NOW)
    assert report.spends[0].total == 2
    assert [tokens.model for tokens in report.tokens.models] == ["gpt-6-2026-01-31"]


def test_a_report_says_what_it_is_of() -> None:
    """In its title and as data, by name; what nothing is of is told apart from what cost nothing."""
    entry = amount("1", project_id="proj_a", line_item="gpt-6-mini, input")
    filters = ReportFilters(project_ids=["proj_a"], models=["gpt-6-mni"], line_items=["gpt-6-mini, input"])
    names = Names(projects={"proj_a": NamedProject(id="proj_a", name="Search")})
    with Books([(TODAY - DAY, entry)]).client() as client:
        report = collect(client, filters=filters, now=NOW, names=names)
    part = "line item gpt-6-mini, input of model gpt-6-mni in project Search"
    assert str(report.part) == part
    assert f"OpenAI spend of {part}, 1" in render_markdown(report)
    assert "cost nothing from 1 to 19 November 2026" in render_markdown(report)
    assert '"key": "proj_a",\n      "name": "Search"' in render_json(report)
    notes = " ".join(report.notes)
    assert "a model called gpt-6-mni; there is gpt-6-mini" in notes
    assert "usage is not counted by line item" in notes


@pytest.mark.parametrize("filters", [{"user_ids": ["user-a"]}, {"api_key_ids": ["key_a"]}])
def test_a_part_that_the_api_refuses_to_tell_is_no_report(filters: dict[str, list[str]]) -> None:
    """The whole would pass for the part."""
    books = Books([], refused=["user_id"])
    books.refused_filters = {"api_key_ids"}
    with books.client() as client, pytest.raises(PartRefusedError, match=r"It says: .*not available"):
        collect(client, filters=ReportFilters(**filters), now=NOW)


@pytest.mark.parametrize(
    ("filters", "problem"), [({"models": "gpt-6"}, "a list"), ({"user_ids": [" "]}, "empty")]
)
def test_filters_that_would_keep_something_else_are_refused(
    filters: dict[str, str | list[str]], problem: str
) -> None:
    """A text for a list would be its letters, and an empty one all or nothing."""
    with pytest.raises(ReportError, match=problem):
        ReportFilters(**filters)


def test_tokens_are_of_the_days_of_a_time_zone(client: UsageClient) -> None:
    """To the token, from hours; costs stay those of UTC days, and the report says so."""
    zone = ZoneInfo("America/New_York")
    period = Period(date(2026, 11, 2), date(2026, 11, 4))
    report = collect(client, period=period, timezone=zone, now=NOW)
    hours = client.completions(
        start_time="2026-11-02T00:00-05:00", end_time="2026-11-04T00:00-05:00", bucket_width="1h"
    )
    assert report.tokens.sums.total == sum(row.input_tokens + row.output_tokens for row in hours.rows())
    utc = collect(client, period=period, now=NOW)
    assert report.tokens.sums != utc.tokens.sums
    assert report.spends[0].total == utc.spends[0].total
    assert "Tokens are of days in America/New_York" in " ".join(report.notes)
