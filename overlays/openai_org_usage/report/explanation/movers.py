"""What moved: the entries of one dimension by how much more or less they cost than before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ...money import exact_sum
from ..changes import AmountChange, change, less
from ..entry_labels import EntryLabel, labels_by
from ..ledger import Key, Ledger
from .comparison import PeriodComparison

if TYPE_CHECKING:
    from ...directory.names import Names


@attrs.frozen
class Mover:
    """One entry, with what it cost and what it cost before."""

    key: Key
    """The model, line item or id; None for amounts that the API attributes to none."""
    label: EntryLabel
    amount: Decimal
    """Exact: in the complete days of the period."""
    change: AmountChange
    """Exact: against the period before."""

    @property
    def is_new(self) -> bool:
        """Whether it cost something now and nothing before."""
        return bool(self.amount) and not self.change.before

    @property
    def is_gone(self) -> bool:
        """Whether it cost something before and nothing now."""
        return bool(self.change.before) and not self.amount


@attrs.frozen
class MoversRest:
    """All entries that are not shown, as one."""

    count: int
    amount: Decimal
    change: AmountChange


@attrs.frozen
class Movers:
    """The change by one dimension; entries, rest and difference add up to the spend's change exactly."""

    dimension: str
    """`line_item`, `model`, `project_id`, `user_id` or `api_key_id`."""
    entries: tuple[Mover, ...]
    """Those that changed by most money first, whether more or less."""
    rest: MoversRest | None
    """None if all are shown."""
    difference: Decimal
    """What the change has beyond these: zero, unless the API's own answers differ."""
    is_estimate: bool = False
    """Whether it was estimated whose the amounts are."""

    def labelled(self, names: Names | None, *, emails: bool) -> Movers:
        """The same figures, the entries called as `names` know them; without addresses if not `emails`."""
        known = {entry.key: entry.label for entry in self.entries if entry.key is not None}
        labels = labels_by(known, names, dimension=self.dimension, emails=emails)
        entries = (
            entry if entry.key is None else attrs.evolve(entry, label=labels[entry.key])
            for entry in self.entries
        )
        return attrs.evolve(self, entries=tuple(entries))


def movers_of(
    ledger: Ledger, dimension: str, compared: PeriodComparison, *, top: int, is_estimate: bool
) -> Movers:
    """The movers of `ledger`, whose keys are values of `dimension`; the `top` largest are shown."""
    now = ledger.by_key(compared.currency, compared.period)
    earlier = ledger.by_key(compared.currency, compared.before)
    found = sorted(
        (_mover(key, now, earlier, ledger) for key in {*now, *earlier} if now.get(key) or earlier.get(key)),
        key=lambda mover: (mover.change.by.copy_abs().copy_negate(), mover.key or ""),
    )
    # A rest of one takes the same room as the entry itself.
    shown = found if len(found) <= top + 1 else found[:top]
    difference = less(compared.total.by, *(mover.change.by for mover in found))
    return Movers(dimension, tuple(shown), _rest(found[len(shown) :]), difference, is_estimate)


def _mover(key: Key, now: Mapping[Key, Decimal], earlier: Mapping[Key, Decimal], ledger: Ledger) -> Mover:
    amount = now.get(key, Decimal(0))
    return Mover(key, ledger.label_of(key), amount, change(amount, earlier.get(key, Decimal(0))))


def _rest(hidden: Sequence[Mover]) -> MoversRest | None:
    if not hidden:
        return None
    amount = exact_sum(mover.amount for mover in hidden)
    before = exact_sum(mover.change.before for mover in hidden)
    return MoversRest(len(hidden), amount, change(amount, before))
