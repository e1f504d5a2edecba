"""Rows made by hand, and reports made from them, without any transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openai_org_usage._generated import (
    CostsResult,
    CostsResultAmount,
    CostsRow,
    UsageCompletionsResult,
    UsageCompletionsRow,
)
from openai_org_usage.report import Gathered, Period, Refusal, Report, Scope, make_report

DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)
DOCUMENTED = ("line_item", "project_id", "api_key_id", "user_id", "quantity", "quantity_unit")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def seconds(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())


def cost(day: date, value: str | int | None, *, currency: str | None = "usd", **members: Any) -> CostsRow:
    """A row of costs as it is decoded; members that the document lacks are kept as unknown ones."""
    known: dict[str, Any] = {name: members.pop(name) for name in DOCUMENTED if name in members}
    known["additional_properties"] = members or None
    amount = None if value is None else CostsResultAmount(value=Decimal(value), currency=currency)
    result = CostsResult(object="organization.costs.result", amount=amount, **known)
    return CostsRow(seconds(day), seconds(day + DAY), result)


def tokens(day: date, **members: Any) -> UsageCompletionsRow:
    """A row of completions usage; counts that are not given are zero or not stated."""
    counts: dict[str, Any] = {"input_tokens": 0, "output_tokens": 0, "num_model_requests": 1, **members}
    result = UsageCompletionsResult(object="organization.usage.completions.result", **counts)
    return UsageCompletionsRow(seconds(day), seconds(day + DAY), result)


def daily(amount: Callable[[date], Any], *, start: date, end: date, **members: Any) -> list[CostsRow]:
    """One row for each day."""
    days = [start + number * DAY for number in range((end - start).days)]
    return [cost(day, str(amount(day)), **members) for day in days]


def report_of(
    rows: Sequence[CostsRow],
    *,
    period: Period | None = None,
    now: datetime = NOW,
    completions: Sequence[UsageCompletionsRow] = (),
    by: Mapping[str, Sequence[CostsRow]] | None = None,
    refusals: Sequence[Refusal] = (),
    earliest: date | None = None,
    top: int = 8,
) -> Report:
    """A report whose costs, by line item and in total, are `rows`."""
    gathered = Gathered(
        daily=rows,
        line_items=rows,
        by=by or {},
        completions=completions,
        refusals=tuple(refusals),
        earliest=earliest,
    )
    return make_report(gathered, scope=Scope.of(period or Period.this_month(now), now=now), top=top)
