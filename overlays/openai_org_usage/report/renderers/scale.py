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
    """From `bottom`, which is zero or below, to `top`, with a line at every `step`."""

    top: Decimal
    step: Decimal
    bottom: Decimal = Decimal(0)

    @classmethod
    def over(cls, amounts: Iterable[Decimal]) -> Scale:
        """The smallest scale of at most five round steps that holds `amounts`; six with negative ones."""
        given = [*amounts, Decimal(0)]
        highest, lowest = max(given), min(given)
        if highest == lowest:
            return cls(Decimal(1), Decimal(1))
        raw = (highest - lowest) / MOST_STEPS
        unit = Decimal(1).scaleb(raw.adjusted())
        step = next(unit * each for each in STEPS if unit * each >= raw)
        return cls(step * _steps(highest, step), step, -step * _steps(-lowest, step))

    def lines(self) -> list[Decimal]:
        """Where lines are drawn, bottom and top included."""
        return [
            self.step * number
            for number in range(int(self.bottom / self.step), int(self.top / self.step) + 1)
        ]

    def labels(self, currency: str) -> list[str]:
        """What stands at the lines: all in one unit, with as many decimals as the step needs, or as cents."""
        unit, suffix = formatting.magnitude(max(self.top, -self.bottom))
        places = max(0, -int((self.step / unit).normalize().as_tuple().exponent))
        if places and not suffix:
            places = max(_CENTS, places)
        symbol = formatting.symbol(currency)

        def label(line: Decimal) -> str:
            sign = formatting.MINUS if line < 0 else ""
            return f"{sign}{symbol}{abs(line) / unit:,.{places}f}{suffix}" if line else f"{symbol}0"

        return [label(line) for line in self.lines()]

    def part(self, amount: Decimal) -> Decimal:
        """How far up `amount` is, from 0 at the bottom to 1 at the top."""
        return (amount - self.bottom) / (self.top - self.bottom)

    def size(self, amount: Decimal) -> Decimal:
        """How high what costs `amount` is drawn, as a part of the whole scale."""
        return abs(amount) / (self.top - self.bottom)


def _steps(amount: Decimal, step: Decimal) -> Decimal:
    """How many steps hold `amount`."""
    return (amount / step).to_integral_value(rounding=ROUND_CEILING)
