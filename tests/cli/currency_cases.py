"""Currencies: one and its limit, several, the same in other spellings, and none."""

from __future__ import annotations

from .ledgers import cost, every_day
from .verdict_case import EXCEEDED, EXPECTED, NO_VERDICT, SEVERAL, TEN, WITHIN, Case, today

CURRENCY_CASES = [
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
]
