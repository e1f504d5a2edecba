"""What days to come should cost: the weekday pattern of the last weeks at the level of the last two. Pure.

Before it is learned from, the past is put as it would have been at the level of now: spikes that are over
cost what was usual around them, and days before a step are raised or lowered by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal

from .levels import Jump, Levels

WEEK = 7
PATTERN_WEEKS = 8
"""Weeks that the pattern is averaged over."""
LEVEL_DAYS = 2 * WEEK
"""Days that the level is taken from: whole weeks, so that no weekday counts twice."""
LEAST_DAYS = 3 * WEEK
"""With fewer nobody knows what is usual: all teach as they are."""
BELIEVED_AFTER = WEEK
"""Days after which a new level is one, and may no longer be a spike."""
MOST_SPIKE_DAYS = 2 * WEEK
"""What goes back after more days was a level of its own."""
_DIGITS = Context(prec=20)
"""Digits of an estimate: two days that should cost the same do so to the cent."""


class Past:
    """Consecutive days, and what was known of their levels on each of them."""

    def __init__(self, amounts: Sequence[Decimal]) -> None:
        self.amounts = amounts
        self._largest = max(map(abs, amounts), default=Decimal(0))
        self._levels = Levels([float(amount / self._largest) if amount else 0.0 for amount in amounts])

    def __len__(self) -> int:
        return len(self.amounts)

    def learned(self, known: int) -> list[Decimal]:
        """The first `known` days as they teach, when no more than they were known."""
        learned = list(self.amounts[:known])
        for jump in self._levels.jumps(known) if known >= LEAST_DAYS else ():
            days = jump.end - jump.start
            if jump.is_over and days <= MOST_SPIKE_DAYS:
                learned[jump.start : jump.end] = self._usual(jump)
            elif not jump.is_over and days >= BELIEVED_AFTER and jump.usual > 0:
                ratio = Decimal(max(0.0, jump.level / jump.usual))
                learned[: jump.start] = [amount * ratio for amount in learned[: jump.start]]
        return learned

    def _usual(self, jump: Jump) -> list[Decimal]:
        """What the days of a jump would have cost at the level that it left."""
        weights = self._levels.weights[jump.start : jump.end]
        return [Decimal(jump.usual * weight) * self._largest for weight in weights]


def expect(learned: Sequence[Decimal], days: int) -> list[Decimal]:
    """What each of the next `days` days should cost, after consecutive days of which at least 7 are known."""
    pattern = _pattern(learned)
    recent = learned[-LEVEL_DAYS:] if len(learned) >= LEVEL_DAYS else learned[-WEEK:]
    usual = sum(pattern, Decimal(0)) * (len(recent) // WEEK)
    level = sum(recent, Decimal(0)) / usual if usual > 0 else Decimal(1)
    return [_DIGITS.multiply(pattern[number % WEEK], level) for number in range(days)]


def _pattern(past: Sequence[Decimal]) -> list[Decimal]:
    """The average of each weekday, beginning with that of the day after the last."""
    pattern: list[Decimal] = []
    for place in range(WEEK):
        same = past[len(past) - WEEK + place :: -WEEK][:PATTERN_WEEKS]
        pattern.append(sum(same, Decimal(0)) / len(same))
    return pattern
