"""Which days a report is about, as it was asked for. Pure: the present is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final, Self

import attrs

from ...errors import LookbackExceededError
from ...sums.calendar_units import CalendarUnit
from ...times import readable
from ..click_base import Option, options_from
from ..errors import TooLongAgoError, WrongUsageError
from ..parameters import RANGE
from ..ranges.calendar_words import DayRange
from ..ranges.range_options import WITHOUT_START, RangeOptions
from ..rerun_command import command_line

if TYPE_CHECKING:
    from datetime import date

    import click

    from ...report import Period

_option = partial(Option, section=RANGE)
_DAY = 86_400
_COMPLETE, _TIMEZONE = "--complete-days", "--timezone"


@attrs.frozen(kw_only=True)
class ReportRange:
    """The days of a report."""

    range: RangeOptions = attrs.field(factory=RangeOptions)
    complete_days: bool = False
    timezone: str | None = None

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        return [
            _option(["start_time", "--since", "--start-time"], help=_SINCE, metavar="DATE"),
            _option(["end_time", "--until", "--end-time"], help=_UNTIL, metavar="DATE"),
            *(option for option in RangeOptions.options() if option.opts[-1] != _TIMEZONE),
            _option([_COMPLETE], help=_COMPLETE_DAYS, is_flag=True),
            _option([_TIMEZONE], help=_OF_TOKENS, metavar="ZONE"),
        ]

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Self:
        """The range in `given`, what was parsed."""
        return attrs.evolve(options_from(cls, given), range=RangeOptions.of({**given, "timezone": None}))

    @property
    def zone(self) -> tzinfo:
        """Whose days tokens are of.

        Raises:
            WrongUsageError: there is no such zone.
        """
        if self.timezone is None:
            return UTC
        from ..ranges.time_zones import read_zone

        return read_zone(self.timezone)

    def period(self, *, now: datetime) -> tuple[Period, tuple[str, ...]]:
        """The days, the running month if nothing was asked for, and what the reader has to know of them.

        Raises:
            WrongUsageError: several ways to set them, or none that can be read.
        """
        from ...report import Period

        if self.complete_days and self.range.last is None:
            raise WrongUsageError(f"report: {_COMPLETE} goes with --last; months are of complete days anyway")
        days = self.range.days(now=now.timestamp())
        if days is None:
            return Period.this_month(now), ()
        if self.complete_days:
            days = _ended(days, today=now.date())
        until = "now" if days.end is None else days.end.isoformat()
        note = f"a report is of whole UTC days, so this is {days.first} to {until}"
        return _period(days, today=now.date()), (*((note,) if days.is_moved else ()), *days.notes)


def too_long_ago(
    context: click.Context, error: LookbackExceededError, period: Period, *, today: date
) -> TooLongAgoError:
    """With the report of those days of `period` that the API still keeps, if there are any."""
    earliest = error.earliest_start
    start = None if earliest is None else -(-earliest // _DAY) * _DAY
    if start is None or start >= period.end_time:
        return TooLongAgoError.of(error, remedy=None)
    kept: dict[str, str | None] = {
        "--start-time": readable(start),
        "--end-time": readable(period.end_time) if period.end <= today else None,
        _COMPLETE: None,
        **dict.fromkeys(WITHOUT_START),
    }
    return TooLongAgoError.of(error, remedy=command_line(context, kept))


def check_settled(period: Period, until: int | None) -> None:
    """Refuse to compare the settled days of `period`, which go up to `until`, with more days before.

    Raises:
        WrongUsageError: not all of its days are settled.
    """
    end = None if until is None else until // _DAY * _DAY
    if end is not None and end < period.end_time:
        ways = f": give --since {readable(period.start_time)} --until {readable(end)}"
        raise WrongUsageError(
            f"--settled: days are settled up to {readable(end)} alone, and equal periods are compared"
            f"{ways if end > period.start_time else ''}"
        )


def _ended(days: DayRange, *, today: date) -> DayRange:
    """As many days before `today` as `days`, which end with it."""
    return attrs.evolve(days, first=days.first - timedelta(days=1), end=today)


def _period(days: DayRange, *, today: date) -> Period:
    from ...report import Period

    if days.unit is CalendarUnit.MONTH:
        return Period.month(days.first.year, days.first.month)
    if days.unit is CalendarUnit.WEEK and days.end is None:
        return Period.week(days.first)
    return Period.between(days.first, days.end or today + timedelta(days=1))


_SINCE: Final = "The first day, such as 2026-11-01, or 30d, as in --last."
_UNTIL: Final = (
    "The day after the last, as that day is not included: 2026-11-01 for all of October. 1d is today.  "
    "[default: tomorrow]"
)
_COMPLETE_DAYS: Final = "With --last: the same number of days, ending yesterday."
_OF_TOKENS: Final = (
    "Whose days tokens are of, such as Europe/Berlin. Costs come by UTC day only; "
    "theirs are the UTC days of the same dates.  [default: UTC]"
)
