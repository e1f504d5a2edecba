"""Two periods whose costs are compared, and by how much they differ. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

import attrs

from ..changes import AmountChange, less
from ..periods import Period


class ChangeSize(Enum):
    """How large a change is, beside what usually varies."""

    SAME = "about the same"
    SLIGHT = "slightly"
    CLEAR = "clearly"
    SHARP = "sharply"


_SIZES = (
    (ChangeSize.SHARP, Decimal("0.25"), 4),
    (ChangeSize.CLEAR, Decimal("0.05"), 2),
    (ChangeSize.SLIGHT, Decimal("0.01"), 1),
    (ChangeSize.SAME, Decimal(0), 0),
)
"""From which part of what is expected on, and from how many times what usually varies on."""


@attrs.frozen
class PeriodComparison:
    """The complete days of a report in one currency, beside the days before."""

    currency: str
    period: Period
    before: Period
    total: AmountChange
    """Of the spend."""

    def size(self, *, expected: Decimal, variation: Decimal) -> ChangeSize:
        """How large the change is beside what the calendar makes of it, and what usually varies.

        `expected` is what the period should cost at the level of the period before, and `variation` how far
        such sums usually are off.
        """
        if not expected:
            return ChangeSize.SHARP if self.total.by else ChangeSize.SAME
        moved = abs(less(self.total.before, self.total.by.copy_negate()) / expected - 1)
        return next(
            size for size, least, times in _SIZES if moved >= max(least, times * variation / abs(expected))
        )
