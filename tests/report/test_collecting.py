"""What is asked of the API, and that the answers arrive in the report."""

from __future__ import annotations

import asyncio
import warnings
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage import (
    AsyncUsageClient,
    BadRequestError,
    LookbackExceededError,
    NamedUser,
    Names,
    ServerError,
    UnknownFieldWarning,
    UnknownResultWarning,
    UsageClient,
    sum_amounts,
)
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import GroupingRefused
from openai_org_usage.key_costs import collect_key_costs
from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    Ledger,
    Period,
    Report,
    ReportError,
    check_budget,
    collect,
    collect_async,
    collect_daily,
    collect_daily_async,
)

from .books import Books, amount
from .figures import DAY, NOW, TODAY, seconds

OWNERS = ("project_id", "user_id", "api_key_id")


def plain_books(**options: Any) -> Books:
    """One dollar a day since July, by one key."""
    owner = {"project_id": "proj_a", "user_id": "user-a", "api_key_id": "key_a", "line_item": "gpt-6, input"}
    days = [date(2026, 7, 1) + number * DAY for number in range(143)]
    entry = amount("1.000000000000000000000000000001", **owner)
    usage = {"model": "gpt-6", "input_tokens": 5, "output_tokens": 1, "num_model_requests": 1}
    return Books([(day, entry) for day in days], completions=[(day, usage) for day in days], **options)


def test_the_report_agrees_with_the_api_in_every_figure(client: UsageClient) -> None:
    """Against an emulated organization: total, period before, and every breakdown."""
    report = collect(client, now=NOW)
    (spend,) = report.spends
    assert spend.change is not None
    for period, figure in (
        (Period(date(2026, 11, 1), TODAY), spend.total),
        (report.compared_with, spend.change.before),
    ):
        assert period is not None
        costs = client.costs(start_time=period.start_time, end_time=period.end_time)
        assert sum_amounts(costs.rows()) == {"usd": figure}
    assert [each.dimension for each in spend.breakdowns] == [
        "model",
        "line_item",
        "project_id",
        "user_id",
        "api_key_id",
    ]
    for breakdown in spend.breakdowns:
        rest = breakdown.rest.amount if breakdown.rest else Decimal(0)
        assert exact_sum([rest, *(entry.amount for entry in breakdown.entries)]) == spend.total
        assert breakdown.difference == 0


def test_the_asynchronous_face_says_the_same(emulator: Emulator, client: UsageClient) -> None:
    """Of a report and of daily totals."""

    async def collected() -> tuple[Report, Ledger]:
        async with AsyncUsageClient(
            admin_key=emulator.admin_key, base_url=emulator.base_url, clock=NOW.timestamp
        ) as asynchronous:
            return await collect_async(asynchronous, now=NOW), await collect_daily_async(
                asynchronous, now=NOW
            )

    assert asyncio.run(collected()) == (collect(client, now=NOW), collect_daily(client, now=NOW))


def test_tokens_are_those_of_the_completions(client: UsageClient) -> None:
    """Within the period, and in the one before."""
    report = collect(client, now=NOW)
    rows = client.completions(start_time=seconds(date(2026, 11, 1)), end_time=seconds(TODAY)).rows()
    assert report.tokens.sums.total == sum(row.input_tokens + row.output_tokens for row in rows)
    assert report.tokens.before is not None
    assert report.tokens.before.requests > 0


def test_five_questions_are_asked() -> None:
    """Users and keys each by themselves, since some may be refused together; a window each."""
    books = plain_books()
    with books.client() as client:
        collect(client, now=NOW)
    assert sorted(set(books.asked)) == [
        ("completions", "model"),
        ("costs",),
        ("costs", "api_key_id"),
        ("costs", "line_item", "project_id"),
        ("costs", "user_id"),
    ]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_grouping_is_told_and_left_out(status: int) -> None:
    """The others are all there; without usage by key, costs by key are not estimated, either."""
    books = plain_books(refused=["user_id", "api_key_id"], usage_status=status)
    with books.client() as client:
        report = collect(client, now=NOW)
    assert [refusal.dimension for refusal in report.refusals] == ["user_id", "api_key_id"]
    assert "Grouping by user_id is not available" in " ".join(report.notes)
    assert "estimate" not in " ".join(report.notes[:-1])
    (spend,) = report.spends
    assert [each.dimension for each in spend.breakdowns] == ["model", "line_item", "project_id"]
    assert spend.breakdowns[-1].entries[0].amount == spend.total


def test_refused_costs_by_key_are_estimated() -> None:
    """And add up to what was billed, in the period and before it; the report says which they are."""
    faults = FaultPlan(GroupingRefused("api_key_id"), operations="costs")
    with (
        Emulator(now=NOW.timestamp, faults=faults) as emulator,
        UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url) as client,
    ):
        report = collect(client, now=NOW)
        costs = collect_key_costs(client, start_time="2026-11-01", end_time="2026-11-20")
    (spend,) = report.spends
    *others, by_key = spend.breakdowns
    assert (by_key.dimension, by_key.is_estimate) == ("api_key_id", True)
    assert by_key.difference == 0
    assert not any(each.is_estimate for each in others)
    assert costs.is_estimate
    estimated = {
        entry.key: exact_sum(row.amount_value for row in costs.rows if row.api_key_id == entry.key)
        for entry in by_key.entries
    }
    assert {entry.key: entry.amount for entry in by_key.entries} == estimated
    assert len(estimated) > 5
    rest = by_key.rest.change if by_key.rest else None
    changes = [rest, *(entry.change for entry in by_key.entries)]
    assert spend.change is not None
    assert exact_sum(change.before for change in changes if change) == spend.change.before
    assert [(refusal.dimension, refusal.is_estimated) for refusal in report.refusals] == [
        ("api_key_id", True)
    ]
    assert "By API key the figures are estimates" in " ".join(report.notes)


def test_a_failure_is_no_refusal() -> None:
    """What might have been estimated a moment later is not left out."""
    books = plain_books(refused=["api_key_id"], usage_status=500)
    with books.client() as client, pytest.raises(ServerError):
        collect(client, now=NOW)


def test_without_line_items_there_is_no_report() -> None:
    """That refusal is an error like any other."""
    with (
        plain_books(refused=["line_item"]).client() as client,
        pytest.raises(BadRequestError, match="line_item"),
    ):
        collect(client, now=NOW)


def test_what_the_api_no_longer_keeps_is_done_without() -> None:
    """The comparison and the older history are missed; the period is complete."""
    books = plain_books(keeps=date(2026, 10, 20))
    with books.client() as client:
        report = collect(client, now=NOW)
    (spend,) = report.spends
    assert (spend.total, report.compared_with) == (Decimal("19.000000000000000000000000000019"), None)
    assert spend.forecast is not None
    assert spend.forecast.history_days == 31
    assert "nothing before 2026-10-20" in " ".join(report.notes)


def test_a_period_that_is_not_kept_is_refused() -> None:
    """Half a period would pass for a whole one."""
    books = plain_books(keeps=date(2026, 11, 5))
    with books.client() as client, pytest.raises(LookbackExceededError):
        collect(client, now=NOW)
    assert books.requests[-1].url.params["start_time"] == str(seconds(date(2026, 11, 1)))


@pytest.mark.parametrize(("keeps", "is_forecast"), [(1, True), (2, False), (9, False)])
def test_a_month_whose_first_days_are_not_kept_is_not_forecast(keeps: int, is_forecast: bool) -> None:
    """Its days that are kept would pass for the month to date; a note says why, and there is no budget."""
    period = Period.last_days(7, now=NOW)
    books = plain_books(keeps=date(2026, 11, keeps))
    with books.client() as client:
        report = collect(client, period=period, now=NOW)
    (spend,) = report.spends
    assert spend.total == Decimal("7.000000000000000000000000000007")
    assert (spend.forecast is not None) == is_forecast
    said = f"no month to date and no forecast of November 2026: nothing before 2026-11-{keeps:02} is kept"
    assert (said in " ".join(report.notes)) != is_forecast
    if not is_forecast:
        with pytest.raises(ReportError, match="which a budget needs"):
            check_budget(report, limit=Decimal(5))


def test_a_past_month_asks_for_nothing_after_it() -> None:
    """And nothing is forecast."""
    books = plain_books()
    with books.client() as client:
        report = collect(client, period=Period.month(2026, 10), now=NOW)
    ends = {int(request.url.params["end_time"]) for request in books.requests}
    assert max(ends) == seconds(date(2026, 11, 1))
    assert report.spends[0].forecast is None


def test_names_come_from_members_that_no_document_has() -> None:
    """Ids are named only if the API names them."""
    entry = amount(
        "2", project_id="proj_a", project_name="Search", user_email="a@example.com", user_id="user-a"
    )
    with Books([(TODAY - DAY, entry)]).client() as client, warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)  # Told once, maybe to another test.
        report = collect(client, now=NOW)
    names = {each.dimension: each.entries[0].name for each in report.spends[0].breakdowns}
    assert names == {
        "model": None,
        "line_item": None,
        "project_id": "Search",
        "user_id": "a@example.com",
        "api_key_id": None,
    }


def test_names_are_those_given_and_no_list_is_read() -> None:
    """Unasked; they win over what costs came with, and addresses can be left out."""
    books = plain_books()
    names = Names(users={"user-a": NamedUser(id="user-a", name="Amara", email="a@example.com")})
    with books.client() as client:
        reports = [collect(client, now=NOW, names=names, emails=emails) for emails in (True, False)]
    users = [report.spends[0].breakdowns[-2].entries[0].label for report in reports]
    assert [(user.name, user.email) for user in users] == [("Amara", "a@example.com"), ("Amara", None)]
    assert {endpoint for endpoint, *_ in books.asked} == {"costs", "completions"}


def test_results_of_unknown_kinds_are_left_out_and_told() -> None:
    """By kind, with their number in the query that has most of them, and their days."""
    books = plain_books(unknown={TODAY - 2 * DAY: "costs.credit", TODAY - DAY: "costs.credit"})
    with books.client() as client, warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownResultWarning)  # Told once, maybe to another test.
        report, daily = collect(client, now=NOW), collect_daily(client, now=NOW)
    (found,) = report.left_out
    assert (found.operation, found.kind, found.results) == ("costs", "costs.credit", 2)
    assert found.days == Period(TODAY - 2 * DAY, TODAY)
    assert daily.left_out == report.daily.left_out == report.left_out


def test_daily_totals_are_one_question() -> None:
    """With today so far: what a budget needs."""
    books = plain_books()
    with books.client() as client:
        ledger = collect_daily(client, now=NOW)
    assert set(books.asked) == {("costs",)}
    assert ledger.by_day("usd", Period(TODAY, TODAY + DAY))[TODAY] > 1
