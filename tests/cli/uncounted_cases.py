"""What is taken off, not counted or missing: credits, unknown kinds, unreadable amounts, lost days."""

from __future__ import annotations

from typing import Any

from openai_org_usage.report.formatting import DASH, MINUS

from .ledgers import TAG, Days, cost, without
from .verdict_case import (
    BAD_ANSWER,
    EXCEEDED,
    NET,
    NO_VERDICT,
    SEVERAL,
    TEN,
    TOO_LONG_AGO,
    WITHIN,
    Case,
    today,
)

REFUND = {"object": "organization.costs.refund", "amount": {"value": 1, "currency": "usd"}}
NOTHING_STATED: Any = {"object": TAG}


def every_other_day() -> Days:
    """Without results."""
    return dict.fromkeys(range(1, 84, 2), ())


UNCOUNTED_CASES = [
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
        incomplete="2 days of costs of which nothing came",
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
        incomplete="5 days",
    ),
    Case(
        "an answer that begins late",
        without({}, *range(15, 104)),
        NO_VERDICT,
        ("5 days of",),
        incomplete="5 days",
    ),
    Case(
        "no bucket at all", without({}, *range(104)), NO_VERDICT, ("20 days of costs",), incomplete="20 days"
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
        "a history that is not kept", TEN, WITHIN, ("$200.00 of",), keeps=40, notes=("is compared: nothing",)
    ),
    Case("a month that is not kept", TEN, TOO_LONG_AGO, ("earliest",), keeps=10, report=TOO_LONG_AGO),
]
