"""The figures of a report: exact, complete, and never of mixed currencies."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_org_usage._generated import CostsRow
from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    Period,
    Refusal,
    Report,
    ReportError,
    render_html,
    render_json,
    render_markdown,
)
from openai_org_usage.report.changes import AmountChange
from openai_org_usage.report.formatting import DASH
from openai_org_usage.report.summary import headline

from .figures import DAY, NOW, TODAY, cost, daily, report_of
from .pages import read_page

NOVEMBER = date(2026, 11, 1)
OCTOBER = date(2026, 10, 1)
DIGITS = st.decimals(min_value=0, max_value=10**6, places=30, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 49),
            DIGITS,
            st.sampled_from(["a-1, input", "a-1, output", "b-2, input", "Image models", "c", "d", "e", None]),
            st.sampled_from(["usd", "eur"]),
        ),
        max_size=40,
    ),
    st.integers(1, 4),
)
def test_every_breakdown_adds_up_to_the_total(
    entries: list[tuple[int, Decimal, str | None, str]], top: int
) -> None:
    """To the thirtieth digit, by currency, whatever is shown and whatever is in the rest."""
    rows = [
        cost(OCTOBER + day * DAY, str(value), line_item=item, currency=currency)
        for day, value, item, currency in entries
    ]
    report = report_of(rows, by={"project_id": rows}, top=top)
    for spend in report.spends:
        own = [row for row in rows if row.amount_currency == spend.currency]
        assert spend.total == total_of(own, report.period)
        assert exact_sum(day.amount for day in spend.days) == spend.total
        for day in spend.days:
            assert exact_sum(day.parts) == day.amount
        for breakdown in spend.breakdowns:
            rest = [breakdown.rest.amount] if breakdown.rest else []
            parts = [entry.amount for entry in breakdown.entries]
            assert exact_sum([*parts, *rest, breakdown.difference]) == spend.total
            assert breakdown.difference == 0
            assert sum(entry.key is not None for entry in breakdown.entries) <= top + 1


def total_of(rows: list[CostsRow], period: Period) -> Decimal:
    inside = [row for row in rows if row.start.date() in period]
    return exact_sum(row.amount_value or 0 for row in inside)


def the_spend(report: Report) -> Decimal:
    (spend,) = report.spends
    return spend.total


def test_today_is_in_no_figure_but_the_month_to_date() -> None:
    """A day that still grows would look like a fall."""
    rows = daily(lambda day: 7 if day == TODAY else 10, start=OCTOBER, end=TODAY + DAY)
    (spend,) = report_of(rows).spends
    assert (spend.total, spend.days[-1].day) == (Decimal(190), TODAY - DAY)
    assert spend.forecast is not None
    assert (spend.forecast.spent, spend.forecast.today) == (Decimal(197), Decimal(7))


def test_on_the_first_of_the_month_there_is_today_alone() -> None:
    """It is said to grow, and is compared with nothing."""
    first = datetime.fromisoformat("2026-11-01T09:00+00:00")
    report = report_of(daily(lambda _: 3, start=OCTOBER, end=NOVEMBER + DAY), now=first)
    (spend,) = report.spends
    assert (report.growing, report.compared_with, spend.change, spend.total) == (True, None, None, Decimal(3))
    assert "still grow" in " ".join(report.notes)


def test_changes_are_exact_and_percentages_are_of_what_was_before() -> None:
    """A quarter more is a ratio of 0.25."""
    rows = [
        cost(OCTOBER, "0.000000000000000000000000000004"),
        cost(NOVEMBER, "0.000000000000000000000000000005"),
    ]
    (spend,) = report_of(rows).spends
    assert spend.change is not None
    assert (spend.change.by, spend.change.ratio) == (Decimal("1e-30"), Decimal("0.25"))


def test_there_is_no_percentage_of_nothing() -> None:
    """What is new has a difference and no ratio; what is gone has -100 %."""
    rows = [cost(NOVEMBER, 5, line_item="new-1, input"), cost(OCTOBER, 4, line_item="old-1, input")]
    (spend,) = report_of(rows).spends
    new, old = spend.breakdowns[0].entries
    assert new.change is not None
    assert old.change is not None
    assert (new.key, new.change.by, new.change.ratio) == ("new-1", Decimal(5), None)
    assert (old.key, old.amount, old.change.ratio) == ("old-1", Decimal(0), Decimal(-1))


def test_months_of_different_length_are_also_compared_by_day() -> None:
    """March and February at the same daily rate: more in all, nothing more a day."""
    rows = daily(lambda _: 2, start=date(2026, 2, 1), end=date(2026, 4, 1))
    report = report_of(rows, period=Period.month(2026, 3))
    (spend,) = report.spends
    assert spend.change is not None
    assert spend.daily_change is not None
    assert (spend.change.by, spend.daily_change.by) == (Decimal(6), Decimal(0))
    assert "28 days against 31" in " ".join(report.notes)


def test_an_amount_that_is_not_stated_adds_nothing() -> None:
    """Not even its currency; days without rows cost nothing."""
    report = report_of([cost(NOVEMBER, None), cost(NOVEMBER + DAY, 2), cost(NOVEMBER, None, currency="eur")])
    assert [(spend.currency, spend.total) for spend in report.spends] == [("usd", Decimal(2))]
    assert [day.amount for day in report.spends[0].days[:3]] == [0, 2, 0]


def test_currencies_stay_apart() -> None:
    """The largest total comes first; how a currency is written does not split it."""
    rows = [cost(NOVEMBER, 1), cost(NOVEMBER, 2, currency="USD"), cost(NOVEMBER, 5, currency="eur")]
    report = report_of(rows)
    assert [(spend.currency, spend.total) for spend in report.spends] == [
        ("eur", Decimal(5)),
        ("usd", Decimal(3)),
    ]
    assert "never added up" in " ".join(report.notes)


def test_credits_lower_the_total() -> None:
    """A negative amount is a figure like any other."""
    assert the_spend(report_of([cost(NOVEMBER, 5), cost(NOVEMBER, -7, line_item="credit")])) == -2


def test_a_rest_of_one_is_shown_as_itself() -> None:
    """It takes the same room."""
    rows = [cost(NOVEMBER, 9 - number, line_item=f"m-{number}, input") for number in range(4)]
    (three,) = report_of(rows, top=3).spends
    (two,) = report_of(rows, top=2).spends
    assert (len(three.breakdowns[0].entries), three.breakdowns[0].rest) == (4, None)
    assert two.breakdowns[0].rest is not None
    assert (two.breakdowns[0].rest.count, two.breakdowns[0].rest.amount) == (2, Decimal(13))


def test_what_is_of_no_key_is_not_counted_as_one() -> None:
    """However little it is, it is shown as itself, and the rest is of keys alone."""
    rows = [cost(NOVEMBER, 9 - number, api_key_id=f"key_{number}") for number in range(5)]
    rows.append(cost(NOVEMBER, 1, api_key_id=None))
    (spend,) = report_of(rows, by={"api_key_id": rows}, top=2).spends
    by_key = spend.breakdowns[-1]
    assert [entry.key for entry in by_key.entries] == ["key_0", "key_1", None]
    assert by_key.rest is not None
    assert (by_key.rest.count, by_key.rest.amount) == (3, Decimal(18))


def test_items_of_a_model_are_one_and_categories_stay() -> None:
    """By model; by line item they stand apart."""
    rows = [
        cost(NOVEMBER, 1, line_item="gpt-6, input"),
        cost(NOVEMBER, 2, line_item="priority | gpt-6, output, long context"),
        cost(NOVEMBER, 4, line_item="Image models"),
        cost(NOVEMBER, 8),
    ]
    (spend,) = report_of(rows).spends
    models, items = spend.breakdowns
    assert [(entry.key, entry.amount) for entry in models.entries] == [
        (None, Decimal(8)),
        ("Image models", Decimal(4)),
        ("gpt-6", Decimal(3)),
    ]
    assert (models.dimension, items.dimension, len(items.entries)) == ("model", "line_item", 4)


def test_ids_have_names_if_the_api_sends_them() -> None:
    """And stay ids if not; an empty name is none."""
    projects = [
        cost(NOVEMBER, 3, project_id="proj_a", project_name="Search"),
        cost(NOVEMBER, 2, project_id="proj_b", project_name=" "),
        cost(NOVEMBER, 1, project_id="proj_c", project_name=7),
    ]
    (spend,) = report_of(projects, by={"project_id": projects}).spends
    assert [entry.name for entry in spend.breakdowns[-1].entries] == ["Search", None, None]


def test_answers_that_disagree_are_told() -> None:
    """What a breakdown lacks stands as a difference, and in the notes."""
    report = report_of([cost(NOVEMBER, 10)], by={"user_id": [cost(NOVEMBER, 9, user_id="user-a")]})
    assert report.spends[0].breakdowns[-1].difference == 1
    assert "By user the API's figures and its total differ by $1.00" in " ".join(report.notes)


def test_refusals_and_lookback_are_told() -> None:
    """In the API's words, and with the day that it keeps."""
    rows = daily(lambda _: 1, start=NOVEMBER, end=TODAY)
    report = report_of(rows, refusals=[Refusal("user_id", "Not\x1b[31m here.")], earliest=date(2026, 10, 15))
    notes = " ".join(report.notes)
    assert report.compared_with is None
    assert "nothing before 2026-10-15 is kept" in notes
    assert "It says: Not" in notes
    assert "\x1b" not in notes


def test_nothing_spent_is_a_report_too() -> None:
    """Without a spend in any currency."""
    assert report_of([]).spends == ()
    assert report_of([cost(NOVEMBER, 0)]).spends == ()


def test_a_breakdown_shows_something() -> None:
    """None of no entries."""
    with pytest.raises(ReportError, match="at least one entry"):
        report_of([], top=0, now=NOW)


def test_today_counts_in_the_total_and_in_no_comparison() -> None:
    """Of a span that reaches today: averages and changes, also of each entry, are of its complete days."""
    rows = daily(lambda _: 10, start=TODAY - 20 * DAY, end=TODAY, line_item="gpt-6, input")
    report = report_of(
        [*rows, cost(TODAY, "1", line_item="gpt-6, input")], period=Period.last_days(7, now=NOW)
    )
    (spend,) = report.spends
    (entry,) = spend.breakdowns[0].entries
    assert report.growing
    assert (report.complete.days, spend.total, spend.daily_average) == (6, Decimal(61), Decimal(10))
    assert spend.change == entry.change == AmountChange(before=Decimal(60), by=Decimal(0), ratio=Decimal(0))
    assert entry.amount == Decimal(61)
    assert [day.before for day in spend.days] == [*[Decimal(10)] * 6, None]
    said = headline(report, spend).replace(DASH, "-")
    assert said.startswith("14-20 November 2026 has cost $61.00 so far; 14-19 November 2026 cost $60.00, ex")
    assert any("comparisons are of the complete days alone" in note for note in report.notes)


def test_changes_can_be_recomputed_from_what_is_shown() -> None:
    """While today grows, in JSON, Markdown and HTML: what is compared stands beside the amounts."""
    rows = daily(lambda day: day.day * 50, start=TODAY - 20 * DAY, end=TODAY + DAY, line_item="gpt-6, input")
    report = report_of(rows, period=Period.last_days(7, now=NOW))
    spend = json.loads(render_json(report))["spends"][0]
    for counted in (spend, spend["breakdowns"]["model"]["entries"][0]):
        change = counted["change"]
        assert Decimal(counted["complete"]) - Decimal(change["before"]) == Decimal(change["by"])
        assert Decimal(counted["complete"]) == sum(Decimal(day["amount"]) for day in spend["days"][:-1])
    (line,) = set(re.findall(r"\| \*\*Total\*\* \| (.*) \|", render_markdown(report)))
    (head,) = set(re.findall(r"\|  \| (.*6 days before.*) \|", render_markdown(report)))
    table = read_page(render_html(report)).one("table", "breakdown")
    heads = [cell.text for cell in table.one("thead").every("th")][1:]
    total = [cell.text for cell in table.one("tfoot").every("td")]
    assert heads == head.split(" | ") == ["Amount", "Share", "6 complete days", "6 days before", "Change"]
    assert [cell or DASH for cell in total] == line.replace("**", "").split(" | ")
    assert total == ["$5,950.00", "", "$4,950.00", "$3,150.00", "▲ +57.1%"]
