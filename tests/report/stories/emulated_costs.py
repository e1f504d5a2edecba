"""What an emulated organization pays, as rows that a report is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Story
from openai_org_usage.emulator.costs import cost_rows
from openai_org_usage.emulator.ordinary_use import OrdinaryUse
from openai_org_usage.emulator.organization import Organization, Selection
from openai_org_usage.emulator.small_roster import SMALL_ROSTER
from openai_org_usage.line_items import read_line_item
from openai_org_usage.money import exact_sum
from openai_org_usage.report import Period
from openai_org_usage.report.report import Gathered

SECONDS_PER_DAY = 86_400
_PROJECT_OF = {key.id: key.project_id for key in SMALL_ROSTER.keys}


@attrs.frozen
class CostCell:
    """What one key pays under one line item: nothing is told of costs that is finer."""

    line_item: str
    api_key_id: str

    @property
    def project_id(self) -> str:
        """The project of the key."""
        return _PROJECT_OF[self.api_key_id]

    @property
    def model(self) -> str | None:
        """The model that the line item names, if it does."""
        return read_line_item(self.line_item).model

    def has(self, dimensions: Mapping[str, str | None]) -> bool:
        """Whether it is within all of these values of dimensions."""
        return all(getattr(self, name) == value for name, value in dimensions.items())


@attrs.frozen
class PlainCosts:
    """A row of costs."""

    start_time: int
    amount_value: Decimal
    line_item: str | None = None
    project_id: str | None = None
    api_key_id: str | None = None
    quantity: Decimal | None = None
    quantity_unit: str | None = None
    amount_currency: str | None = "usd"
    additional_properties: Mapping[str, object] = attrs.field(factory=dict[str, object])


@attrs.frozen
class EmulatedCosts:
    """The costs of some days, as fine as they are told, and as a report asks for them."""

    rows: Sequence[PlainCosts]
    """By line item and key."""
    line_items: Sequence[PlainCosts]
    """By line item and project."""
    keys: Sequence[PlainCosts]
    daily: Mapping[date, Decimal]

    @classmethod
    def of(cls, ordinary: OrdinaryUse, days: Period, *, stories: Sequence[Story] = ()) -> EmulatedCosts:
        """What the organization pays on these days, all of them over, if `stories` happen to it."""
        starts = [_midnight(day) for day in (*days.each_day(), days.end)]
        selection = Selection(starts, starts[-1], ["line_item", "api_key_id"], {})
        buckets = cost_rows(Organization(ordinary, stories=stories), OPERATIONS["costs"], selection)
        rows = [_plain(row, start) for start, found in zip(starts, buckets, strict=False) for row in found]
        keys = list(_added_up(rows, "api_key_id"))
        daily = {_day(row.start_time): row.amount_value for row in _added_up(keys)}
        return cls(rows, list(_added_up(rows, "line_item", "project_id")), keys, daily)

    def until(self, day: date) -> EmulatedCosts:
        """Those of the days before `day`."""
        end = _midnight(day)
        rows, line_items, keys = (
            [row for row in each if row.start_time < end] for each in (self.rows, self.line_items, self.keys)
        )
        daily = {each: amount for each, amount in self.daily.items() if each < day}
        return EmulatedCosts(rows, line_items, keys, daily)

    def then(self, later: EmulatedCosts) -> EmulatedCosts:
        """These, and those of later days."""
        return EmulatedCosts(
            [*self.rows, *later.rows],
            [*self.line_items, *later.line_items],
            [*self.keys, *later.keys],
            {**self.daily, **later.daily},
        )

    def cells(self) -> Mapping[CostCell, Mapping[date, float]]:
        """What each cell costs on each day, roughly."""
        found: defaultdict[tuple[str, str], dict[date, float]] = defaultdict(dict)
        for row in self.rows:
            found[row.line_item or "", row.api_key_id or ""][_day(row.start_time)] = float(row.amount_value)
        return {CostCell(*cell): days for cell, days in found.items()}

    def gathered(self) -> Gathered:
        """What a report would have read."""
        return Gathered(
            daily=[PlainCosts(_midnight(day), amount) for day, amount in self.daily.items()],
            line_items=self.line_items,
            by={"project_id": self.line_items, "api_key_id": self.keys},
            completions=(),
        )


def lively_organization(seed: int) -> OrdinaryUse:
    """A lively organization of the usual size."""
    return OrdinaryUse(OPERATIONS, roster=SMALL_ROSTER, seed=seed, lively=True)


def _plain(row: Mapping[str, object], start: int) -> PlainCosts:
    amount: Any = row["amount"]
    quantity = row["quantity"]
    key = str(row["api_key_id"])
    unit = row["quantity_unit"]
    return PlainCosts(
        start,
        Decimal(amount["value"]),
        str(row["line_item"]),
        _PROJECT_OF[key],
        key,
        None if quantity is None else Decimal(str(quantity)),
        None if unit is None else str(unit),
    )


def _added_up(rows: Iterable[PlainCosts], *dimensions: str) -> Iterator[PlainCosts]:
    """The rows by fewer dimensions; quantities are those of line items."""
    groups: defaultdict[tuple[object, ...], list[PlainCosts]] = defaultdict(list)
    for row in rows:
        groups[row.start_time, *(getattr(row, name) for name in dimensions)].append(row)
    for (start, *values), members in groups.items():
        quantity, unit = None, None
        if "line_item" in dimensions:
            quantity = exact_sum(row.quantity for row in members if row.quantity is not None)
            unit = members[0].quantity_unit
        amount = exact_sum(row.amount_value for row in members)
        named = dict(zip(dimensions, map(str, values), strict=True))
        yield PlainCosts(
            int(str(start)),
            amount,
            named.get("line_item"),
            named.get("project_id"),
            named.get("api_key_id"),
            quantity,
            unit,
        )


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * SECONDS_PER_DAY


def _day(start: int) -> date:
    return date(1970, 1, 1) + timedelta(seconds=start)
