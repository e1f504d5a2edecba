"""Where a running month, week or day will end: a plain estimate, and a range that was earned. Pure.

The estimate: a day left costs what its weekday cost on average in the last eight weeks, scaled to the
level of the last two. The range: the same method is tried on the past (on each day, knowing only what
came before it), and as far as it missed there, it may miss now. It learns nothing from spikes that
have ended, and after a week a new level is taken to last. Nothing is known of holidays, launches or price
changes. Only complete days teach; the growing day is estimated like those to come, though never below what it
has cost already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, Context, Decimal, localcontext

import attrs

from ..money import exact_sum
from .backtest import LEVEL_OVER, Trials
from .errors import ReportError
from .estimates import rounded
from .periods import DAY, Period
from .seasonality import LEVEL_DAYS, PATTERN_WEEKS, WEEK, Past, expect

HISTORY_DAYS = 12 * WEEK
"""How many complete days are looked at: enough to try the method on, few enough to be alike."""
MIN_DAYS = WEEK
"""With fewer there is no estimate: not every weekday has been seen."""
MIN_DAYS_FOR_RANGE = 3 * WEEK
"""With fewer there is no range: the method can hardly be tried on the past."""

_ZERO = Decimal(0)


@attrs.frozen
class DayAhead:
    """What will have been spent since the period's start when this day ends."""

    day: date
    expected: Decimal
    low: Decimal | None
    high: Decimal | None


@attrs.frozen
class Forecast:
    """What a running period will have cost at its end. Estimates are rounded up to the cent."""

    period: Period
    spent: Decimal
    """Exact: the complete days, and the growing day so far."""
    today: Decimal
    """Exact: the growing day so far."""
    path: tuple[DayAhead, ...]
    """From the growing day to the last; empty without an estimate."""
    history_days: int
    """How many complete days it is made from, counted from the first that cost anything."""
    method: str
    """For readers: how it was made, or why there is none."""

    @property
    def expected(self) -> Decimal | None:
        """The estimate; None with less than a week of complete days."""
        return self.path[-1].expected if self.path else None

    @property
    def low(self) -> Decimal | None:
        """Four times in five the end lies between `low` and `high`; None with less than three weeks."""
        return self.path[-1].low if self.path else None

    @property
    def high(self) -> Decimal | None:
        """See `low`."""
        return self.path[-1].high if self.path else None


def forecast(days: Mapping[date, Decimal], *, period: Period, today: date) -> Forecast:
    """Estimate what `period` will have cost at its end, from the daily amounts of one currency.

    `days` has today's amount so far, and those of as many days before as are known; a day between
    that has no entry cost nothing.

    Raises:
        ReportError: `today` is not in `period`, so it is over or has not begun.
    """
    if today not in period:
        raise ReportError(f"{today} is not within {period.start} to {period.last}: nothing to forecast")
    known = exact_sum(days.get(day, _ZERO) for day in period.until(today).each_day())
    so_far = days.get(today, _ZERO)
    spent = exact_sum((known, so_far))
    past = _history(days, today=today)
    ahead = Period(today, period.end)
    with localcontext(Context(prec=28)):
        path = _path(ahead, Past(past), known=known, so_far=so_far, spent=spent)
    ranged = bool(path) and path[-1].low is not None
    return Forecast(period, spent, so_far, path, len(past), _method(len(past), ranged=ranged))


def _history(days: Mapping[date, Decimal], *, today: date) -> list[Decimal]:
    """The complete days before `today`, oldest first, from the first that cost anything."""
    first = min((day for day, amount in days.items() if amount and day < today), default=today)
    first = max(first, today - HISTORY_DAYS * DAY)
    return [days.get(day, _ZERO) for day in Period(first, today).each_day()]


def _path(
    ahead: Period, past: Past, *, known: Decimal, so_far: Decimal, spent: Decimal
) -> tuple[DayAhead, ...]:
    if len(past) < MIN_DAYS:
        return ()
    expected = expect(past.learned(len(past)), ahead.days)
    expected[0] = max(expected[0], so_far)
    reaches = _reaches(past, ahead.days)
    path: list[DayAhead] = []
    total = known
    for number, day in enumerate(ahead.each_day()):
        total += expected[number]
        reach = reaches[number]
        low = None if reach is None else _estimate(max(spent, total - reach))
        high = None if reach is None else _estimate(total + reach)
        path.append(DayAhead(day, _estimate(total), low, high))
    return tuple(path)


def _reaches(past: Past, days: int) -> list[Decimal | None]:
    """How far the sum of the next 1, 2, … `days` days may be off; it does not shrink with distance."""
    if len(past) < MIN_DAYS_FOR_RANGE:
        return [None] * days
    trials = Trials(past, furthest=days)
    reaches: list[Decimal | None] = []
    widest = _ZERO
    for distance in range(1, days + 1):
        reach = trials.reach(distance)
        widest = max(widest, reach or _ZERO)
        reaches.append(None if reach is None else widest)
    return reaches


def _estimate(amount: Decimal) -> Decimal:
    """Rounded up: no estimate is less than what is spent."""
    return rounded(amount, rounding=ROUND_CEILING)


def _method(days: int, *, ranged: bool) -> str:
    if days < MIN_DAYS:
        had = {0: "is none", 1: "is only one"}.get(days, f"are only {days}")
        return f"No forecast: it takes {MIN_DAYS} complete days with costs, and there {had} yet."
    weeks = min(PATTERN_WEEKS, -(-days // WEEK))
    level = LEVEL_DAYS if days >= LEVEL_DAYS else WEEK
    how = (
        f"Each day left is taken to cost what its weekday cost on average in the last {weeks} weeks, at the "
        f"level of the last {level} complete days; today, which is still growing, and "
        "spikes that have ended are left out"
    )
    if ranged:
        return (
            f"{how}. The range is how far this method missed when tried on the last {days} days, wide "
            "enough to hold the month's end about four times in five."
        )
    if days < MIN_DAYS_FOR_RANGE:
        return f"{how}. There is no range: it takes {MIN_DAYS_FOR_RANGE} complete days, and there are {days}."
    return f"{how}. There is no range: the last {LEVEL_OVER // WEEK} weeks cost nothing."
