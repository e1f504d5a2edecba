"""What `budget` says, and `report` notes, of currencies mixed, missing and unknown, of credits, of kinds yet
unknown and of days that are missing. No all-clear that is not earned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from openai_org_usage.emulator import Emulator
from openai_org_usage.report.formatting import DASH, MINUS

from ..scripted import Json
from .conftest import Run
from .ledgers import TAG, Days, Ledgers, cost, every_day, serving, without

WITHIN, EXPECTED, EXCEEDED, NO_VERDICT, BAD_ANSWER, TOO_LONG_AGO = 0, 30, 31, 32, 26, 22
NET = "Amounts are net: credits of "
SEVERAL = "The costs are in several currencies"
TEN = every_day(cost("10"))
"""Ten dollars a day: 200 in the month so far, and 300 expected."""
REFUND = {"object": "organization.costs.refund", "amount": {"value": 1, "currency": "usd"}}
NOTHING_STATED: Any = {"object": TAG}


@attrs.frozen
class Case:
    """What came, what is asked, and what is said."""

    what: str
    days: Days
    code: int
    says: tuple[str, ...] = ()
    """In the line of `budget`, or its error."""
    options: str = attrs.field(default="--limit 500", kw_only=True)
    notes: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """In the report."""
    incomplete: str | None = attrs.field(default=None, kw_only=True)
    """What the report says is in no sum."""
    report: int = attrs.field(default=0, kw_only=True)
    """The exit code of `report`."""
    keeps: int = attrs.field(default=365, kw_only=True)
    today: bool = attrs.field(default=False, kw_only=True)
    """Whether the report is of today, and not of the month's complete days."""


def today(*results: Any) -> Days:
    return {0: results}


def every_other_day() -> Days:
    """Without results."""
    return dict.fromkeys(range(1, 84, 2), ())


CASES = [
    # One currency, and how its limit is kept.
    Case(
        "an empty organization",
        {},
        WITHIN,
        ("nothing spent in USD (limit $500.00)",),
        notes=("Nothing was spent",),
    ),
    Case("one currency", TEN, WITHIN, ("$200.00 of $500.00", "forecast $300.00"), notes=("$190.00",)),
    Case("numbers, not texts", every_day(cost(10)), WITHIN, ("$200.00 of $500.00",)),
    Case("a forecast above the limit", TEN, EXPECTED, ("will exceed the budget",), options="--limit 299.99"),
    Case("a forecast that meets the limit", TEN, WITHIN, options="--limit 300"),
    Case(
        "exceeded",
        TEN,
        EXCEEDED,
        ("budget exceeded in November 2026", ": $200.00 of $199.99"),
        options="--limit 199.99",
    ),
    Case("a limit exactly met", today(cost("500")), WITHIN, ("(100.0%)", "no forecast yet"), today=True),
    Case("one part in 10^30 more", today(cost("500." + "0" * 29 + "1")), EXCEEDED, today=True),
    Case("a limit of zero, and nothing", {}, WITHIN, options="--limit 0"),
    Case("a limit of zero, and the least amount", today(cost("1E-6176")), EXCEEDED, options="--limit 0"),
    Case(
        "several results of a day", every_day(cost("4", project_id="a"), cost("6")), WITHIN, ("$200.00 of",)
    ),
    Case("a week", TEN, WITHIN, ("$50.00 of $70.00",), options="--limit 70 --period week"),
    # Several currencies.
    Case(
        "10 USD and 5,000 EUR a day",
        every_day(cost("10"), cost("5000", "eur")),
        NO_VERDICT,
        (
            "no verdict in November 2026 (UTC, today so far included): no limit for EUR (100,000.00): "
            "amounts are not converted; add --limit eur=AMOUNT; $200.00 of $500.00 (40.0%) spent",
        ),
        notes=(SEVERAL,),
    ),
    Case(
        "a limit for each",
        every_day(cost("10"), cost("5000", "eur")),
        WITHIN,
        ("$200.00 of $500.00 (40.0%) spent", "€100,000.00 of €150,000.00 (66.7%) spent"),
        options="--limit 500 --limit eur=150000",
        notes=(SEVERAL,),
    ),
    Case(
        "exceeded in the second",
        every_day(cost("10"), cost("5000", "eur")),
        EXCEEDED,
        (
            "budget exceeded in EUR, in November 2026 (UTC, today so far included): ",
            ": €100,000.00 of €99,999.99",
            "; $200.00 of",
        ),
        options="--limit USD=500 --limit EUR=99999.99",
        notes=(SEVERAL,),
    ),
    Case(
        "a forecast above the second",
        every_day(cost("10"), cost("5000", "eur")),
        EXPECTED,
        ("will exceed the budget in EUR, in November 2026", "included): €100,000.00 of", "; $200.00 of"),
        options="--limit 500 --limit eur=149999",
        notes=(SEVERAL,),
    ),
    Case(
        "exceeded in one, another without a limit",
        every_day(cost("10"), cost("1", "eur")),
        EXCEEDED,
        ("budget exceeded in November 2026", ": $200.00 of $100.00", "; no limit for EUR (20.00)"),
        options="--limit 100",
        notes=(SEVERAL,),
    ),
    Case(
        "a forecast above the limit, another without one",
        every_day(cost("10"), cost("1", "eur")),
        NO_VERDICT,
        ("no limit for EUR",),
        options="--limit 250",
        notes=(SEVERAL,),
    ),
    Case(
        "three currencies, two limits",
        every_day(cost("10"), cost("1", "eur"), cost("2", "chf")),
        NO_VERDICT,
        ("no limit for CHF (40.00)",),
        options="--limit 500 --limit eur=500",
        notes=(f"{SEVERAL} (USD, CHF, EUR)",),
    ),
    Case(
        "three currencies, one limit, in none of them",
        every_day(cost("10"), cost("1", "eur"), cost("2", "chf")),
        NO_VERDICT,
        (
            "no limit for CHF (40.00), EUR (20.00), USD (200.00): amounts are not converted; "
            "add --limit chf=AMOUNT --limit eur=AMOUNT --limit usd=AMOUNT; ",
            "; nothing spent in GBP (limit £500.00)",
        ),
        options="--limit gbp=500",
        notes=(f"{SEVERAL} (USD, CHF, EUR)",),
    ),
    Case("another currency only", every_day(cost("1", "eur")), NO_VERDICT, ("no limit for EUR",)),
    Case("it has the limit", every_day(cost("1", "eur")), WITHIN, options="--limit 500 --currency EUR"),
    Case("zero of another", every_day(cost("10"), cost("0E-6176", "eur")), WITHIN, ("$200.00",)),
    Case(
        "the least of another",
        {**TEN, 3: [cost("1E-6176", "eur")]},
        NO_VERDICT,
        ("no limit for EUR (1.00e-6176)",),
        notes=(SEVERAL,),
    ),
    Case("another last quarter", {**TEN, 80: [cost("900", "eur")]}, WITHIN, ("$200.00 of",)),
    Case(
        "another each day until yesterday",
        every_day(cost("10"), cost("3", "eur"), since=30, until=1) | {0: [cost("10")]},
        NO_VERDICT,
        ("no verdict on 20 November 2026", "no limit for EUR (none yet, forecast 3.00)"),
        options="--limit 500 --period day",
        notes=(SEVERAL,),
        today=True,
    ),
    # The same currency, written in other ways.
    Case("upper case", every_day(cost("4", "USD"), cost("6", "Usd")), WITHIN, ("$200.00 of",)),
    Case("blanks around", every_day(cost("4", " usd "), cost("6", "USD\n")), WITHIN, ("$200.00 of",)),
    Case("full width is another", every_day(cost("1", "\uff35\uff33\uff24")), NO_VERDICT, ("no limit for",)),
    Case("escapes", every_day(cost("1", "\x1b[2Jusd\u202e")), NO_VERDICT, ("not converted; nothing",)),
    # No currency.
    Case(
        "null for a currency",
        {**TEN, 3: [cost("7.5", None), cost("1", None)]},
        NO_VERDICT,
        ("2 amounts of costs without a currency, 17 November 2026 (8.5 in all)", "$190.00 of $500.00"),
        incomplete="2 amounts of costs without a currency, 17 November 2026 (8.5 in all)",
    ),
    Case("a currency not sent", {**TEN, 3: [cost("7", ...)]}, NO_VERDICT, incomplete="1 amount of costs"),
    Case("an empty one", {**TEN, 3: [cost("7", "")]}, NO_VERDICT, incomplete="1 amount of costs"),
    Case("a blank one", {**TEN, 3: [cost("7", " \t")]}, NO_VERDICT, incomplete="1 amount of costs"),
    Case("zero without a currency", {**TEN, 3: [cost("0.00", None)]}, WITHIN, ("$190.00 of",)),
    Case(
        "exceeded without the amount of none",
        {**TEN, 3: [cost("7", None)]},
        EXCEEDED,
        ("budget exceeded", "not counted"),
        options="--limit 100",
        incomplete="1 amount of costs",
    ),
    Case(
        "exceeded unless the credit of none is of this one",
        {**TEN, 3: [cost("-95", None)]},
        NO_VERDICT,
        ("what is counted is over the limit, and only credits that are not counted could make up for it",),
        options="--limit 100",
        incomplete="1 amount of costs",
    ),
    Case(
        "exceeded, as the credit of none is of last month",
        {**TEN, 3: [cost("7", None)], 33: [cost("-95", None)]},
        EXCEEDED,
        (
            "1 amount of costs without a currency, 17 November 2026 (7 in all)",
            "the forecast is without 1 amount of costs without a currency, 18 October 2026 (-95 in all)",
        ),
        options="--limit 100",
        incomplete="2 amounts of costs",
    ),
    # Credits.
    Case(
        "a credit",
        {**TEN, 3: [cost("10"), cost("-60")]},
        WITHIN,
        ("$140.00 of $400.00", "credits of $60.00 taken off"),
        options="--limit 400 --period month",
        notes=(f"{NET}$60.00 are taken off the total",),
    ),
    Case(
        "credits alone",
        today(cost("-5")),
        WITHIN,
        (f"{MINUS}$5.00 of $0.00",),
        options="--limit 0",
        notes=(NET,),
        today=True,
    ),
    Case(
        "a credit in another currency makes up for nothing",
        today(cost("600"), cost("-9000", "eur")),
        EXCEEDED,
        ("budget exceeded in USD, in November 2026", "$600.00 of $500.00"),
        options="--limit 500 --limit eur=0",
        notes=(SEVERAL, f"{NET}€9,000.00"),
        today=True,
    ),
    Case(
        "a credit in a currency without a limit",
        today(cost("1"), cost("-5", "eur")),
        NO_VERDICT,
        (f"no limit for EUR ({MINUS}5.00)",),
        notes=(SEVERAL, NET),
        today=True,
    ),
    Case(
        "credits that cancel all of another", today(cost("5", "eur"), cost("-5", "eur")), WITHIN, today=True
    ),
    # Amounts that are not stated, kinds that are not known.
    Case(
        "an amount of null",
        {**TEN, 3: [{"object": TAG, "amount": None}]},
        NO_VERDICT,
        incomplete="1 result of costs without an amount",
    ),
    Case(
        "no amount",
        {**TEN, 3: [NOTHING_STATED] * 2},
        NO_VERDICT,
        ("2 results of costs without an amount",),
        incomplete="2 results",
    ),
    Case(
        "a value of null",
        {**TEN, 3: [cost(None)]},
        NO_VERDICT,
        ("without an amount",),
        incomplete="without an amount",
    ),
    Case(
        "an unknown kind",
        {**TEN, 3: [cost("10"), REFUND], 1: [REFUND]},
        NO_VERDICT,
        (
            f"2 results of costs of an unknown kind, 17{DASH}19 November 2026 (organization.costs.refund)",
            "$190.00 of $500.00",
        ),
        incomplete="the API sent what this version does not know, and all sums are without it: 2 results of",
    ),
    Case(
        "an unknown kind, and more than the limit",
        {**TEN, 3: [REFUND]},
        NO_VERDICT,
        ("what is counted is over the limit",),
        options="--limit 100",
        incomplete="1 result of costs",
    ),
    Case(
        "an unknown kind last month",
        {**TEN, 33: [REFUND]},
        WITHIN,
        ("the forecast is without 1 result of costs of an unknown kind, 18 October 2026",),
        incomplete="1 result of costs of an unknown kind, 18 October 2026",
    ),
    # What cannot be read at all.
    Case("an amount in words", {3: [cost("a lot")]}, BAD_ANSWER, ("amount.value",), report=BAD_ANSWER),
    Case("an amount with underscores", {3: [cost("1_0")]}, BAD_ANSWER, ("amount.value",), report=BAD_ANSWER),
    Case("an amount that is no number", {3: [cost("NaN")]}, BAD_ANSWER, ("amount.value",), report=BAD_ANSWER),
    Case("a result of null", {3: [None]}, BAD_ANSWER, ("results[0]",), report=BAD_ANSWER),
    Case("a currency that is a number", {3: [cost("1", 7)]}, BAD_ANSWER, ("currency",), report=BAD_ANSWER),
    # Days that are missing.
    Case(
        "nothing came at all, on the day itself",
        dict.fromkeys(range(84)),
        NO_VERDICT,
        ("1 day of costs of which nothing came",),
        options="--limit 500 --period day",
        incomplete="of which nothing came",
    ),
    Case(
        "the day has not begun to come",
        without(TEN, 0),
        WITHIN,
        ("$0.00 of $500.00", "forecast $10.00"),
        options="--limit 500 --period day",
        notes=("$190.00",),
    ),
    Case(
        "neither the day nor the one before",
        without(TEN, 0, 1),
        NO_VERDICT,
        ("1 day of costs of which nothing came",),
        options="--limit 500 --period day",
        incomplete="1 day of costs of which nothing came",
    ),
    Case(
        "a gap",
        without(TEN, 3, 4, 9),
        NO_VERDICT,
        (f"3 days of costs of which nothing came, 11{DASH}17 November 2026", "$170.00 of $500.00"),
        incomplete="3 days of costs of which nothing came",
    ),
    Case(
        "an answer that ends early",
        without(TEN, *range(5)),
        NO_VERDICT,
        ("5 days of costs",),
        incomplete="4 days",
    ),
    Case(
        "an answer that begins late",
        without({}, *range(15, 85)),
        NO_VERDICT,
        ("5 days of",),
        incomplete="5 days",
    ),
    Case(
        "no bucket at all", without({}, *range(85)), NO_VERDICT, ("20 days of costs",), incomplete="19 days"
    ),
    Case("today has not come yet", without(TEN, 0), WITHIN, ("$190.00 of $500.00",)),
    Case(
        "a gap before the month",
        without(TEN, 40),
        WITHIN,
        ("the forecast is without 1 day",),
        incomplete="1 day",
    ),
    Case("days without results between", {**TEN, **every_other_day()}, WITHIN, ("$100.00 of",)),
    Case(
        "a history that is not kept", TEN, WITHIN, ("$200.00 of",), keeps=40, notes=("keeps nothing before",)
    ),
    Case("a month that is not kept", TEN, TOO_LONG_AGO, ("earliest",), keeps=10, report=TOO_LONG_AGO),
]


@pytest.fixture(scope="module")
def ledgers() -> Iterator[tuple[Ledgers, str]]:
    """The server's ledgers, and where it is."""
    ledgers = Ledgers()
    with serving(ledgers) as base_url:
        yield ledgers, base_url


@pytest.fixture
def asking(
    ledgers: tuple[Ledgers, str], command: Run, monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> Ledgers:
    """What the command reads."""
    monkeypatch.setenv("OPENAI_BASE_URL", ledgers[1])
    return ledgers[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.what))
def test_the_verdict_of_a_budget(case: Case, asking: Ledgers, command: Run) -> None:
    """The exit code, the line, and in JSON what was not counted; zero only where that is nothing."""
    asking.days, asking.keeps = case.days, case.keeps

    said = command(f"budget {case.options} --format json")

    assert said.code == case.code, said
    budget: Json = json.loads(said.out) if said.out else {}
    line: str = budget.get("line") or said.err.rstrip("\n")
    for text in case.says:
        assert text in line
    assert line.isprintable()
    if budget:
        missing: list[Json] = [each for each in budget["left_out"] if each["in_period"]] + budget[
            "without_limit"
        ]
        assert budget["exit_code"] == case.code
        begins = budget["period"]["start"]
        for each in budget["left_out"]:
            days = each["period"]
            assert days["start"] >= begins if each["in_period"] else days["end"] <= begins
        assert not missing or case.code in (EXCEEDED, NO_VERDICT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.what))
def test_the_notes_of_a_report(case: Case, asking: Ledgers, command: Run) -> None:
    """What is in no sum stands above all figures; nothing else is called incomplete."""
    asking.days, asking.keeps = case.days, case.keeps

    said = command(f"report --format markdown{' --today' * case.today}")

    assert said.code == case.report, said
    text = " ".join(said.out.replace("\\", "").split())
    for note in case.notes:
        assert note in text
    for rare in (SEVERAL, NET):
        assert (rare in text) == any(rare in note for note in case.notes)
    before, found, after = text.partition("Incomplete: ")
    assert bool(found) == (case.incomplete is not None)
    if case.incomplete is not None:
        assert case.incomplete in after
        assert "cost" not in before


def test_the_table_has_enough_cases() -> None:
    """At least 30, each another; some of every verdict."""
    assert len({case.what for case in CASES}) == len(CASES) >= 45
    assert {case.code for case in CASES} == {WITHIN, EXPECTED, EXCEEDED, NO_VERDICT, BAD_ANSWER, TOO_LONG_AGO}
