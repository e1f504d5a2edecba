"""Scales of charts: round values for the lines, and places for amounts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

import attrs

STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
LINES = 5
"""About as many lines are drawn."""


@attrs.frozen
class Scale:
    """From zero to `top`, with a line at every `step`."""

    top: Decimal
    step: Decimal

    @classmethod
    def over(cls, amounts: Iterable[Decimal]) -> Scale:
        """The smallest scale with round lines that holds all `amounts`; negative ones count as zero."""
        highest = max([*amounts, Decimal(0)])
        if not highest:
            return cls(Decimal(1), Decimal(1))
        raw = highest / LINES
        unit = Decimal(1).scaleb(raw.adjusted())
        step = next(unit * each for each in STEPS if unit * each >= raw)
        lines = (highest / step).to_integral_value(rounding=ROUND_CEILING)
        return cls(step * lines, step)

    def lines(self) -> list[Decimal]:
        """Where lines are drawn, zero and top included."""
        return [self.step * number for number in range(int(self.top / self.step) + 1)]

    def part(self, amount: Decimal) -> Decimal:
        """How far up `amount` is, from 0 to 1; what is below zero is at 0."""
        return max(Decimal(0), amount) / self.top


def number(value: Decimal) -> str:
    """A coordinate or percentage in at most three decimals."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
