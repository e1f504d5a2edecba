"""What the money was spent on, by one dimension: the largest entries, and the rest as one exact row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ..money import exact_sum
from .changes import AmountChange, change, less, share
from .entry_labels import EntryLabel, labels_by
from .ledger import Key, Ledger
from .periods import Period

if TYPE_CHECKING:
    from ..directory.names import Names


@attrs.frozen
class BreakdownEntry:
    """One line of a breakdown."""

    key: Key
    """The model, line item or id; None for amounts that the API attributes to none."""
    label: EntryLabel
    """What is known of it."""
    amount: Decimal
    complete: Decimal
    """What of the amount is of the complete days, which `change` is of."""
    share: Decimal | None
    """Of the spend's total, to six places; None if that is zero or negative."""
    change: AmountChange | None
    """None where nothing is compared."""

    @property
    def name(self) -> str | None:
        """What it is called, if that is known."""
        return self.label.shown_name


@attrs.frozen
class BreakdownRest:
    """All entries that are not shown, as one."""

    count: int
    amount: Decimal
    complete: Decimal
    share: Decimal | None
    change: AmountChange | None


@attrs.frozen
class Breakdown:
    """A total by one dimension; entries, rest and difference add up to the spend's total exactly."""

    dimension: str
    """`line_item`, `model`, `project_id`, `user_id` or `api_key_id`."""
    entries: tuple[BreakdownEntry, ...]
    """Largest first."""
    rest: BreakdownRest | None
    """None if all are shown."""
    difference: Decimal
    """What the total has beyond this breakdown: zero, unless the API's own answers differ."""
    is_estimate: bool = False
    """Whether it was estimated whose the amounts are, as the API refuses to tell; their sum is exact."""

    @property
    def largest(self) -> Decimal:
        """The largest amount of an entry or the rest: the one scale that all bars are drawn to."""
        amounts = [each.amount for each in (*self.entries, self.rest) if each is not None]
        return max(amounts, default=Decimal(0))

    def labelled(self, names: Names | None, *, emails: bool) -> Breakdown:
        """The same figures, the entries called as `names` know them; without addresses if not `emails`."""
        known = {entry.key: entry.label for entry in self.entries if entry.key is not None}
        found = labels_by(known, names, dimension=self.dimension, emails=emails)
        return attrs.evolve(
            self,
            entries=tuple(
                entry if entry.key is None else attrs.evolve(entry, label=found[entry.key])
                for entry in self.entries
            ),
        )


@attrs.frozen
class CurrencyBreakdowns:
    """What every breakdown of one currency is made with."""

    currency: str
    total: Decimal
    period: Period
    complete: Period
    """The days of `period` that are compared with `before`."""
    before: Period | None
    top: int
    """How many entries are shown."""
    estimated: frozenset[str] = frozenset()
    """The dimensions by which amounts are estimated."""

    def breakdown(self, dimension: str, ledger: Ledger) -> Breakdown:
        """The breakdown of `ledger`, whose keys are values of `dimension`."""
        sums = self._sums(ledger)
        keys = _ranked(sums.now, sums.before or {})
        # What is of no key is none of the other keys. A rest of one takes the same room as the entry itself.
        hidden = [key for key in keys[self.top :] if key is not None]
        hidden = hidden if len(hidden) > 1 else []
        shown = keys if not hidden else keys[: self.top] + [key for key in keys[self.top :] if key is None]
        return Breakdown(
            dimension,
            tuple(self._entry(key, ledger, sums) for key in shown),
            self._rest(hidden, sums) if hidden else None,
            less(self.total, *sums.now.values()),
            dimension in self.estimated,
        )

    def _sums(self, ledger: Ledger) -> _Sums:
        now, complete = (ledger.by_key(self.currency, days) for days in (self.period, self.complete))
        return _Sums(
            now, complete, None if self.before is None else ledger.by_key(self.currency, self.before)
        )

    def _entry(self, key: Key, ledger: Ledger, sums: _Sums) -> BreakdownEntry:
        amount, complete, changed = sums.of([key])
        return BreakdownEntry(key, ledger.label_of(key), amount, complete, share(amount, self.total), changed)

    def _rest(self, keys: Sequence[Key], sums: _Sums) -> BreakdownRest:
        amount, complete, changed = sums.of(keys)
        return BreakdownRest(len(keys), amount, complete, share(amount, self.total), changed)


@attrs.frozen
class _Sums:
    """What the keys of a ledger cost."""

    now: Mapping[Key, Decimal]
    """In the period."""
    complete: Mapping[Key, Decimal]
    """In its complete days."""
    before: Mapping[Key, Decimal] | None
    """In what these are compared with."""

    def of(self, keys: Sequence[Key]) -> tuple[Decimal, Decimal, AmountChange | None]:
        """The amount of `keys` together, that of the complete days, and the change of that."""
        amount, complete = _sum(self.now, keys), _sum(self.complete, keys)
        return amount, complete, None if self.before is None else change(complete, _sum(self.before, keys))


def _sum(amounts: Mapping[Key, Decimal], keys: Sequence[Key]) -> Decimal:
    return exact_sum(amounts.get(key, Decimal(0)) for key in keys)


def _ranked(now: Mapping[Key, Decimal], before: Mapping[Key, Decimal]) -> list[Key]:
    """All keys, the largest amounts first, then the largest before."""

    def place(key: Key) -> tuple[Decimal, Decimal, str]:
        amount, earlier = now.get(key, Decimal(0)), before.get(key, Decimal(0))
        return amount.copy_negate(), earlier.copy_negate(), key or ""

    return sorted({*now, *before}, key=place)
