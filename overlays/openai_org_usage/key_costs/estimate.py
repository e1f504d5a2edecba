"""An estimate of costs by API key: each billed amount, shared out by what keys used of what it is for. Pure.

Amounts by project and line item are billed, and stay as they are: the shares of one add up to it exactly,
and no part of it goes to a key of another project, another day or another model. Whose they are is estimated.
What makes the estimate wrong is in docs/key-costs.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

import attrs

from .._generated import TimeRange
from ..line_items import LineItem, read_line_item
from ..money import exact_sum
from .key_usage import ApiKeyId, KeyUsage, UsageRow
from .project_day import ProjectDay
from .shares import shares_of
from .token_prices import BilledRow, TokenPrices

_DAY = 86_400
_Place: TypeAlias = tuple[int, str | None]
"""A day, by its start in Unix seconds, and a project."""


@attrs.frozen
class KeyCost(TimeRange):
    """What a key cost on a day, for one line item of one project."""

    start_time: int
    """Of the UTC day, in Unix seconds, inclusive."""
    end_time: int
    """Exclusive."""
    project_id: str | None
    api_key_id: ApiKeyId
    """None for usage without a key, and, where `shared_by` is None as well, for what is not shared out."""
    line_item: str | None
    amount_value: Decimal
    """Exact, in units of the currency; credits are negative."""
    amount_currency: str | None
    """As the API sends it, such as `usd`."""
    is_estimate: bool
    """Whether the key was estimated; False where the API itself gave the amount by key."""
    shared_by: str | None = None
    """Of an estimate, the count that the billed amount was shared out by, such as `output_tokens`; None if it
    was not shared out, as nothing that keys used explains it."""


def estimate_key_costs(
    billed: Iterable[BilledRow], usage: Mapping[str, Iterable[UsageRow]]
) -> tuple[KeyCost, ...]:
    """Each amount of `billed` in the shares of the keys that used what it is for, in a fixed order.

    `billed` are rows of costs by project and line item. `usage` are rows of usage endpoints, under the name
    of their client method (`completions`), by project and API key, and by model, batch and service tier where
    the endpoint can be grouped so. A row without an amount has no share.
    """
    rows = [row for row in billed if row.amount_value is not None]
    prices = TokenPrices.of(rows)
    days = _project_days(rows, usage)
    found = (cost for row in rows for cost in _shared_out(row, days[_place(row)], prices))
    return tuple(sorted(found, key=_position))


def sum_by_key(costs: Iterable[KeyCost]) -> tuple[KeyCost, ...]:
    """One row for each day, project, key and currency, over all line items; sums are exact.

    `line_item` and `shared_by` are None in them. What is not shared out keeps its line item: that is all that
    says what it is for.
    """

    def kept(cost: KeyCost) -> str | None:
        is_shared_out = cost.shared_by is not None or not cost.is_estimate
        return None if is_shared_out else cost.line_item

    return _added_up(costs, kept)


def sum_by_model(costs: Iterable[KeyCost]) -> tuple[KeyCost, ...]:
    """One row for each day, project, key, model and currency; sums are exact.

    `line_item` is the model that line items name, or one that names none; `shared_by` is None.
    """

    def model(cost: KeyCost) -> str | None:
        return None if cost.line_item is None else read_line_item(cost.line_item).model_or_category

    return _added_up(costs, model)


def _added_up(costs: Iterable[KeyCost], name: Callable[[KeyCost], str | None]) -> tuple[KeyCost, ...]:
    """The sums of `costs` that are alike with a `name` in the place of their line item."""
    groups: defaultdict[KeyCost, list[Decimal]] = defaultdict(list)
    for cost in costs:
        group = attrs.evolve(cost, line_item=name(cost), shared_by=None, amount_value=Decimal(0))
        groups[group].append(cost.amount_value)
    sums = (attrs.evolve(group, amount_value=exact_sum(found)) for group, found in groups.items())
    return tuple(sorted(sums, key=_position))


def _project_days(
    billed: Iterable[BilledRow], usage: Mapping[str, Iterable[UsageRow]]
) -> Mapping[_Place, ProjectDay]:
    used: defaultdict[_Place, list[KeyUsage]] = defaultdict(list)
    for operation, rows in usage.items():
        for row in rows:
            used[_place(row)].append(KeyUsage.of(operation, row))
    items: defaultdict[_Place, list[LineItem]] = defaultdict(list)
    for one in billed:
        items[_place(one)].append(read_line_item(one.line_item or ""))
    return {place: ProjectDay(place[0], used.get(place, ()), found) for place, found in items.items()}


def _place(row: BilledRow | UsageRow) -> _Place:
    """Its UTC day and project; some organizations get an empty project id instead of null."""
    return row.start_time - row.start_time % _DAY, row.project_id or None


def _shared_out(row: BilledRow, day: ProjectDay, prices: TokenPrices) -> Iterator[KeyCost]:
    item, amount = read_line_item(row.line_item or ""), row.amount_value or Decimal(0)
    basis = day.basis_of(item, prices=prices, currency=row.amount_currency)
    if basis is None:
        yield _key_cost(row, None, amount, shared_by=None)
        return
    keys = sorted(basis.weights, key=lambda key: key or "")
    shares = shares_of(amount, [basis.weights[key] for key in keys])
    for key, share in zip(keys, shares, strict=True):
        yield _key_cost(row, key, share, shared_by=basis.name)


def _key_cost(row: BilledRow, key: ApiKeyId, amount: Decimal, *, shared_by: str | None) -> KeyCost:
    return KeyCost(
        start_time=row.start_time,
        end_time=row.end_time,
        project_id=row.project_id or None,
        api_key_id=key,
        line_item=row.line_item,
        amount_value=amount,
        amount_currency=row.amount_currency,
        is_estimate=True,
        shared_by=shared_by,
    )


def _position(cost: KeyCost) -> tuple[int, str, str, str, str, Decimal]:
    texts = (cost.project_id, cost.api_key_id, cost.line_item, cost.amount_currency)
    project, key, item, currency = (text or "" for text in texts)
    return cost.start_time, project, key, item, currency, cost.amount_value


__all__ = ["KeyCost", "estimate_key_costs", "sum_by_key", "sum_by_model"]
