"""Which days a report is of, and which it needs. Pure."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from .errors import ReportError
from .forecast import HISTORY_DAYS
from .periods import DAY, Period, utc_day
from .token_days import UTC_DAYS, TokenDays


@attrs.frozen
class Scope:
    """Which days a report made at `now` covers, and which it needs."""

    now: datetime
    today: date
    """The UTC day of `now`, still growing."""
    period: Period
    """The days covered: of a month the complete ones, or today alone if there are none; else all asked for
    up to today."""
    before: Period | None
    """What its complete days are compared with; None if it has none."""
    growing: bool
    """Whether `period` ends with today."""
    month: Period | None
    """The calendar month of today if the report reaches the present: it is forecast."""
    token_days: TokenDays = UTC_DAYS
    """The days by which tokens are counted."""

    @classmethod
    def of(cls, asked: Period, *, now: datetime, token_days: TokenDays = UTC_DAYS) -> Scope:
        """The scope of a report about `asked`.

        Raises:
            ReportError: `asked` lies in the future, or `now` has no time zone.
        """
        today = utc_day(now)
        if asked.start > today:
            raise ReportError(
                f"the period begins {asked.start}, after today {today} (UTC): nothing is spent yet"
            )
        complete = asked.until(today)
        growing = today in asked and not (asked.monthly and complete.days)
        period = asked.until(today + DAY) if growing else complete
        # A month that ended yesterday is over, while the last days up to yesterday reach the present.
        present = today in asked or (asked.end == today and not asked.monthly)
        month = Period.month(today.year, today.month) if present else None
        before = period.before(today=today) if complete.days else None
        return cls(now, today, period, before, growing, month, token_days)

    def kept_from(self, earliest: date | None) -> Scope:
        """The same without what would begin before `earliest`: of a part nothing is compared or forecast."""

        def whole(period: Period | None) -> Period | None:
            return None if period is not None and earliest is not None and period.start < earliest else period

        return attrs.evolve(self, before=whole(self.before), month=whole(self.month))

    @property
    def complete(self) -> Period:
        """The days of `period` that averages and changes are of: the complete ones, if it has any."""
        return self.period.complete(self.today)

    @property
    def first_needed(self) -> date:
        """The first day that any figure is made from: those before the period say what is usual."""
        first = self.period.start - HISTORY_DAYS * DAY
        if self.before is not None:
            first = min(first, self.before.start)
        return first if self.month is None else min(first, self.month.before().start)
