"""What an emulated organization pays, as rows that a report is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact
from functools import cached_property, reduce
from operator import attrgetter
from typing import Any

import attrs

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Story
from openai_org_usage.emulator.costs import cost_rows
from openai_org_usage.emulator.ordinary_use import OrdinaryUse
from openai_org_usage.emulator.organization import Organization, Selection
from openai_org_usage.emulator.small_roster import SMALL_ROSTER
from openai_org_usage.line_items import read_line_item
from openai_org_usage.report import Period
from openai_org_usage.report.report import Gathered

SECONDS_PER_DAY = 86_400
_EXACT = Context(prec=60, traps=[Inexact])
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

    @classmethod
    def of(
        cls,
        ordinary: OrdinaryUse,
        days: Period,
        *,
        stories: Sequence[Story] = (),
        projects: Sequence[str] | None = None,
    ) -> EmulatedCosts:
        """What the organization, or some of its projects, pays on these days if `stories` happen to it.

        All of these days are over.
        """
        starts = [_midnight(day) for day in (*days.each_day(), days.end)]
        filters = {} if projects is None else {"project_id": projects}
        selection = Selection(starts, starts[-1], ["line_item", "api_key_id"], filters)
        buckets = cost_rows(Organization(ordinary, stories=stories), OPERATIONS["costs"], selection)
        rows = [_plain(row, start) for start, found in zip(starts, buckets, strict=False) for row in found]
        return cls(
            rows, list(_added_up(rows, "line_item", "project_id")), list(_added_up(rows, "api_key_id"))
        )

    @cached_property
    def daily(self) -> Mapping[date, Decimal]:
        """What each day costs."""
        return {_day(row.start_time): row.amount_value for row in _added_up(self.keys)}

    def until(self, day: date) -> EmulatedCosts:
        """Those of the days before `day`."""
        return self._where(lambda row: row.start_time < _midnight(day))

    def since(self, day: date, *, but: Collection[str] = ()) -> EmulatedCosts:
        """Those of `day` and later, and not of the projects `but`."""
        return self._where(lambda row: row.start_time >= _midnight(day) and _project(row) not in but)

    def then(self, *others: EmulatedCosts) -> EmulatedCosts:
        """These, and those of other days or projects."""
        each = (self, *others)
        return EmulatedCosts(
            [row for costs in each for row in costs.rows],
            [row for costs in each for row in costs.line_items],
            [row for costs in each for row in costs.keys],
        )

    def _where(self, wanted: Callable[[PlainCosts], bool]) -> EmulatedCosts:
        rows, line_items, keys = (
            [row for row in each if wanted(row)] for each in (self.rows, self.line_items, self.keys)
        )
        return EmulatedCosts(rows, line_items, keys)

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


def projects_of(story: Story) -> Collection[str]:
    """The projects that a story may be about."""
    if story.api_key_id is not None:
        return {_PROJECT_OF[story.api_key_id]}
    return set(_PROJECT_OF.values()) if story.project_id is None else {story.project_id}


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
    groups: defaultdict[tuple[Any, ...], list[PlainCosts]] = defaultdict(list)
    of_row = attrgetter("start_time", *dimensions)
    for row in rows:
        groups[of_row(row) if dimensions else (row.start_time,)].append(row)
    for (start, *values), members in groups.items():
        quantity, unit = None, None
        if "line_item" in dimensions:
            quantity = _sum(row.quantity for row in members if row.quantity is not None)
            unit = members[0].quantity_unit
        named = dict(zip(dimensions, values, strict=True))
        amount = _sum(row.amount_value for row in members)
        yield PlainCosts(start, amount, **named, quantity=quantity, quantity_unit=unit)


def _sum(values: Iterable[Decimal]) -> Decimal:
    """Exact, as amounts of the emulator have few digits."""
    return reduce(_EXACT.add, values, Decimal(0))


def _project(row: PlainCosts) -> str | None:
    return row.project_id or _PROJECT_OF.get(row.api_key_id or "")


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * SECONDS_PER_DAY


def _day(start: int) -> date:
    return date(1970, 1, 1) + timedelta(seconds=start)
