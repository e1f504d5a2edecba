"""How late usage comes: ages between two readings, and the look-back that would have caught so much of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from openai_org_usage.archive.lateness import DAY, Lateness, TableLateness, lateness_of
from openai_org_usage.archive.restated_rows import restatements_in

END = datetime(2026, 11, 1, tzinfo=UTC)


def row(field: str = "amount_value", *, age: float, **changed: Any) -> dict[str, Any]:
    """A row of restatements of one bucket, seen at an age in days, a day after the reading before."""
    seen = END + timedelta(days=age)
    return {
        "source_table": "costs",
        "start_time": END - timedelta(days=1),
        "end_time": END,
        "dimensions": '{"amount_currency":"usd","line_item":"a"}',
        "field": field,
        "before": "1",
        "after": "3.5",
        "read_before_at": seen - timedelta(days=1),
        "seen_at": seen,
        **changed,
    }


def lateness(*rows: dict[str, Any]) -> Lateness:
    return lateness_of(restatements_in(rows), lookback=10 * DAY)


def of_costs(*rows: dict[str, Any]) -> TableLateness:
    (costs,) = lateness(*rows).tables
    return costs


def test_fields_of_a_row_are_one_change() -> None:
    """As its amount and its quantity are of the same row."""
    found = of_costs(row(age=1.5), row("quantity", age=1.5))
    assert (found.changes, found.amount, found.currency) == (1, Decimal("2.5"), "usd")
    assert [(each.from_days, each.to_days, each.changes) for each in found.classes] == [(0, 1, 0), (1, 2, 1)]


def test_a_lookback_catches_what_is_not_older() -> None:
    """At most as old as when it was seen, at least as old as when it was not yet."""
    ages = (1, 2, 2.5, *[3] * 6, 9)
    found = of_costs(*(row(age=age, dimensions=f'{{"n":{n}}}') for n, age in enumerate(ages)))
    needed = {each.percent: (each.seconds / DAY, each.least_seconds / DAY) for each in found.by_number}
    assert needed == {90: (3, 2), 99: (9, 8), 100: (9, 8)}


def test_the_amount_may_take_another_lookback_than_the_number() -> None:
    """A few late changes may be most of the money, whether it grew or shrank."""
    small = [
        row(age=1, after="1.01", dimensions=f'{{"amount_currency":"usd","line":{n}}}') for n in range(99)
    ]
    found = of_costs(*small, row(age=7, before="1000", after=None))
    assert found.by_number[0].seconds == DAY
    assert found.by_amount[0].seconds == 7 * DAY
    assert found.amount == Decimal("1000.99")


def test_amounts_in_several_currencies_are_not_added_up() -> None:
    """The number still counts."""
    found = of_costs(row(age=1), row(age=2, dimensions='{"amount_currency":"eur"}'))
    assert (found.changes, found.amount, found.currency, found.by_amount) == (2, None, None, ())


def test_usage_has_no_amount() -> None:
    """Its numbers are of many kinds."""
    found = lateness(row("input_tokens", age=1, source_table="completions", dimensions="{}"), row(age=3))
    usage, costs = found.tables
    assert (usage.amount, usage.by_amount, usage.changes) == (None, (), 1)
    assert (usage.table, costs.table, costs.amount) == ("completions", "costs", Decimal("2.5"))


def test_the_same_money_in_two_tables_is_not_added_up() -> None:
    """A look-back that serves all tables is the longest that one of them needs."""
    found = lateness(row(age=2), *(row(age=age, source_table="costs_by_key") for age in (1, 5)))
    assert [(each.table, each.amount) for each in found.tables] == [
        ("costs", Decimal("2.5")),
        ("costs_by_key", Decimal("5.0")),
    ]
    assert found.changes == 3
    for needed in (found.by_number, found.by_amount):
        assert [(each.percent, each.seconds / DAY) for each in needed] == [(90, 5), (99, 5), (100, 5)]


def test_what_nobody_read_before_has_an_age_from_its_end() -> None:
    """As after a repair, which knows nothing of the time before."""
    found = of_costs(row(age=40, read_before_at=None))
    assert found.by_number[0].least_seconds == 0
    assert (found.classes[-1].from_days, found.classes[-1].to_days) == (30, 60)


def test_no_age_is_too_old_for_a_class() -> None:
    """The last one has no end."""
    found = of_costs(row(age=400))
    assert (found.classes[-1].from_days, found.classes[-1].to_days, found.classes[-1].changes) == (
        90,
        None,
        1,
    )
