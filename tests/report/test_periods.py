"""Which days a report covers, and which it is compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage.report import Period, ReportError, Scope

from .figures import DAY, NOW


def scope(period: Period, *, now: datetime = NOW) -> tuple[str, ...]:
    """What is covered, compared and forecast, in short."""
    found = Scope.of(period, now=now)
    parts = (found.period, found.before, found.month)
    return tuple("-" if part is None else f"{part.start:%m-%d}..{part.last:%m-%d}" for part in parts)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "now", "expected"),
    [
        (Period.this_month(NOW), NOW, ("11-01..11-19", "10-01..10-19", "11-01..11-30")),
        (Period.month(2026, 10), NOW, ("10-01..10-31", "09-01..09-30", "-")),
        (Period.month(2026, 10), at("2026-11-01T09:00"), ("10-01..10-31", "09-01..09-30", "-")),
        (Period.month(2026, 3), at("2026-03-31T09:00"), ("03-01..03-30", "02-01..02-28", "03-01..03-31")),
        (Period.month(2026, 3), at("2026-04-09T09:00"), ("03-01..03-31", "02-01..02-28", "-")),
        (Period.month(2028, 3), at("2028-03-30T09:00"), ("03-01..03-29", "02-01..02-29", "03-01..03-31")),
        (Period.month(2026, 1), at("2026-01-10T09:00"), ("01-01..01-09", "12-01..12-09", "01-01..01-31")),
        (Period.last_days(7, now=NOW), NOW, ("11-14..11-20", "11-08..11-13", "11-01..11-30")),
        (
            Period.last_days(7, now=NOW, complete_days=True),
            NOW,
            ("11-13..11-19", "11-06..11-12", "11-01..11-30"),
        ),
        (
            Period.last_days(19, now=NOW, complete_days=True),
            NOW,
            ("11-01..11-19", "10-13..10-31", "11-01..11-30"),
        ),
        (Period.last_days(1, now=NOW), NOW, ("11-20..11-20", "-", "11-01..11-30")),
        (
            Period.between(date(2026, 11, 18), date(2026, 12, 9)),
            NOW,
            ("11-18..11-20", "11-16..11-17", "11-01..11-30"),
        ),
        (Period.between(date(2026, 9, 3), date(2026, 9, 5)), NOW, ("09-03..09-04", "09-01..09-02", "-")),
        (Period.between(date(2026, 11, 20), date(2026, 11, 21)), NOW, ("11-20..11-20", "-", "11-01..11-30")),
        (
            Period.this_month(at("2026-11-01T00:00")),
            at("2026-11-01T00:00"),
            ("11-01..11-01", "-", "11-01..11-30"),
        ),
    ],
)
def test_what_is_covered_and_compared(period: Period, now: datetime, expected: tuple[str, ...]) -> None:
    """Complete days with the same days of the month before, or with as many before; today with none."""
    assert scope(period, now=now) == expected


@given(st.dates(date(2000, 2, 1), date(2100, 1, 1)), st.integers(1, 31))
def test_a_month_is_never_compared_beyond_the_month_before(day: date, known: int) -> None:
    """Whatever the lengths: the days compared lie in the one month before, and are never more."""
    month = Period.month(day.year, day.month)
    period = month.until(month.start + known * DAY)
    before = period.before()
    assert before.end <= month.start
    assert (before.start.day, before.start.month) == (1, (month.start - DAY).month)
    assert before.days == min(period.days, (month.start - before.start).days) or period == month


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_other_periods_are_compared_with_equally_long_ones(day: date, length: int) -> None:
    """They end where the period begins."""
    period = Period.between(day, day + length * DAY)
    assert (period.before().end, period.before().days) == (period.start, length)


@pytest.mark.parametrize("days", range(1, 32))
def test_no_day_is_skipped_while_today_grows(days: int) -> None:
    """The complete days follow the days that they are compared with, which are as many."""
    found = Scope.of(Period.last_days(days, now=NOW), now=NOW)
    complete = found.period.until(found.today)
    assert found.period.days == days == complete.days + 1
    if found.before is None:
        assert days == 1
    else:
        assert (found.before.end, found.before.days) == (complete.start, complete.days)


def test_the_day_is_that_of_utc() -> None:
    """An evening in New York is the next day in the API's calendar."""
    evening = datetime(2026, 10, 31, 21, 0, tzinfo=timezone(timedelta(hours=-4)))
    assert Period.this_month(evening) == Period.month(2026, 11)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Period.month(2026, 13), "no month 13"),
        (lambda: Period.between(date(2026, 1, 2), date(2026, 1, 2)), "is empty"),
        (lambda: Period.last_days(0, now=NOW), "at least one day"),
        (lambda: Period.this_month(datetime(2026, 11, 1)), "no time zone"),
        (lambda: Scope.of(Period.month(2026, 12), now=NOW), "nothing is spent yet"),
        (lambda: Period.between(date(1, 1, 1), date(1, 1, 5)).before(), "no period to compare"),
    ],
)
def test_what_cannot_be_is_refused(wrong: object, says: str) -> None:
    """With a sentence that says what is wrong."""
    assert callable(wrong)
    with pytest.raises(ReportError, match=says):
        wrong()
