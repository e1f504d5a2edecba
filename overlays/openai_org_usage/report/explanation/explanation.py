"""Why a spend changed, in figures: the value that renderers and words are made from. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ..changes import less
from ..cost_cells import CostCells
from ..entry_labels import EntryLabel, labels_by
from ..ledger import Ledger
from ..periods import Period
from .cause_search import find_causes
from .causes import ChangeCause, Subject
from .comparison import ChangeSize, PeriodComparison
from .effects import Effects, effects_of
from .movers import Movers, movers_of
from .slices import API_KEY
from .unusual_days import DailyCosts, UnusualDay

if TYPE_CHECKING:
    from ...directory.names import Names


@attrs.frozen
class Explanation:
    """Why the complete days of a period cost more, or less, than the period before."""

    by: Decimal
    """Exact: the change that is explained."""
    size: ChangeSize
    causes: tuple[ChangeCause, ...]
    """The largest first; empty if nothing stands out."""
    rest: Decimal
    """The change without what the causes explain: they and this add up to it exactly."""
    movers: tuple[Movers, ...]
    """One for each dimension that there are costs by."""
    effects: Effects
    """The change by volume, mix, price, and what is new or gone."""
    unusual_days: tuple[UnusualDay, ...]
    """Of the period and the one before, in order."""

    def labelled(self, names: Names | None, *, emails: bool) -> Explanation:
        """The same figures, projects, users and keys called as `names` know them."""
        movers = tuple(each.labelled(names, emails=emails) for each in self.movers)
        labels = {
            each.dimension: labels_by(self._known(each), names, dimension=each.dimension, emails=emails)
            for each in self.movers
        }

        def named(subject: Subject) -> Subject:
            label = labels.get(subject.dimension, {}).get(subject.key, subject.label)
            return attrs.evolve(subject, label=label)

        causes = (attrs.evolve(cause, subjects=tuple(map(named, cause.subjects))) for cause in self.causes)
        return attrs.evolve(self, movers=movers, causes=tuple(causes))

    def _known(self, movers: Movers) -> dict[str, EntryLabel]:
        """What is known of the keys of a dimension that are shown anywhere, which are told apart."""
        subjects = (subject for cause in self.causes for subject in cause.subjects)
        known = {each.key: each.label for each in subjects if each.dimension == movers.dimension}
        return known | {each.key: each.label for each in movers.entries if each.key is not None}


def explained(
    compared: PeriodComparison,
    *,
    daily: Ledger,
    cells: CostCells,
    ledgers: Mapping[str, Ledger],
    estimated: Collection[str] = (),
    top: int,
) -> Explanation:
    """Why the costs of two periods differ; all cells and ledgers may reach further back than these.

    `ledgers` are by dimension. Keys whose costs are `estimated` are no cause.
    """
    days = _known(daily, compared)
    keys = Ledger({}) if API_KEY in estimated else ledgers.get(API_KEY, Ledger({}))
    causes = find_causes(cells, keys.amounts.get(compared.currency, {}), compared)
    return Explanation(
        compared.total.by,
        compared.size(
            expected=compared.total.before * days.weekdays(compared.period) / days.weekdays(compared.before),
            variation=days.variation(compared.period.days + compared.before.days),
        ),
        causes,
        less(compared.total.by, *(cause.amount for cause in causes)),
        tuple(
            movers_of(ledger, name, compared, top=top, is_estimate=name in estimated)
            for name, ledger in ledgers.items()
        ),
        effects_of(cells.entries.rows, compared),
        days.unusual_days(Period(min(compared.before.start, compared.period.start), compared.period.end)),
    )


def _known(daily: Ledger, compared: PeriodComparison) -> DailyCosts:
    """All complete days from the first that cost anything."""
    keys = daily.amounts.get(compared.currency, {}).values()
    amounts = {day: amount for days in keys for day, amount in days.items() if day < compared.period.end}
    first = min((day for day, amount in amounts.items() if amount), default=compared.before.start)
    return DailyCosts(amounts, Period(min(first, compared.before.start), compared.period.end))
