"""The rows of the costs endpoint: the usage of every other endpoint times its price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from .._generated import FieldRole, Operation
from .courses import WHOLE, Course
from .metrics import Metric, exact, layout_of
from .organization import GroupKey, Organization, Selection
from .prices import prices_for
from .request_streams import LINE_ITEM, Dimension, is_costs
from .rows import MONEY_SCALE, Row, blank_row, money
from .stories import Story


@attrs.frozen
class Charge:
    """One price applied to one group of users: what it bills, to which row, at what rate."""

    key: GroupKey
    metric: Metric
    amount: int
    """1/MONEY_SCALE dollars for one unit of the metric."""
    quantity: int
    """1/MONEY_SCALE billed units for one unit of the metric."""
    unit: str | None
    course: Course
    """By how much the price is multiplied, which changes at midnight only."""


@attrs.define
class Bill:
    """What a row adds up to, in 1/MONEY_SCALE of dollars and of the billed unit."""

    unit: str | None
    amount: int = 0
    quantity: int = 0

    def add(self, used: int, charge: Charge, *, start: int) -> None:
        """Add what `used` 1/scale units cost on the day from `start`; exact, as prices have few digits."""
        amount = charge.amount * charge.course.at(start) // WHOLE
        self.amount += used * amount // charge.metric.scale
        self.quantity += used * charge.quantity // charge.metric.scale


def cost_rows(organization: Organization, operation: Operation, selection: Selection) -> list[list[Row]]:
    """The rows of each bucket: one for each group that cost anything, in a fixed order."""
    bills: list[dict[GroupKey, Bill]] = [{} for _ in range(selection.buckets)]
    for used in organization.operations.values():
        if not is_costs(used):
            _charge_all(organization, used, bills, selection=selection)
    keys = sorted({key for bucket in bills for key in bucket}, key=str)
    blanks = {
        key: blank_row(operation, dict(zip(selection.group_by, key, strict=True)), roster=organization.roster)
        for key in keys
    }
    itemised = LINE_ITEM in selection.group_by
    return [
        [_filled(blanks[key], operation, bucket[key], itemised=itemised) for key in keys if key in bucket]
        for bucket in bills
    ]


def _charge_all(
    organization: Organization,
    used: Operation,
    bills: Sequence[dict[GroupKey, Bill]],
    *,
    selection: Selection,
) -> None:
    """Add what one usage endpoint costs to the bills of each bucket."""
    stories = organization.price_stories
    told = [*selection.group_by, *(name for story in stories for name in story.dimensions)]
    names = [*dict.fromkeys(name for name in told if name not in (LINE_ITEM, "model")), "model"]
    for usage in organization.usage(used, attrs.evolve(selection, group_by=names)):
        group = dict(zip(names, usage.group, strict=True))
        for charge in _charges(used, group, selection=selection, stories=stories):
            column = charge.metric.column(usage.tally, buckets=selection.buckets)
            for start, bucket, amount in zip(selection.boundaries, bills, column, strict=False):
                if amount:
                    bucket.setdefault(charge.key, Bill(charge.unit)).add(amount, charge, start=start)


def _charges(
    used: Operation,
    group: Mapping[str, Dimension | None],
    *,
    selection: Selection,
    stories: Sequence[Story],
) -> Iterator[Charge]:
    """What is billed for one group of an endpoint's users, leaving out unwanted items."""
    metrics = {metric.name: metric for metric in layout_of(used).metrics}
    wanted = selection.filters.get(LINE_ITEM)
    model = group["model"]
    for price in prices_for(used, model=None if model is None else str(model)):
        if wanted is None or price.line_item in wanted:
            itemised = {**group, LINE_ITEM: price.line_item}
            yield Charge(
                tuple(itemised[name] for name in selection.group_by),
                metrics[price.metric],
                int(price.usd * MONEY_SCALE),
                int(price.quantity * MONEY_SCALE),
                price.quantity_unit,
                _course(stories, itemised),
            )


def _course(stories: Sequence[Story], itemised: Mapping[str, Dimension | None]) -> Course:
    """How a price changes over time."""
    course = Course()
    for story in stories:
        about = {**story.dimensions} | ({LINE_ITEM: story.line_item} if story.line_item else {})
        if all(itemised.get(name) == value for name, value in about.items()):
            course = course.times(story.course())
    return course


def _filled(blank: Row, operation: Operation, bill: Bill, *, itemised: bool) -> Row:
    row = blank.copy()
    # Quantities of different line items have different units and are never added up. That nothing is
    # billed is written as a fraction, as recorded answers have it.
    quantity = (exact(bill.quantity, scale=MONEY_SCALE) or 0.0) if itemised else None
    billed = {"quantity": quantity, "quantity_unit": bill.unit if itemised else None}
    row.update((name, value) for name, value in billed.items() if name in row)
    for field in operation.fields:
        if field.role == FieldRole.MONEY:
            row[field.name] = money(field, bill.amount)
    return row
