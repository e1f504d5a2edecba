"""What did each API key cost? As the API says, or where it refuses to, an estimate that adds up exactly::

    from openai_org_usage import UsageClient
    from openai_org_usage.key_costs import collect_key_costs, sum_by_key

    with UsageClient() as client:
        costs = collect_key_costs(client, start_time="7d")
    for row in sum_by_key(costs.rows):
        print(row.start.date(), row.api_key_id, row.amount_value, row.is_estimate)

Some organizations get a 400 for costs grouped by `api_key_id`. `docs/key-costs.md` says how the estimate is
made and how far off it can be. Every name is imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import imported as _imported

if TYPE_CHECKING:
    from .estimate import KeyCost as KeyCost
    from .estimate import estimate_key_costs as estimate_key_costs
    from .estimate import sum_by_key as sum_by_key
    from .queries import KeyCosts as KeyCosts
    from .queries import collect_key_costs as collect_key_costs
    from .queries import collect_key_costs_async as collect_key_costs_async

__all__ = [
    "KeyCost",
    "KeyCosts",
    "collect_key_costs",
    "collect_key_costs_async",
    "estimate_key_costs",
    "sum_by_key",
]

_MODULE_OF = {
    "KeyCost": "estimate",
    "KeyCosts": "queries",
    "collect_key_costs": "queries",
    "collect_key_costs_async": "queries",
    "estimate_key_costs": "estimate",
    "sum_by_key": "estimate",
}


def __getattr__(name: str) -> object:
    return _imported(name, package=__name__, module_of=_MODULE_OF)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
