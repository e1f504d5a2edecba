"""Why a spend changed, in figures: the value that renderers and words are made from. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from ..changes import less
from ..entry_labels import EntryLabel, labels_by
from .causes import ChangeCause, Subject
from .effects import Effects
from .movers import Movers
from .unusual_days import UnusualDay

if TYPE_CHECKING:
    from ...directory.names import Names


class ChangeSize(Enum):
    """How large a change is, beside what usually varies."""

    SAME = "about the same"
    SLIGHT = "slightly"
    CLEAR = "clearly"
    SHARP = "sharply"


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
        return attrs.evolve(self, movers=movers, causes=_labelled(self.causes, names, emails=emails))


def _labelled(
    causes: tuple[ChangeCause, ...], names: Names | None, *, emails: bool
) -> tuple[ChangeCause, ...]:
    subjects = {subject for cause in causes for subject in cause.subjects}
    labels: dict[tuple[str, str], EntryLabel] = {}
    for dimension in {subject.dimension for subject in subjects}:
        known = {subject.key: subject.label for subject in subjects if subject.dimension == dimension}
        found = labels_by(known, names, dimension=dimension, emails=emails)
        labels |= {(dimension, key): label for key, label in found.items()}

    def named(subject: Subject) -> Subject:
        return attrs.evolve(subject, label=labels[subject.dimension, subject.key])

    return tuple(attrs.evolve(cause, subjects=tuple(map(named, cause.subjects))) for cause in causes)


def rest_of(by: Decimal, causes: tuple[ChangeCause, ...]) -> Decimal:
    """What `causes` leave unexplained of the change `by`."""
    return less(by, *(cause.amount for cause in causes))
