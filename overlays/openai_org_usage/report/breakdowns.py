"""What the money was spent on, by one dimension: the largest entries, and the rest as one exact row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import attrs

from ..money import exact_sum
from .changes import Change, change, less, ratio
from .ledger import Key, Ledger
from .periods import Period


@attrs.frozen
class Entry:
    """One line of a breakdown."""

    key: Key
    """The model, line item or id; None for amounts that the API attributes to none."""
    name: str | None
    """What the API calls it, if it says so."""
    amount: Decimal
    share: Decimal | None
    """Of the spend's total, to six places; None if that is zero."""
    change: Change | None
    """None where nothing is compared."""


@attrs.frozen
class Rest:
    """All entries that are not shown, as one."""

    count: int
    amount: Decimal
    share: Decimal | None
    change: Change | None


@attrs.frozen
class Breakdown:
    """A total by one dimension; entries, rest and difference add up to the spend's total exactly."""

    dimension: str
    """`line_item`, `model`, `project_id`, `user_id` or `api_key_id`."""
    entries: tuple[Entry, ...]
    """Largest first."""
    rest: Rest | None
    """None if all are shown."""
    difference: Decimal
    """What the total has beyond this breakdown: zero, unless the API's own answers differ."""

    @property
    def largest(self) -> Decimal:
        """The largest amount of an entry or the rest: the one scale that all bars are drawn to."""
        amounts = [each.amount for each in (*self.entries, self.rest) if each is not None]
        return max(amounts, default=Decimal(0))


@attrs.frozen
class Comparing:
    """What every breakdown of one currency is made with."""

    currency: str
    total: Decimal
    period: Period
    complete: Period
    """The days of `period` that are compared with `before`."""
    before: Period | None
    top: int
    """How many entries are shown."""

    def breakdown(self, dimension: str, ledger: Ledger) -> Breakdown:
        """The breakdown of `ledger`, whose keys are values of `dimension`."""
        now = ledger.by_key(self.currency, self.period)
        changes = self._changes(ledger)
        keys = _ranked(now, changes.before if changes else {})
        # A rest of one takes the same room as the entry itself.
        shown = keys if len(keys) <= self.top + 1 else keys[: self.top]
        hidden = keys[len(shown) :]
        return Breakdown(
            dimension,
            tuple(self._entry(key, ledger.names, now, changes) for key in shown),
            self._rest(hidden, now, changes) if hidden else None,
            less(self.total, *now.values()),
        )

    def _changes(self, ledger: Ledger) -> _Changes | None:
        if self.before is None:
            return None
        return _Changes(
            ledger.by_key(self.currency, self.complete), ledger.by_key(self.currency, self.before)
        )

    def _entry(
        self, key: Key, names: Mapping[str, str], now: Mapping[Key, Decimal], changes: _Changes | None
    ) -> Entry:
        amount = now.get(key, Decimal(0))
        return Entry(
            key,
            None if key is None else names.get(key),
            amount,
            ratio(amount, self.total),
            None if changes is None else changes.of([key]),
        )

    def _rest(self, keys: Sequence[Key], now: Mapping[Key, Decimal], changes: _Changes | None) -> Rest:
        amount = exact_sum(now.get(key, Decimal(0)) for key in keys)
        return Rest(
            len(keys), amount, ratio(amount, self.total), None if changes is None else changes.of(keys)
        )


@attrs.frozen
class _Changes:
    """What the keys of a ledger cost in the complete days, and in the period before."""

    now: Mapping[Key, Decimal]
    before: Mapping[Key, Decimal]

    def of(self, keys: Sequence[Key]) -> Change:
        """The change of `keys` together."""
        now, before = (
            exact_sum(amounts.get(key, Decimal(0)) for key in keys) for amounts in (self.now, self.before)
        )
        return change(now, before)


def _ranked(now: Mapping[Key, Decimal], before: Mapping[Key, Decimal]) -> list[Key]:
    """All keys, the largest amounts first, then the largest before."""

    def place(key: Key) -> tuple[Decimal, Decimal, str]:
        amount, earlier = now.get(key, Decimal(0)), before.get(key, Decimal(0))
        return amount.copy_negate(), earlier.copy_negate(), key or ""

    return sorted({*now, *before}, key=place)
