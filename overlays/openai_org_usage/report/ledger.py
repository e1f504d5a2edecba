"""Rows of costs added up: exact amounts by currency, key and UTC day. Currencies are never mixed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeAlias, TypeVar

import attrs

from .._generated import OPERATIONS
from ..money import currency_of, exact_sum
from ..named_rows import NAMES_BESIDE
from .entry_labels import EntryLabel
from .periods import Period, day_of
from .unknown_results import LeftOut, most, without_amount, without_currency

_COSTS = "costs"
_KIND = OPERATIONS[_COSTS].result_object
Key = str | None
"""A value of a dimension; None where the API gave none."""

_EMAIL = "user_email"


class CostRow(Protocol):
    """What is needed of a row of costs; unknown fields in its `additional_properties` may name its ids."""

    @property
    def start_time(self) -> int: ...
    @property
    def amount_value(self) -> Decimal | None: ...
    @property
    def amount_currency(self) -> str | None: ...


KeyT = TypeVar("KeyT")
CostRowT = TypeVar("CostRowT", bound=CostRow)
AmountsBy: TypeAlias = Mapping[str, Mapping[KeyT, Mapping[date, Decimal]]]
Amounts: TypeAlias = AmountsBy[Key]


@attrs.frozen
class CostEntries(Generic[CostRowT]):
    """Rows of costs, read once: what can be added up, and what cannot."""

    rows: Sequence[CostRowT]
    known: Sequence[tuple[CostRowT, str, date, Decimal]]
    """Those that can, with currency, day and amount."""
    left_out: tuple[LeftOut, ...]
    credits: Mapping[str, Mapping[date, Decimal]]
    """What of the amounts is negative, by currency and day."""

    @classmethod
    def of(cls, rows: Iterable[CostRowT]) -> CostEntries[CostRowT]:
        """What `rows` say."""
        rows = list(rows)
        known: list[tuple[CostRowT, str, date, Decimal]] = []
        unstated: list[date] = []
        homeless: list[tuple[date, Decimal]] = []
        for row in rows:
            day, value, currency = day_of(row.start_time), row.amount_value, currency_of(row.amount_currency)
            if value is None:
                unstated.append(day)
            elif currency is None:
                homeless.append((day, value))
            else:
                known.append((row, currency, day, value))
        found = without_amount(_COSTS, _KIND, unstated), without_currency(_COSTS, _KIND, homeless)
        return cls(rows, known, most(*found), _credits(known))


@attrs.frozen
class Ledger:
    """Exact amounts: by currency (lower case), then key, then day."""

    amounts: Amounts
    names: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    """What the rows themselves call the keys: by name, else by address."""
    emails: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    """The addresses of users in the rows, if the API sends them."""
    left_out: tuple[LeftOut, ...] = ()
    """What is in none of the amounts, and may be of value."""
    credits: Mapping[str, Mapping[date, Decimal]] = attrs.field(factory=dict[str, Mapping[date, Decimal]])
    """What of the amounts is negative, by currency and day."""

    @classmethod
    def of(
        cls, rows: Iterable[CostRow], *, by: str | None = None, left_out: Iterable[LeftOut] = ()
    ) -> Ledger:
        """Add up `rows` of costs by their field `by`, or all of them under the key None.

        A row without an amount adds nothing, not even its currency; neither does an amount without a
        currency. Both are in `left_out`. Rows have no results of unknown kinds: say by `left_out` which
        there were, or a budget seems to be kept.
        """
        entries = CostEntries[CostRow].of(rows)
        return cls(
            _added_up(
                (currency, (getattr(row, by) or None) if by else None, day, amount)
                for row, currency, day, amount in entries.known
            ),
            left_out=most(left_out, entries.left_out),
            credits=entries.credits,
        ).named_by(entries.rows, by=by)

    def named_by(self, rows: Iterable[CostRow], *, by: str | None) -> Ledger:
        """The same amounts with what `rows` say beside their field `by`, by which they are added up."""
        called: dict[str, dict[str, str]] = {name: {} for name in NAMES_BESIDE.get(by or "", ())}
        if by is None or not called:
            return self
        for row in rows:
            key: Key = getattr(row, by) or None
            if key is not None:
                for name, known in called.items():
                    is_known = key in known and known[key] == getattr(row, name, None)
                    if not is_known and (text := _said(row, name)):
                        known[key] = text
        names = {key: name for known in reversed(called.values()) for key, name in known.items()}
        return attrs.evolve(self, names=names, emails=called.get(_EMAIL, {}))

    @property
    def currencies(self) -> tuple[str, ...]:
        """All currencies, in alphabetical order."""
        return tuple(sorted(self.amounts))

    def by_key(self, currency: str, period: Period) -> dict[Key, Decimal]:
        """The exact sum of each key within `period`; keys without an amount there are left out."""
        sums: dict[Key, Decimal] = {}
        for key, days in self.amounts.get(currency, {}).items():
            inside = [amount for day, amount in days.items() if day in period]
            if inside:
                sums[key] = exact_sum(inside)
        return sums

    def total(self, currency: str, period: Period) -> Decimal:
        """The exact sum within `period`."""
        return exact_sum(self.by_key(currency, period).values())

    def by_day(self, currency: str, period: Period) -> dict[date, Decimal]:
        """The exact sum of each day of `period`, zero where there is none."""
        keys = self.amounts.get(currency, {}).values()
        return {day: exact_sum(days[day] for days in keys if day in days) for day in period.each_day()}

    def label_of(self, key: Key) -> EntryLabel:
        """What the rows themselves call `key`."""
        name, email = self.names.get(key or ""), self.emails.get(key or "")
        return EntryLabel(name=None if name == email else name, email=email)

    def credited(self, currency: str, period: Period) -> Decimal:
        """What of the total within `period` is negative."""
        return exact_sum(amount for day, amount in self.credits.get(currency, {}).items() if day in period)

    def regrouped(self, key_of: Callable[[Key], Key]) -> Ledger:
        """The same amounts under the keys that `key_of` gives, such as the model of a line item."""
        return Ledger(regrouped(self.amounts, key_of), left_out=self.left_out, credits=self.credits)


def _added_up(entries: Iterable[tuple[str, Key, date, Decimal]]) -> Amounts:
    lists: defaultdict[str, defaultdict[Key, defaultdict[date, list[Decimal]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for currency, key, day, amount in entries:
        lists[currency][key][day].append(amount)
    return {currency: _summed(keys) for currency, keys in lists.items()}


def _summed(keys: Mapping[Key, Mapping[date, list[Decimal]]]) -> Mapping[Key, Mapping[date, Decimal]]:
    return {key: {day: exact_sum(amounts) for day, amounts in days.items()} for key, days in keys.items()}


def _credits(entries: Iterable[tuple[CostRow, str, date, Decimal]]) -> Mapping[str, Mapping[date, Decimal]]:
    negative = ((currency, None, day, amount) for _, currency, day, amount in entries if amount < 0)
    return {currency: keys[None] for currency, keys in _added_up(negative).items()}


def regrouped(amounts: AmountsBy[KeyT], key_of: Callable[[KeyT], Key]) -> Amounts:
    """`amounts` under the keys that `key_of` gives."""
    sums: dict[str, Mapping[Key, Mapping[date, Decimal]]] = {}
    for currency, keys in amounts.items():
        groups: defaultdict[Key, defaultdict[date, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
        for key, days in keys.items():
            group = groups[key_of(key)]
            for day, amount in days.items():
                group[day].append(amount)
        sums[currency] = _summed(groups)
    return sums


def _said(row: CostRow, name: str) -> str | None:
    """What the row says in its field `name`, if anything; the pin may know the field or not."""
    found: object = getattr(row, name, None)
    if not found:
        unknown: Mapping[str, object] | None = getattr(row, "additional_properties", None)
        found = unknown.get(name) if unknown else None
    return found if isinstance(found, str) and found.strip() else None
