"""What an emulated organization pays, as rows that a report is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

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
    """The costs of some days, by the finest cells."""

    rows: Sequence[PlainCosts]

    @classmethod
    def of(cls, ordinary: OrdinaryUse, days: Period, *, stories: Sequence[Story] = ()) -> EmulatedCosts:
        """What the organization pays on these days, all of them over, if `stories` happen to it."""
        starts = [_midnight(day) for day in (*days.each_day(), days.end)]
        selection = Selection(starts, starts[-1], ["line_item", "api_key_id"], {})
        buckets = cost_rows(Organization(ordinary, stories=stories), OPERATIONS["costs"], selection)
        return cls([_plain(row, start) for start, rows in zip(starts, buckets, strict=False) for row in rows])

    def until(self, day: date) -> EmulatedCosts:
        """Those of the days before `day`."""
        return EmulatedCosts([row for row in self.rows if row.start_time < _midnight(day)])

    def daily(self) -> Mapping[date, Decimal]:
        """What each day costs."""
        days: defaultdict[int, list[Decimal]] = defaultdict(list)
        for row in self.rows:
            days[row.start_time].append(row.amount_value)
        return {_day(start): exact_sum(amounts) for start, amounts in days.items()}

    def cells(self) -> Mapping[CostCell, Mapping[date, float]]:
        """What each cell costs on each day, roughly."""
        found: defaultdict[CostCell, dict[date, float]] = defaultdict(dict)
        for row in self.rows:
            cell = CostCell(row.line_item or "", row.api_key_id or "")
            found[cell][_day(row.start_time)] = float(row.amount_value)
        return found

    def gathered(self) -> Gathered:
        """What a report would have read."""
        items = list(_added_up(self.rows, "line_item", "project_id"))
        return Gathered(
            daily=[PlainCosts(_midnight(day), amount) for day, amount in self.daily().items()],
            line_items=items,
            by={"project_id": items, "api_key_id": list(_added_up(self.rows, "api_key_id"))},
            completions=(),
        )


def lively_organization(seed: int) -> OrdinaryUse:
    """A lively organization of the usual size."""
    return OrdinaryUse(OPERATIONS, roster=SMALL_ROSTER, seed=seed, lively=True)


def _plain(row: Mapping[str, object], start: int) -> PlainCosts:
    amount, quantity = row["amount"], row["quantity"]
    assert isinstance(amount, dict)
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
