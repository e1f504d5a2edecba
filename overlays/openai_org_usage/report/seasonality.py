"""What days to come should cost: the weekday pattern of the last weeks at the level of the last two. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

WEEK = 7
PATTERN_WEEKS = 8
"""Weeks that the pattern is averaged over."""
LEVEL_DAYS = 2 * WEEK
"""Days that the level is taken from: whole weeks, so that no weekday counts twice."""


def expect(past: Sequence[Decimal], days: int) -> list[Decimal]:
    """What each of the next `days` days should cost, after consecutive days of which at least 7 are known."""
    pattern = _pattern(past)
    recent = past[-LEVEL_DAYS:] if len(past) >= LEVEL_DAYS else past[-WEEK:]
    usual = sum(pattern, Decimal(0)) * (len(recent) // WEEK)
    level = sum(recent, Decimal(0)) / usual if usual > 0 else Decimal(1)
    return [pattern[number % WEEK] * level for number in range(days)]


def _pattern(past: Sequence[Decimal]) -> list[Decimal]:
    """The average of each weekday, beginning with that of the day after the last."""
    pattern: list[Decimal] = []
    for place in range(WEEK):
        same = past[len(past) - WEEK + place :: -WEEK][:PATTERN_WEEKS]
        pattern.append(sum(same, Decimal(0)) / len(same))
    return pattern
