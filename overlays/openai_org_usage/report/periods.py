"""Which days a report covers, and which days before it is compared with: UTC, as in the API. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import attrs

from ..times import month_after
from .errors import ReportError

DAY = timedelta(days=1)


@attrs.frozen
class Period:
    """Whole UTC days from `start` up to `end`, which is not part of it."""

    start: date
    end: date
    monthly: bool = False
    """Whether it stands for a calendar month, begun or whole, and is compared with the month before."""
    weekly: bool = False
    """Whether it stands for a week from Monday on, begun or whole, and is compared with the week before."""

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month; a report of a month that is not over covers its complete days.

        Raises:
            ReportError: there is no such month.
        """
        try:
            first = date(year, month, 1)
            return cls(first, month_after(first), monthly=True)
        except (ValueError, OverflowError):
            raise ReportError(f"there is no month {month} of the year {year}: write it as 2026-11") from None

    @classmethod
    def this_month(cls, now: datetime) -> Period:
        """The calendar month (UTC) that `now` is in."""
        today = utc_day(now)
        return cls.month(today.year, today.month)

    @classmethod
    def week(cls, day: date) -> Period:
        """The week from Monday to Sunday that `day` is in."""
        monday = day - day.weekday() * DAY
        return cls(monday, monday + 7 * DAY, weekly=True)

    @classmethod
    def last_days(cls, count: int, *, now: datetime, complete_days: bool = False) -> Period:
        """The last `count` days, that of `now` included, as a span such as `"7d"` means everywhere.

        With `complete_days` it is left out: these are as many days before it.

        Raises:
            ReportError: `count` is less than one or more than ten years.
        """
        if not 1 <= count <= 3660:
            raise ReportError(f"a report covers at least one day and at most ten years, not {count} days")
        end = utc_day(now) + (0 if complete_days else 1) * DAY
        return cls(end - count * DAY, end)

    @classmethod
    def between(cls, start: date, end: date) -> Period:
        """The days from `start` up to and without `end`.

        Raises:
            ReportError: there are none.
        """
        if end <= start:
            raise ReportError(f"the period is empty: its end {end} is not after its start {start}")
        return cls(start, end)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - DAY

    @property
    def start_time(self) -> int:
        """Its first second, in Unix seconds."""
        return midnight(self.start)

    @property
    def end_time(self) -> int:
        """The second after its last, in Unix seconds."""
        return midnight(self.end)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def each_day(self) -> tuple[date, ...]:
        """Its days in order."""
        return tuple(self.start + number * DAY for number in range(self.days))

    @property
    def weekdays(self) -> int:
        """How many of its days are from Monday to Friday."""
        return sum(day.weekday() < 5 for day in self.each_day())

    def complete(self, today: date) -> Period:
        """The part of it before `today`; all of it if there is none."""
        complete = self.until(today)
        return complete if complete.days else self

    def until(self, end: date) -> Period:
        """The part of it before `end`; empty if it begins later."""
        return attrs.evolve(self, end=max(self.start, min(self.end, end)))

    def before(self, *, today: date | None = None) -> Period:
        """The days that it is compared with.

        A calendar month is compared with the month before: while it runs, with as many first days of
        that month (all of them where that is shorter); when it is whole, with the whole month. A week is
        compared with the same days of the week before: while it has `today` in it, with its complete ones.
        Any other period is compared with as many days right before it as it has such days.

        Raises:
            ReportError: the calendar does not go back that far.
        """
        try:
            if not self.monthly:
                days = self.until(today or self.end).days
                start = self.start - (7 if self.weekly else days) * DAY
                return Period(start, start + days * DAY)
            first = (self.start - DAY).replace(day=1)
            whole = self.end >= month_after(self.start)
            end = self.start if whole else min(self.start, first + self.days * DAY)
            return Period(first, end, monthly=True)
        except OverflowError:
            raise ReportError(f"there is no period to compare with before {self.start}") from None


def utc_day(now: datetime) -> date:
    """The UTC day that `now` is in.

    Raises:
        ReportError: `now` has no time zone.
    """
    if now.utcoffset() is None:
        raise ReportError(f"{now.isoformat()} has no time zone: make it with datetime.now(timezone.utc)")
    return now.astimezone(UTC).date()


def midnight(day: date) -> int:
    """The first second of `day`, in Unix seconds."""
    return int(datetime.combine(day, time.min, UTC).timestamp())


@lru_cache(maxsize=4096)
def day_of(seconds: int) -> date:
    """The UTC day that a moment in Unix seconds is in."""
    return datetime.fromtimestamp(seconds, UTC).date()
