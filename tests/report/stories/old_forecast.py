"""The forecast as it was when it learned from days out of the ordinary, too: kept to be measured against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from openai_org_usage.report import Period
from openai_org_usage.report.periods import DAY

_WEEK, _PATTERN_WEEKS, _LEVEL_DAYS, _HISTORY_DAYS = 7, 8, 14, 84


def old_forecast(days: Mapping[date, Decimal], *, month: Period, today: date) -> Decimal:
    """The average of each weekday in eight weeks, at the level of the last two; `days` end before `today`."""
    past = [days.get(day, Decimal(0)) for day in Period(today - _HISTORY_DAYS * DAY, today).each_day()]
    known = sum((days.get(day, Decimal(0)) for day in month.until(today).each_day()), Decimal(0))
    return known + sum(_expect(past, Period(today, month.end).days), Decimal(0))


def _expect(past: Sequence[Decimal], days: int) -> list[Decimal]:
    pattern: list[Decimal] = []
    for place in range(_WEEK):
        same = past[len(past) - _WEEK + place :: -_WEEK][:_PATTERN_WEEKS]
        pattern.append(sum(same, Decimal(0)) / len(same))
    recent = past[-_LEVEL_DAYS:]
    usual = sum(pattern, Decimal(0)) * (len(recent) // _WEEK)
    level = sum(recent, Decimal(0)) / usual if usual > 0 else Decimal(1)
    return [pattern[number % _WEEK] * level for number in range(days)]
