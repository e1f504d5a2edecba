"""Scales of amounts, the same in every form: round steps, and labels that share one unit. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

import attrs

from .. import formatting

STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
MOST_STEPS = 5
_CENTS = 2


@attrs.frozen
class Scale:
    """From zero to `top`, with a line at every `step`."""

    top: Decimal
    step: Decimal

    @classmethod
    def over(cls, amounts: Iterable[Decimal]) -> Scale:
        """The smallest scale of at most five round steps that holds `amounts`; below zero counts as zero."""
        highest = max([*amounts, Decimal(0)])
        if not highest:
            return cls(Decimal(1), Decimal(1))
        raw = highest / MOST_STEPS
        unit = Decimal(1).scaleb(raw.adjusted())
        step = next(unit * each for each in STEPS if unit * each >= raw)
        steps = (highest / step).to_integral_value(rounding=ROUND_CEILING)
        return cls(step * steps, step)

    def lines(self) -> list[Decimal]:
        """Where lines are drawn, zero and top included."""
        return [self.step * number for number in range(int(self.top / self.step) + 1)]

    def labels(self, currency: str) -> list[str]:
        """What stands at the lines: all in one unit, with as many decimals as the step needs, or as cents."""
        unit, suffix = formatting.magnitude(self.top)
        places = max(0, -int((self.step / unit).normalize().as_tuple().exponent))
        if places and not suffix:
            places = max(_CENTS, places)
        symbol = formatting.symbol(currency)
        return [
            f"{symbol}{line / unit:,.{places}f}{suffix}" if line else f"{symbol}0" for line in self.lines()
        ]

    def part(self, amount: Decimal) -> Decimal:
        """How far up `amount` is, from 0 to 1; what is below zero is at 0."""
        return max(Decimal(0), amount) / self.top
