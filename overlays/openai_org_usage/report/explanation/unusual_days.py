"""Days out of the ordinary: how far they are beyond what their weekday usually costs. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from ..changes import less, ratio


@attrs.frozen
class UnusualDay:
    """A complete day that cost far more, or far less, than such a day usually does."""

    day: date
    amount: Decimal
    """Exact."""
    expected: Decimal
    """What such a day usually costs: an estimate, rounded to the cent."""
    distance: Decimal
    """How many times as far from the expected as usual days are; to one place, above zero."""
    has_ended: bool
    """Whether usual days have followed; what has ended teaches the forecast nothing."""

    @property
    def by(self) -> Decimal:
        """What it cost beyond the expected; negative if it cost less."""
        return less(self.amount, self.expected)

    @property
    def ratio(self) -> Decimal | None:
        """`by` in parts of the expected, to six places: 0.25 is 25 % more; None where that is zero."""
        return ratio(self.by, self.expected)

    @property
    def is_extreme(self) -> bool:
        """Whether it is so far off that it should be marked boldly: twice as far as what is just unusual."""
        return self.distance >= 2 * UNUSUAL


UNUSUAL = Decimal(4)
"""From how many usual distances on a day is out of the ordinary."""
