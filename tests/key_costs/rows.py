"""Rows of costs and of usage, written down by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from openai_org_usage.key_costs import KeyCost, estimate_key_costs
from openai_org_usage.money import exact_sum

DAY = 86_400
DAY_ONE = 1_795_132_800 - 10 * DAY
"""2026-11-10 00:00 UTC."""
MODEL = "gpt-5-2025-08-07"


@attrs.frozen(kw_only=True)
class Billed:
    """A row of costs by project and line item."""

    line_item: str | None
    amount_value: Decimal | None
    amount_currency: str | None = "usd"
    project_id: str | None = "proj_a"
    quantity: Decimal | None = None
    quantity_unit: str | None = None
    start_time: int = DAY_ONE

    @property
    def end_time(self) -> int:
        return self.start_time + DAY


@attrs.frozen(kw_only=True)
class Used:
    """A row of any usage endpoint by project, key, model, batch and tier; it may lack any count."""

    api_key_id: str | None
    project_id: str | None = "proj_a"
    model: str | None = MODEL
    batch: bool | None = None
    service_tier: str | None = None
    start_time: int = DAY_ONE
    input_tokens: int = 0
    input_uncached_tokens: int | None = None
    input_cached_tokens: int | None = None
    input_cache_write_tokens: int | None = None
    output_tokens: int = 0
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    images: int = 0
    characters: int = 0
    seconds: Decimal | int = 0
    num_requests: int = 0


def bill(line_item: str | None, amount: str | None = "12", **more: Any) -> Billed:
    """A row of costs: of twelve dollars, which most shares divide."""
    return Billed(line_item=line_item, amount_value=None if amount is None else Decimal(amount), **more)


def used(key: str | None, **counts: Any) -> Used:
    """A row of usage of `key`."""
    return Used(api_key_id=key, **counts)


def shares(
    billed: Iterable[Billed], usage: Mapping[str, Iterable[Used]], *, of: str | None = None
) -> dict[tuple[str | None, str | None], str]:
    """The amount and basis by key, of the line item `of` or of the only one there is."""
    costs = [cost for cost in estimate_key_costs(billed, usage) if of in (None, cost.line_item)]
    found = {(cost.api_key_id, cost.shared_by): f"{cost.amount_value.normalize():f}" for cost in costs}
    assert len(found) == len(costs)
    return found


def sums(costs: Iterable[KeyCost | Billed]) -> dict[tuple[object, ...], Decimal]:
    """What is billed, or shared out, by day, project, line item and currency; exact."""
    groups: dict[tuple[object, ...], list[Decimal]] = {}
    for cost in costs:
        if cost.amount_value is not None:
            place = cost.start_time, cost.project_id or None, cost.line_item, cost.amount_currency
            groups.setdefault(place, []).append(cost.amount_value)
    return {place: exact_sum(amounts) for place, amounts in groups.items()}
