"""Names that try to be more than names, in a report that has everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from openai_org_usage import NamedKey, NamedProject, NamedUser, Names
from openai_org_usage._generated import CostsRow
from openai_org_usage.report import Refusal, Report

from .figures import DAY, TODAY, cost, daily, report_of, tokens

START = date(2026, 8, 1)
EVIL = '<script>alert("x")</script>'
NAMES = (
    "gpt-6, input",
    "gpt-6, output",
    f"{EVIL}, input",
    '"><img src=https://evil.example/x onerror=alert(1)>',
    "</style></svg><style>@import url(//evil.example)</style>",
    "\u202eevil\x1b[31mred\x07\x00\u2028next",
    "a|b`c``d`*e*_f_ [g](http://evil.example) @here # h",
    "日本語のモデル, output",
    "x" * 300,
    "&lt;b&gt; &amp; {{ 7*7 }} %s ${x}",
    "javascript:alert(1)",
    "Image models",
    None,
    *(f"filler-{number}, input" for number in range(6)),
)


def hostile_report() -> Report:
    """Several currencies, names of all kinds, a refusal, tokens, prices and a forecast."""
    dice = Random(1)
    items = [row for place, name in enumerate(NAMES) for row in item(name, place, dice)]
    euros = daily(
        lambda _: dice.randint(100, 900), start=START, end=TODAY + DAY, currency="eur", line_item="a-1, input"
    )
    odd = daily(lambda _: dice.randint(1, 9), start=START, end=TODAY + DAY, currency="<b>")
    projects = [
        cost(row.start.date(), str(row.amount_value), project_id=f"proj_{place % 11}", project_name=EVIL)
        for place, row in enumerate(items)
    ]
    used = [
        tokens(TODAY - number * DAY, model=EVIL, input_tokens=10, input_cached_tokens=4, output_tokens=2)
        for number in range(1, 40)
    ]
    refusal = Refusal("user_id", f"No. {EVIL} [x](http://evil.example)\x1b[2J")
    return report_of(
        items + euros + odd, by={"project_id": projects}, completions=used, refusals=[refusal], top=12
    )


def item(name: str | None, place: int, dice: Random) -> list[CostsRow]:
    """A line item's days; the first ones have quantities."""
    priced: dict[str, Any] = {"quantity": Decimal(5), "quantity_unit": "tokens"} if place < 5 else {}
    return daily(
        lambda _: Decimal(dice.randint(1, 10**9)).scaleb(-7) / (place + 1),
        start=START,
        end=TODAY + DAY,
        line_item=name,
        **priced,
    )


def owners_report() -> Report:
    """What projects, users and keys cost, one for each hostile name."""
    by = {
        dimension: [
            cost(TODAY - number * DAY, 40 - place, **{dimension: f"{dimension}-{place}"})
            for place in range(len(NAMES))
            for number in range(1, 40)
        ]
        for dimension in ("project_id", "user_id", "api_key_id")
    }
    return report_of(by["user_id"], by=by, top=len(NAMES))


def hostile_names() -> Names:
    """Names of all of them, and of their owners and projects."""
    names = [(place, name) for place, name in enumerate(NAMES)]
    return Names(
        projects={
            f"project_id-{place}": NamedProject(id=f"project_id-{place}", name=name) for place, name in names
        },
        users={
            f"user_id-{place}": NamedUser(id=f"user_id-{place}", name=name, email=f"{name}@example.com")
            for place, name in names
        },
        api_keys={
            f"api_key_id-{place}": NamedKey(
                id=f"api_key_id-{place}",
                name=name,
                owner_id=f"user_id-{place}",
                owner_name=name,
                project_id=f"project_id-{place}",
            )
            for place, name in names
        },
    )
