"""The rows of the costs endpoint: the usage of every other endpoint times its price."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .._generated import Operation
from .metrics import Metric, exact, ledger_of
from .organization import LINE_ITEM, Filters, Organization, Span, is_costs
from .prices import prices_for
from .rows import MONEY_SCALE, Row, blank_row, money
from .series import Dimension

Key = tuple[Dimension | None, ...]


class Charge(NamedTuple):
    """One price applied to one group of users: what it bills, to which row, at what rate."""

    key: Key
    metric: Metric
    amount: int
    """1/MONEY_SCALE dollars for one unit of the metric."""
    quantity: int
    """1/MONEY_SCALE billed units for one unit of the metric."""
    unit: str | None


@dataclass(slots=True)
class Bill:
    """What a row adds up to, in 1/MONEY_SCALE of dollars and of the billed unit."""

    unit: str | None
    amount: int = 0
    quantity: int = 0

    def add(self, used: int, charge: Charge) -> None:
        """Add what `used` 1/scale units cost; exact, as prices have far fewer digits than that."""
        self.amount += used * charge.amount // charge.metric.scale
        self.quantity += used * charge.quantity // charge.metric.scale


def cost_rows(
    organization: Organization,
    operation: Operation,
    *,
    span: Span,
    group_by: Sequence[str],
    filters: Filters,
) -> list[list[Row]]:
    """Return the rows of each bucket: one for each group that cost anything, in a fixed order."""
    bills: list[dict[Key, Bill]] = [{} for _ in range(span.buckets)]
    for used in organization.operations.values():
        if not is_costs(used):
            _charge_all(organization, used, bills, span=span, group_by=group_by, filters=filters)
    keys = sorted({key for bucket in bills for key in bucket}, key=str)
    blanks = {key: blank_row(operation, dict(zip(group_by, key, strict=True))) for key in keys}
    itemised = LINE_ITEM in group_by
    return [
        [_filled(blanks[key], operation, bucket[key], itemised=itemised) for key in keys if key in bucket]
        for bucket in bills
    ]


def _charge_all(
    organization: Organization,
    used: Operation,
    bills: Sequence[dict[Key, Bill]],
    *,
    span: Span,
    group_by: Sequence[str],
    filters: Filters,
) -> None:
    """Add what one usage endpoint costs to the bills of each bucket."""
    names = [*(name for name in group_by if name not in (LINE_ITEM, "model")), "model"]
    for usage in organization.usage(used, span=span, group_by=names, filters=filters):
        group = dict(zip(names, usage.group, strict=True))
        for charge in _charges(used, group, group_by=group_by, filters=filters):
            column = charge.metric.column(usage.tally, buckets=span.buckets)
            for bucket, amount in zip(bills, column, strict=True):
                if amount:
                    bucket.setdefault(charge.key, Bill(charge.unit)).add(amount, charge)


def _charges(
    used: Operation,
    group: Mapping[str, Dimension | None],
    *,
    group_by: Sequence[str],
    filters: Filters,
) -> Iterator[Charge]:
    """Yield what is billed for one group of an endpoint's users, leaving out unwanted items."""
    metrics = {metric.name: metric for metric in ledger_of(used).metrics}
    wanted = filters.get(LINE_ITEM)
    model = group["model"]
    for price in prices_for(used, model=None if model is None else str(model)):
        if wanted is None or price.line_item in wanted:
            itemised = {**group, LINE_ITEM: price.line_item}
            yield Charge(
                tuple(itemised[name] for name in group_by),
                metrics[price.metric],
                int(price.usd * MONEY_SCALE),
                int(price.quantity * MONEY_SCALE),
                price.quantity_unit,
            )


def _filled(blank: Row, operation: Operation, bill: Bill, *, itemised: bool) -> Row:
    row = blank.copy()
    # Quantities of different line items have different units and are never added up. That nothing is
    # billed is written as a fraction, as recorded answers have it.
    quantity = (exact(bill.quantity, scale=MONEY_SCALE) or 0.0) if itemised else None
    billed = {"quantity": quantity, "quantity_unit": bill.unit if itemised else None}
    row.update((name, value) for name, value in billed.items() if name in row)
    for field in operation.fields:
        if field.role == "money":
            row[field.name] = money(field, bill.amount)
    return row
