"""A change in parts that add up to it exactly: volume, mix, price, what is new, what is gone. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal, localcontext

import attrs

from ...money import currency_of, exact_sum
from ..changes import less, quotient
from ..ledger import Key
from ..prices import PricedRow, units_of
from .comparison import PeriodComparison

_PLACES = Decimal("0.000001")


@attrs.frozen
class ItemEffects:
    """The change of one line item, in one unit; volume and price add up to it exactly."""

    line_item: Key
    unit: str | None
    """What its quantities count, such as `tokens`; None where the API gives none."""
    by: Decimal
    """Exact: the change."""
    volume: Decimal | None
    """What more or fewer units would have cost at the price before, to six places; None where quantities are
    not known in both periods."""
    price: Decimal | None
    """The rest of the change: what the units of now cost beyond the price before."""


@attrs.frozen
class Effects:
    """The change of a spend; the seven amounts add up to it exactly."""

    volume: Decimal
    """More or fewer units, at the average price before, to six places."""
    mix: Decimal
    """A shift to dearer or cheaper line items."""
    price: Decimal
    """Other prices of the same line items."""
    new: Decimal
    """Line items that cost nothing before."""
    gone: Decimal
    """Line items that cost nothing any more."""
    unmeasured: Decimal
    """Line items of which quantities are not known."""
    difference: Decimal
    """What the change has beyond its line items: zero, unless the API's own answers differ."""
    items: tuple[ItemEffects, ...]
    """Line items one by one, those that changed by most money first."""

    @property
    def by(self) -> Decimal:
        """The change."""
        parts = self.volume, self.mix, self.price, self.new, self.gone, self.unmeasured, self.difference
        return exact_sum(parts)


def effects_of(rows: Iterable[PricedRow], compared: PeriodComparison) -> Effects:
    """The effects in the change of a spend, from rows of costs by line item."""
    measured = _measured(rows, compared)
    groups: defaultdict[str | None, list[_ItemChange]] = defaultdict(list)
    for each in measured:
        if each.is_measured:
            groups[each.unit].append(each)
    items = [each.effects() for each in measured if each.by]
    volume = exact_sum(_ItemChange.sum(group).volume for group in groups.values())
    return Effects(
        volume,
        less(exact_sum(each.volume for each in measured if each.is_measured), volume),
        exact_sum(each.price for each in measured if each.is_measured),
        exact_sum(each.by for each in measured if each.is_new),
        exact_sum(each.by for each in measured if each.is_gone),
        exact_sum(each.by for each in measured if not (each.is_measured or each.is_new or each.is_gone)),
        less(compared.total.by, *(each.by for each in measured)),
        tuple(sorted(items, key=lambda item: (item.by.copy_abs().copy_negate(), item.line_item or ""))),
    )


@attrs.frozen
class _ItemAmounts:
    """Amounts and quantities, now and before."""

    now: list[Decimal] = attrs.field(factory=list[Decimal])
    before: list[Decimal] = attrs.field(factory=list[Decimal])
    quantities: list[Decimal] = attrs.field(factory=list[Decimal])
    quantities_before: list[Decimal] = attrs.field(factory=list[Decimal])


@attrs.frozen
class _ItemChange:
    """What one line item cost in one unit, and how many units there were, now and before."""

    line_item: Key
    unit: str | None
    amount: Decimal
    amount_before: Decimal
    units: Decimal
    units_before: Decimal

    @classmethod
    def of(cls, line_item: Key, quantity_unit: str | None, found: _ItemAmounts) -> _ItemChange:
        units, unit = units_of(exact_sum(found.quantities), quantity_unit)
        units_before, _ = units_of(exact_sum(found.quantities_before), quantity_unit)
        return cls(line_item, unit, exact_sum(found.now), exact_sum(found.before), units, units_before)

    @classmethod
    def sum(cls, group: Sequence[_ItemChange], *, line_item: Key = None) -> _ItemChange:
        """All of `group`, which have one unit, as if they were one line item with one price."""
        return cls(
            line_item,
            group[0].unit,
            exact_sum(each.amount for each in group),
            exact_sum(each.amount_before for each in group),
            exact_sum(each.units for each in group),
            exact_sum(each.units_before for each in group),
        )

    @property
    def by(self) -> Decimal:
        return less(self.amount, self.amount_before)

    @property
    def is_new(self) -> bool:
        return bool(self.amount) and not self.amount_before

    @property
    def is_gone(self) -> bool:
        return bool(self.amount_before) and not self.amount

    @property
    def is_measured(self) -> bool:
        known = self.unit is not None and self.units > 0 and self.units_before > 0
        return known and not (self.is_new or self.is_gone)

    @property
    def volume(self) -> Decimal:
        """The units of now at the price before, less what those of before cost."""
        with localcontext(Context(prec=60)):
            usual = quotient(self.amount_before * self.units, self.units_before, places=_PLACES)
        return less(usual, self.amount_before)

    @property
    def price(self) -> Decimal:
        return less(self.by, self.volume)

    def effects(self) -> ItemEffects:
        known = self.is_measured
        volume, price = (self.volume, self.price) if known else (None, None)
        return ItemEffects(self.line_item, self.unit, self.by, volume, price)


def _measured(rows: Iterable[PricedRow], compared: PeriodComparison) -> list[_ItemChange]:
    """One for each line item and unit, in a fixed order."""
    groups: defaultdict[tuple[Key, str | None], list[_ItemChange]] = defaultdict(list)
    for (line_item, quantity_unit), found in _item_amounts(rows, compared).items():
        change = _ItemChange.of(line_item, quantity_unit, found)
        groups[line_item, change.unit].append(change)
    return [_ItemChange.sum(groups[key], line_item=key[0]) for key in sorted(groups, key=str)]


def _item_amounts(
    rows: Iterable[PricedRow], compared: PeriodComparison
) -> Mapping[tuple[Key, str | None], _ItemAmounts]:
    """What is known by line item and by the unit that quantities come in."""
    sums: defaultdict[tuple[Key, str | None], _ItemAmounts] = defaultdict(_ItemAmounts)
    now, before = (range(each.start_time, each.end_time) for each in (compared.period, compared.before))
    for row in rows:
        is_now, amount = row.start_time in now, row.amount_value
        if amount is None or not (is_now or row.start_time in before):
            continue
        if currency_of(row.amount_currency) == compared.currency:
            quantity = row.quantity
            found = sums[row.line_item or None, None if quantity is None else row.quantity_unit or None]
            (found.now if is_now else found.before).append(amount)
            if quantity is not None:
                (found.quantities if is_now else found.quantities_before).append(quantity)
    return sums
