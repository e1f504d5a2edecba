"""Why a spend changed: what is named, since when, how the change is taken apart, and when nothing is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from openai_org_usage._generated import CostsRow
from openai_org_usage.money import exact_sum
from openai_org_usage.report import CauseKind, ChangeSize, Explanation, Period, Report
from openai_org_usage.report.explanation.words import sentence
from openai_org_usage.report.summary import headline

from .figures import DAY, TODAY, cost, report_of

WEEK = (100, 110, 120, 110, 90, 30, 20)
PROJECTS = {"proj_shop": 5, "proj_lab": 3, "proj_docs": 2}
ITEMS = {"gpt-6, input": 5, "gpt-6, output": 8, "gpt-6-mini, input": 3, "gpt-6-mini, output": 4}
DAYS = Period(TODAY - 84 * DAY, TODAY)
MID = date(2026, 11, 9)
Factor = Callable[[date, str, str], float]


def rows_of(factor: Factor = lambda day, item, project: 1, *, price: Factor | None = None) -> list[CostsRow]:
    """Twelve weeks of four line items in three projects, each with days of its own, times `factor`."""
    dice = Random(7)
    rows: list[CostsRow] = []
    for day in DAYS.each_day():
        for project, size in PROJECTS.items():
            for item, part in ITEMS.items():
                usual = WEEK[day.weekday()] * size * part / 50 * dice.lognormvariate(0, 0.1)
                units = round(usual * factor(day, item, project) * 1000)
                unit_price = Decimal("0.001") * Decimal(str(price(day, item, project) if price else 1))
                if units:
                    members = {"line_item": item, "project_id": project, "quantity_unit": "tokens"}
                    rows.append(cost(day, str(units * unit_price), quantity=Decimal(units), **members))
    return rows


def explained(rows: Iterable[CostsRow]) -> tuple[Report, Explanation]:
    """The report of November so far, and why it differs from October."""
    found = list(rows)
    report = report_of(found, by={"project_id": found})
    (spend,) = report.spends
    assert spend.explanation is not None
    return report, spend.explanation


def within(item: str, project: str, factor: float, *, until: date = TODAY) -> Factor:
    """A factor for one line item of one project, from the 9th on."""
    return lambda day, line_item, project_id: (
        factor if (line_item, project_id) == (item, project) and MID <= day < until else 1
    )


def test_a_spike_is_named_with_its_days_and_its_share() -> None:
    """In the words of the headline: what it was, how much of the rise it explains, and when it was."""
    report, found = explained(rows_of(within("gpt-6, output", "proj_lab", 30, until=MID + 3 * DAY)))
    (cause,) = found.causes
    assert [subject.key for subject in cause.subjects] == ["gpt-6, output", "proj_lab"]
    assert (cause.kind, cause.began, cause.ended) == (CauseKind.SPIKE, MID, MID + 2 * DAY)
    assert "gpt-6 output in proj_lab explains" in headline(report, report.spends[0])
    assert "it began on 9 November and ended on the 11th." in headline(report, report.spends[0])
    assert exact_sum((cause.amount, found.rest)) == found.by


@pytest.mark.parametrize(
    ("kind", "rows", "says"),
    [
        (CauseKind.STEP, rows_of(within("gpt-6, output", "proj_lab", 4)), "began on 9 November and goes on"),
        (
            CauseKind.NEW,
            rows_of(
                lambda day, item, project: (
                    day >= MID if (item, project) == ("gpt-6, input", "proj_shop") else 1
                )
            ),
            "it is new since 9 November",
        ),
        (CauseKind.GONE, rows_of(within("gpt-6, output", "proj_shop", 0)), "cost nothing since 9 November"),
        (
            CauseKind.PRICE,
            rows_of(price=lambda day, item, project: 2 if item == "gpt-6, output" and day >= MID else 1),
            "its price is higher since 9 November",
        ),
        (
            CauseKind.DRIFT,
            rows_of(lambda day, item, project: 1 + max(0, (day - MID).days) if project == "proj_docs" else 1),
            "it has cost more and more since",
        ),
    ],
)
def test_what_happened_is_told_apart(kind: CauseKind, rows: list[CostsRow], says: str) -> None:
    """A new level, something new or gone, another price, and a little more from day to day."""
    _, found = explained(rows)
    assert found.causes[0].kind is kind
    assert says in (sentence(found, "usd") or "")


def test_the_widest_that_changed_alike_is_named() -> None:
    """A project whose line items all tripled, and not the largest of them."""
    _, found = explained(rows_of(lambda day, item, project: 3 if project == "proj_lab" and day >= MID else 1))
    assert [subject.key for subject in found.causes[0].subjects] == ["proj_lab"]


def test_the_key_that_alone_explains_it_is_named() -> None:
    """It takes the place of its project, which has other keys."""
    rows = rows_of(lambda day, item, project: 3 if project == "proj_lab" and day >= MID else 1)
    keys = [
        cost(row.start.date(), str((row.amount_value or 0) * share), api_key_id=key)
        for row in rows
        for key, share in shares(row).items()
    ]
    report = report_of(rows, by={"project_id": rows, "api_key_id": keys})
    explanation = report.spends[0].explanation
    assert explanation is not None
    assert [subject.key for subject in explanation.causes[0].subjects] == ["key_busy"]


def shares(row: CostsRow) -> dict[str, Decimal]:
    """Whose a row is: in the laboratory half of the usual is one key's, and all else another's."""
    if row.project_id != "proj_lab":
        return {"key_others": Decimal(1)}
    steady = Decimal(1) / (6 if row.start.date() >= MID else 2)
    return {"key_steady": steady, "key_busy": 1 - steady}


QUIET: dict[str, Factor] = {
    "nothing": lambda day, item, project: 1,
    "all alike": lambda day, item, project: 0.5 if day >= MID else 1,
    "too little": within("gpt-6-mini, input", "proj_docs", 1.2),
}


@pytest.mark.parametrize("factor", QUIET.values(), ids=QUIET)
def test_nothing_is_named_where_nothing_stands_out(factor: Factor) -> None:
    """Days that vary, a holiday of everybody, and an amount that does not matter are no causes."""
    _, found = explained(rows_of(factor))
    assert found.causes == ()
    assert sentence(found, "usd") is None


def test_volume_mix_and_price_add_up() -> None:
    """One line item twice as dear, another used three times as much: each in its own part, exactly."""
    rows = rows_of(
        lambda day, item, project: 3 if item == "gpt-6-mini, input" and day >= date(2026, 11, 1) else 1,
        price=lambda day, item, project: 2 if item == "gpt-6, output" and day >= date(2026, 11, 1) else 1,
    )
    _, found = explained(rows)
    effects = found.effects
    assert effects.by == found.by
    parts = {item.line_item: item for item in effects.items}
    dearer, more = parts["gpt-6, output"], parts["gpt-6-mini, input"]
    assert dearer.price is not None
    assert dearer.volume is not None
    assert dearer.price > 5 * abs(dearer.volume)
    assert more.price == 0
    assert effects.price == dearer.price
    assert effects.new == effects.gone == effects.unmeasured == effects.difference == 0


def test_what_moved_most_comes_first() -> None:
    """By money, more or less; what is new or gone is marked, and all adds up to the change."""
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    rows = [
        *(cost(day, "10", line_item="gpt-5, input") for day in Period(october, november).each_day()),
        *(cost(day, "1", line_item="gpt-6, input") for day in Period(november, TODAY).each_day()),
        *(cost(day, "5", line_item="gpt-6, output") for day in DAYS.each_day()),
    ]
    _, found = explained(rows)
    movers = next(each for each in found.movers if each.dimension == "line_item")
    assert [(mover.key, mover.is_new, mover.is_gone) for mover in movers.entries] == [
        ("gpt-5, input", False, True),
        ("gpt-6, input", True, False),
        ("gpt-6, output", False, False),
    ]
    assert exact_sum((movers.difference, *(mover.change.by for mover in movers.entries))) == found.by
    assert found.effects.new == 19
    assert found.effects.gone == -190


@pytest.mark.parametrize(
    ("factor", "size"),
    [(1, ChangeSize.SAME), (1.15, ChangeSize.CLEAR), (0.5, ChangeSize.SHARP)],
)
def test_large_and_small_changes_do_not_sound_alike(factor: float, size: ChangeSize) -> None:
    """The word stands in the headline."""
    rows = rows_of(lambda day, item, project: factor if day >= date(2026, 11, 1) else 1)
    report, found = explained(rows)
    assert found.size is size
    word = "about as much" if size is ChangeSize.SAME else size.value
    assert word in headline(report, report.spends[0])


def test_credits_that_stay_the_same_do_not_sound_large() -> None:
    """A total below zero is compared as one above it is."""
    report, found = explained(rows_of(lambda day, item, project: -1))
    assert found.size is ChangeSize.SAME
    assert "about as much" in headline(report, report.spends[0])


def test_days_out_of_the_ordinary_are_told() -> None:
    """Those of a spike that is over, with what they should have cost; not those of usual days."""
    _, found = explained(rows_of(within("gpt-6, output", "proj_lab", 30, until=MID + 3 * DAY)))
    assert [unusual.day for unusual in found.unusual_days] == [MID, MID + DAY, MID + 2 * DAY]
    assert all(unusual.has_ended and unusual.by > 0 and unusual.is_extreme for unusual in found.unusual_days)


def test_a_spike_that_is_over_teaches_the_forecast_nothing() -> None:
    """What is left of the month is expected to cost what it would without it, within a few percent."""
    spiked, _ = explained(rows_of(within("gpt-6, output", "proj_lab", 30, until=MID + 3 * DAY)))
    usual, _ = explained(rows_of())
    left = [
        forecast.expected - forecast.spent
        for forecast in (spiked.spends[0].forecast, usual.spends[0].forecast)
        if forecast is not None and forecast.expected is not None
    ]
    assert left[0] / left[1] - 1 < Decimal("0.05")
