"""Which range of time is meant by `--last`, `--month` and the like. Pure: the present is an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Self, TypeAlias

import attrs

from ...sums.calendar_units import CalendarUnit
from ..click_base import Option, options_from
from ..errors import WrongUsageError
from ..parameters import RANGE
from .calendar_ranges import Boundary, Calendar, ResolvedRange, read_month, read_year
from .calendar_words import CALENDAR_WORDS, CalendarWord, DayRange, calendar_options
from .moments import read_date, read_moment, span_start

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_Boundaries: TypeAlias = tuple[Boundary, Boundary | None]
_DAY = 86_400
_START, _END = "--since", "--until"
WITHOUT_START: Final = ("--last", "--month", "--year", *(word.option for word in CALENDAR_WORDS))
"""Options that a command with an explicit start goes without; `--timezone` concerns other things, too."""
_WAYS = "--since 2026-11-01, --last 30d, --month 2026-10, --last-month or --today"
_LAST = (
    "The last days (30d, 4w), months (12mo), years (1y), hours (36h) or minutes (90m), as whole UTC buckets, "
    "the running one included: 1d is today."
)
_TIMEZONE = (
    "Whose days are meant by dates, --today, --last-month and the like, such as Europe/Berlin. Buckets stay "
    "UTC: where they do not begin with such a day, a note says so.  [default: UTC]"
)
_OF_SPANS = "spans such as 7d are whole UTC buckets; --timezone concerns dates, --today, weeks and months"


@attrs.frozen
class _Way:
    """A way to set the range that was taken."""

    option: str
    boundaries: Callable[[Calendar], _Boundaries]
    unit: CalendarUnit | None = None
    """What it names one of."""

    @classmethod
    def of_calendar(cls, option: str, unit: CalendarUnit, days: Callable[[date], DayRange]) -> Self:
        """One that names the `days` that are one `unit`, seen from today."""
        return cls(option, lambda calendar: calendar.boundaries(days(calendar.today)), unit)


@attrs.frozen(kw_only=True)
class RangeOptions:
    """A range as it was asked for."""

    start_time: str | None = None
    end_time: str | None = None
    last: str | None = None
    month: str | None = None
    year: str | None = None
    words: tuple[CalendarWord, ...] = ()
    timezone: str | None = None

    @classmethod
    def options(cls) -> list[Option]:
        """The options beside those of the API."""
        return [
            Option(["--last"], section=RANGE, metavar="SPAN", help=_LAST),
            *calendar_options(),
            Option(["--month"], section=RANGE, metavar="YYYY-MM", help="A calendar month, such as 2026-10."),
            Option(["--year"], section=RANGE, metavar="YYYY", help="A calendar year, such as 2026."),
            Option(["--timezone"], section=RANGE, metavar="ZONE", help=_TIMEZONE),
        ]

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Self:
        """The range in `given`, what was parsed."""
        words = tuple(word for word in CALENDAR_WORDS if given.get(word.name))
        return options_from(cls, {**given, "words": words})

    @property
    def zone(self) -> ZoneInfo | None:
        """Whose days are meant, if that was said.

        Raises:
            WrongUsageError: there is no such zone.
        """
        if self.timezone is None:
            return None
        from .time_zones import read_zone

        return read_zone(self.timezone)

    def resolve(self, *, widths: tuple[int, ...], now: float, command: str) -> ResolvedRange:
        """The range in Unix seconds; where days are meant, of whole buckets.

        `widths` are those that buckets may have, in seconds, first the one they do have.

        Raises:
            WrongUsageError: none or several ways to set it, a text that is no time, an empty range.
        """
        way, zone = self._way(), self.zone
        if way is None:
            raise WrongUsageError(f"{command}: which range of time? Give {_WAYS}")
        calendar = Calendar(zone or UTC, widths, now)
        start, end = way.boundaries(calendar)
        found = calendar.range(start, end)
        counted = start.span is not None or (end is not None and end.span is not None)
        spans = (_OF_SPANS,) if zone and counted else ()
        return attrs.evolve(found, notes=(*found.notes, *spans, *self._end_notes()))

    def days(self, *, now: float) -> DayRange | None:
        """The whole UTC days that are meant, of commands that are about days; None if no range was given.

        Raises:
            WrongUsageError: several ways to set them, a text that is no day, an empty range.
        """
        way = self._way()
        if way is None:
            return None
        calendar = Calendar(UTC, (_DAY,), now)
        start, end = way.boundaries(calendar)
        for option, given in ((_START, start), (_END, end)):
            if given is not None and given.seconds % _DAY:
                raise WrongUsageError(f"{option}: write a day, such as 2026-11-01, or a span, such as 30d")
        found = calendar.range(start, end)
        after = None if found.end is None else _day_of(found.end)
        first, is_moved = _day_of(found.start), bool(found.notes)
        return DayRange(first, after, unit=way.unit, is_moved=is_moved, notes=(*self._end_notes(),))

    def _way(self) -> _Way | None:
        """The way that was taken, if any was."""
        ways = list(self._ways())
        if len(ways) > 1:
            given = " and ".join(way.option for way in ways)
            raise WrongUsageError(f"{given} each set the range: give one of them")
        if self.end_time is not None and self.start_time is None:
            by = f"; {ways[0].option} sets the end itself" if ways else ""
            raise WrongUsageError(f"{_END} goes with {_START}{by}")
        return ways[0] if ways else None

    def _ways(self) -> Iterator[_Way]:
        if self.start_time is not None:
            yield _Way(_START, self._between)
        if self.last is not None:
            yield _Way("--last", self._back)
        if self.month is not None:
            month = DayRange.of(CalendarUnit.MONTH, read_month(self.month))
            yield _Way.of_calendar("--month", CalendarUnit.MONTH, lambda _: month)
        if self.year is not None:
            year = DayRange.of(CalendarUnit.YEAR, read_year(self.year))
            yield _Way.of_calendar("--year", CalendarUnit.YEAR, lambda _: year)
        for word in self.words:
            yield _Way.of_calendar(word.option, word.unit, word.days)

    def _between(self, calendar: Calendar) -> _Boundaries:
        read = partial(read_moment, zone=self.zone, calendar=calendar)
        end = None if self.end_time is None else read(self.end_time, option=_END)
        return read(self.start_time or "", option=_START), end

    def _end_notes(self) -> Iterator[str]:
        """That the last day of a month is not part of the range that it ends, as many would think."""
        end = None if self.end_time is None else read_date(self.end_time)
        if end not in (None, date.max) and (after := end + timedelta(days=1)).day == 1:
            yield f"{end} is not part of this range: end it with {after} to include that day"

    def _back(self, calendar: Calendar) -> _Boundaries:
        return span_start(self.last or "", option="--last", calendar=calendar), None


def last_buckets(span: str, *, width: int, now: float, option: str = "--last") -> int:
    """Where the last `span` begins, in Unix seconds: whole UTC buckets of `width` seconds, as in the library.

    Raises:
        WrongUsageError: it is no span, or goes back too far.
    """
    return span_start(span, option=option, calendar=Calendar(UTC, (width,), now)).seconds


def _day_of(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


__all__ = ["WITHOUT_START", "RangeOptions", "last_buckets"]
