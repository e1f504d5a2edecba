"""Budgets: what is spent of a limit, and whether it will be enough."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage._generated import CostsBucket, UnknownResult
from openai_org_usage.report import (
    BudgetPeriod,
    BudgetState,
    Ledger,
    Omission,
    Period,
    Report,
    ReportError,
    check_budget,
    left_out,
)

from .figures import DAY, TODAY, cost, daily, report_of, seconds


def ten_a_day() -> Report:
    """Ten dollars each complete day, and four today so far."""
    return report_of(daily(lambda day: 4 if day == TODAY else 10, start=date(2026, 7, 1), end=TODAY + DAY))


def _unknown(day: date, count: int) -> CostsBucket:
    """A day with so many results of a kind that is not known."""
    return CostsBucket(
        object="bucket",
        start_time=seconds(day),
        end_time=seconds(day + DAY),
        results=[],
        unknown_results=(UnknownResult(object="costs.credit", data={}),) * count,
    )


@pytest.mark.parametrize(
    ("period", "days", "spent", "expected"),
    [
        ("day", Period(TODAY, TODAY + DAY), 4, 10),
        ("week", Period(date(2026, 11, 16), date(2026, 11, 23)), 44, 70),
        ("month", Period.month(2026, 11), 194, 300),
    ],
)
def test_a_period_is_the_running_one(period: str, days: Period, spent: int, expected: int) -> None:
    """The UTC day, the week from Monday, the month; today so far is spent."""
    budget = check_budget(ten_a_day(), limit=Decimal(1000), period=period)
    assert (budget.period, budget.spent) == (days, Decimal(spent))
    assert budget.forecast.expected == expected


@pytest.mark.parametrize(
    ("period", "today", "when"),
    [
        ("day", date(2026, 11, 26), "on 26 November 2026"),
        ("week", date(2026, 11, 26), "from 23 to 29 November 2026"),
        ("week", date(2026, 12, 1), "from 30 November to 6 December 2026"),
        ("week", date(2026, 12, 31), "from 28 December 2026 to 3 January 2027"),
        ("month", date(2026, 11, 26), "in November 2026"),
    ],
)
def test_the_line_says_when(period: str, today: date, when: str) -> None:
    """As people say it."""
    costs = Ledger({})
    budget = check_budget(costs, limit=Decimal(1), period=period, today=today)
    assert budget.line.startswith(f"within budget {when} (UTC, today so far included): ")


@pytest.mark.parametrize(
    ("limit", "state", "begins"),
    [
        ("193.99", BudgetState.EXCEEDED, "budget exceeded: $194.00 of $193.99 (100.0%)"),
        ("194", BudgetState.FORECAST_EXCEEDS, "will exceed the budget: $194.00 of $194.00 (100.0%)"),
        ("299.99", BudgetState.FORECAST_EXCEEDS, "will exceed the budget: $194.00 of $299.99 (64.7%)"),
        ("300", BudgetState.WITHIN, "within budget: $194.00 of $300.00 (64.7%)"),
        ("0", BudgetState.EXCEEDED, "budget exceeded: $194.00 of $0.00 spent"),
    ],
)
def test_the_state_is_told_in_one_line(limit: str, state: BudgetState, begins: str) -> None:
    """A limit that is just reached is kept."""
    budget = check_budget(ten_a_day(), limit=Decimal(limit))
    assert budget.state == state
    assert str(budget).replace(" in November 2026 (UTC, today so far included)", "").startswith(begins)
    assert str(budget).endswith(" spent, forecast $300.00")
    assert "\n" not in str(budget)


def test_a_range_beyond_the_limit_is_a_warning() -> None:
    """Expected to be kept, and not surely."""
    rows = daily(lambda day: 10 + day.toordinal() % 5, start=date(2026, 7, 1), end=TODAY)
    (spend,) = report_of(rows).spends
    assert spend.forecast is not None
    assert spend.forecast.expected is not None
    budget = check_budget(report_of(rows), limit=spend.forecast.expected + 1)
    assert budget.state == BudgetState.WITHIN
    assert "may still be exceeded" in str(budget)


def test_daily_totals_are_enough() -> None:
    """The same figures as from a report, given the day they were read on."""
    rows = daily(lambda _: 10, start=date(2026, 7, 1), end=TODAY)
    assert check_budget(Ledger.of(rows), limit=Decimal(5), today=TODAY) == check_budget(
        report_of(rows), limit=Decimal(5)
    )


def test_an_organization_without_costs_is_within() -> None:
    """In any currency; there is nothing to forecast from."""
    budget = check_budget(report_of([]), limit=Decimal(1), currency="EUR", period=BudgetPeriod.DAY)
    assert (budget.state, budget.spent, budget.share) == (BudgetState.WITHIN, Decimal(0), Decimal(0))
    assert str(budget).endswith("included): nothing spent in EUR (limit €1.00)")


def test_a_period_that_begins_without_costs_has_no_forecast_yet() -> None:
    """Some days of costs before it are too few."""
    costs = Ledger.of([cost(TODAY - DAY, 1)])
    budget = check_budget(costs, limit=Decimal(1), period=BudgetPeriod.DAY, today=TODAY)
    assert str(budget).endswith("nothing spent in USD (limit $1.00), no forecast yet")


def test_what_cannot_be_checked_is_refused() -> None:
    """With what to do instead."""
    report = ten_a_day()
    past = report_of([cost(date(2026, 10, 5), 1)], period=Period.month(2026, 10))
    cases: list[tuple[Report | Ledger, dict[str, Any], str]] = [
        (report, {"limit": Decimal(-1)}, "zero or more"),
        (report, {"limit": Decimal("NaN")}, "zero or more"),
        (report, {"period": "year"}, "a day, a week or a month"),
        (report, {"limit": {}}, "a budget has a limit"),
        (report, {"limit": Decimal("1e9999")}, "zero or more"),
        (report, {"limit": {"usd": Decimal(1), "USD ": Decimal(2)}}, "stands twice"),
        (report, {"currency": " "}, "' ' is no currency code, such as usd"),
        (report, {"limit": {"eu": Decimal(1)}}, "'eu' is no currency code"),
        (report, {"limit": {"usd,eur": Decimal(1)}}, "'usd,eur' is no currency code"),
        (past, {}, "the report ends 2026-10-31"),
        (report.daily, {}, "give today="),
    ]
    for costs, options, says in cases:
        given: dict[str, Any] = {"limit": Decimal(1), **options}
        with pytest.raises(ReportError, match=says):
            check_budget(costs, **given)


def test_what_cannot_be_added_up_is_no_budget_kept() -> None:
    """Results of a kind yet unknown may be costs or credits, and an amount without currency is of none."""
    found = left_out("costs", [_unknown(TODAY, 1)])
    ledger = Ledger.of([cost(TODAY, 1)], left_out=found)
    budget = check_budget(ledger, limit=Decimal(1000), today=TODAY)
    assert (budget.state, budget.left_out) == (BudgetState.UNKNOWN, found)
    assert "1 result of costs of an unknown kind, 20 November 2026 (costs.credit)" in budget.line
    assert ledger.regrouped(lambda key: key).left_out == found
    (homeless,) = Ledger.of([cost(TODAY, "1.5", currency=None), cost(TODAY, -1, currency=" ")]).left_out
    assert (homeless.why, homeless.results) == (Omission.NO_CURRENCY, 2)
    assert (homeless.amount, homeless.credits) == (Decimal("0.5"), Decimal(-1))


def test_an_excess_is_certain_where_the_rest_cannot_undo_it() -> None:
    """A credit without a currency may be of this one; another kind of result may be a credit of any size."""
    rows = [cost(TODAY, 100), cost(TODAY, 30, currency=None), cost(TODAY, -20, currency=None)]
    states = [check_budget(Ledger.of(rows), limit=Decimal(n), today=TODAY).state for n in (79, 80, 200)]
    assert states == [BudgetState.EXCEEDED, BudgetState.UNKNOWN, BudgetState.UNKNOWN]
    assert "only credits that are not counted could make up for it" in str(
        check_budget(Ledger.of(rows), limit=Decimal(80), today=TODAY)
    )


def test_what_is_left_out_is_cut_where_the_period_begins() -> None:
    """Count, days and amount are of the period alone; what lies before is told by itself."""
    first = date(2026, 11, 1)
    rows = [
        cost(day, value, currency=None)
        for day, value in ((first - 2 * DAY, 1), (first - DAY, -7), (first, 2), (first, -3), (TODAY, 5))
    ]

    budget = check_budget(Ledger.of([*rows, cost(TODAY, 100)]), limit=Decimal(1000), today=TODAY)

    (inside,), (before,) = budget.left_out, budget.left_out_before
    assert (inside.results, inside.days) == (3, Period(first, TODAY + DAY))
    assert (inside.amount, inside.credits) == (Decimal(4), Decimal(-3))
    assert (before.results, before.days) == (2, Period(first - 2 * DAY, first))
    assert (before.amount, before.credits) == (Decimal(-6), Decimal(-7))


def test_credits_from_before_the_period_undo_no_excess() -> None:
    """Though the same kind of credit is left out of the period, too."""
    rows = [cost(TODAY, 100), cost(TODAY, -1, currency=None), cost(date(2026, 10, 31), -50, currency=None)]
    states = [check_budget(Ledger.of(rows), limit=Decimal(n), today=TODAY).state for n in (98, 99)]
    assert states == [BudgetState.EXCEEDED, BudgetState.UNKNOWN]


def test_a_day_that_several_queries_leave_out_counts_once() -> None:
    """With the query that has most of that day, whichever has most of all."""
    few, many = (
        left_out("costs", [_unknown(day, count) for day, count in days])
        for days in ([(TODAY, 2), (TODAY - DAY, 1)], [(TODAY - 40 * DAY, 9), (TODAY, 1)])
    )

    budget = check_budget(Ledger.of([], left_out=(*few, *many)), limit=Decimal(1), today=TODAY)

    assert [each.results for each in budget.left_out] == [3]
    assert [each.results for each in budget.left_out_before] == [9]


def test_other_currencies_are_neither_counted_nor_passed_over() -> None:
    """Without a limit of their own there is no verdict; with one, each is held against its own."""
    rows = [cost(TODAY - DAY, 7), cost(TODAY - DAY, 9, currency="EUR ")]
    one = check_budget(report_of(rows), limit=Decimal(8))
    assert (one.spent, one.state, one.currency) == (Decimal(7), BudgetState.UNKNOWN, "usd")
    assert [(each.currency, each.spent, each.limit) for each in one.unlimited] == [("eur", Decimal(9), None)]
    limits = {"usd": Decimal(8), "Eur": Decimal(9)}
    two = check_budget(report_of(rows), limit=limits)
    assert (two.state, two.unlimited) == (BudgetState.WITHIN, ())
    assert [(each.currency, each.limit) for each in two.limits] == [("usd", Decimal(8)), ("eur", Decimal(9))]
    three = check_budget(report_of(rows), limit={**limits, "Eur": Decimal("8.99")})
    assert str(three).startswith(
        "budget exceeded in EUR, in November 2026 (UTC, today so far included): "
        "€9.00 of €8.99 (100.1%) spent, no forecast yet; $7.00 of $8.00 (87.5%) spent"
    )
