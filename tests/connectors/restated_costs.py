"""An organization whose costs are what a test says, and may say otherwise later."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator, FaultPlan, OrganizationSize
from openai_org_usage.emulator.faults import Altered

from ..conftest import DAY, MIDNIGHT

Rows = Mapping[int, list[tuple[str, str]]]
"""Line items and amounts, by the day: 0 is that of MIDNIGHT, and those before it are negative."""


class RestatedCosts:
    """The emulator of the organization, and what it says.

    Attributes:
        rows: what it says now.
        now: the present.
        lists_are_empty: whether there is nothing in its lists.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.now: float = MIDNIGHT
        self.lists_are_empty = False
        self.emulator = Emulator(
            now=lambda: self.now,
            lookback_days=365,
            size=OrganizationSize(projects=1, users=1, keys=1),
            faults=FaultPlan(Altered(self._altered)),
        )

    def client(self, **options: Any) -> UsageClient:
        """A client of it, with its clock."""
        emulator = self.emulator
        settings: dict[str, Any] = {"admin_key": emulator.admin_key, "base_url": emulator.base_url, **options}
        return UsageClient(clock=lambda: self.now, **settings)

    def costs_asked(self) -> list[int]:
        """Where the requests for costs began, in the days of `rows`."""
        asked = [request for request in self.emulator.requests if request.path.endswith("/costs")]
        return [(int(dict(request.query)["start_time"]) - MIDNIGHT) // DAY for request in asked]

    def _altered(self, page: dict[str, Any]) -> dict[str, Any]:
        if "has_more" in page and "next_page" not in page and self.lists_are_empty:
            return {**page, "data": [], "has_more": False}
        return {**page, "data": [self._restated(item) for item in page["data"]]}

    def _restated(self, item: dict[str, Any]) -> dict[str, Any]:
        if "results" not in item:
            return item
        rows = self.rows.get((item["start_time"] - MIDNIGHT) // DAY, [])
        return {**item, "results": [_result(line_item, amount) for line_item, amount in rows]}


@contextmanager
def restated_costs(rows: Rows) -> Generator[RestatedCosts]:
    """The organization, as long as its emulator runs."""
    costs = RestatedCosts(rows)
    with costs.emulator:
        yield costs


def _result(line_item: str, amount: str) -> dict[str, Any]:
    return {
        "object": "organization.costs.result",
        "amount": {"value": amount, "currency": "usd"},
        "line_item": line_item,
        "project_id": "proj_1",
    }
