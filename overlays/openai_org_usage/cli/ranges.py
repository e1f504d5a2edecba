"""Which range of time is meant by `--last`, `--month` and the like. Pure: the present is an argument."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs

from .._generated import InvalidParameterError
from .calendar_ranges import Boundary, Calendar, ResolvedRange, read_month
from .click_base import Option, suggestion
from .errors import WrongUsageError
from .parameters import RANGE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_FORMS = (
    "write 2026-11-01, 2026-11-01T08:00Z, Unix seconds such as 1793491200, or a span such as 30d, 36h or "
    "90m, as whole UTC buckets"
)
_WAYS = "--start-time 2026-11-01, --last 30d, --month 2026-10, --this-month or --today"
_LAST = (
    "The last days (30d, 4w), hours (36h) or minutes (90m), as whole UTC buckets, the running one included: "
    "1d is today."
)
_TIMEZONE = (
    "Whose days are meant by dates, --today, --this-month and --month, such as Europe/Berlin. Buckets stay "
    "UTC: where they do not begin with such a day, a note says so.  [default: UTC]"
)
_OF_SPANS = "spans such as 7d are whole UTC buckets; --timezone concerns dates, --today and months"


@attrs.frozen(kw_only=True)
class RangeOptions:
    """A range as it was asked for."""

    start_time: str | None = None
    end_time: str | None = None
    last: str | None = None
    month: str | None = None
    this_month: bool = False
    today: bool = False
    timezone: str | None = None

    @classmethod
    def options(cls) -> list[Option]:
        """The options beside those of the API."""
        return [
            Option(["--last"], section=RANGE, metavar="SPAN", help=_LAST),
            Option(["--month"], section=RANGE, metavar="YYYY-MM", help="A calendar month, such as 2026-10."),
            Option(["--this-month"], section=RANGE, is_flag=True, help="The running month, up to now."),
            Option(["--today"], section=RANGE, is_flag=True, help="Today, up to now."),
            Option(["--timezone"], section=RANGE, metavar="ZONE", help=_TIMEZONE),
        ]

    def resolve(self, *, widths: tuple[int, ...], now: float, command: str) -> ResolvedRange:
        """The range in Unix seconds; where days are meant, of whole buckets.

        `widths` are those that buckets may have, in seconds, first the one they do have.

        Raises:
            WrongUsageError: none or several ways to set it, a text that is no time, an empty range.
        """
        self._check_ways(command)
        zone = _zone(self.timezone)
        calendar = Calendar(zone or UTC, widths, now)
        start, end = self._boundaries(calendar, zone)
        found = calendar.range(start, end)
        counted = start.span is not None or (end is not None and end.span is not None)
        return attrs.evolve(found, notes=(*found.notes, _OF_SPANS)) if zone and counted else found

    def _check_ways(self, command: str) -> None:
        ways = {
            "--start-time": self.start_time is not None,
            "--last": self.last is not None,
            "--month": self.month is not None,
            "--this-month": self.this_month,
            "--today": self.today,
        }
        given = [way for way, is_given in ways.items() if is_given]
        if not given:
            raise WrongUsageError(f"{command}: which range of time? Give {_WAYS}")
        if len(given) > 1:
            raise WrongUsageError(f"{' and '.join(given)} each set the range: give one of them")
        if self.end_time is not None and self.start_time is None:
            raise WrongUsageError(f"--end-time goes with --start-time; {given[0]} sets the end itself")

    def _boundaries(self, calendar: Calendar, zone: ZoneInfo | None) -> tuple[Boundary, Boundary | None]:
        if self.start_time is not None:
            start = _moment(self.start_time, option="--start-time", zone=zone, calendar=calendar)
            if self.end_time is None:
                return start, None
            return start, _moment(self.end_time, option="--end-time", zone=zone, calendar=calendar)
        if self.today:
            return calendar.midnight(calendar.today), None
        if self.this_month:
            return calendar.midnight(calendar.today.replace(day=1)), None
        if self.month is not None:
            from ..times import month_after

            first = read_month(self.month)
            return calendar.midnight(first), calendar.midnight(month_after(first))
        return _back(self.last or "", option="--last", calendar=calendar), None


def last_buckets(span: str, *, width: int, now: float, option: str = "--last") -> int:
    """Where the last `span` begins, in Unix seconds: whole UTC buckets of `width` seconds, as in the library.

    Raises:
        WrongUsageError: it is no span, or goes back too far.
    """
    from ..times import resolve_time, span_seconds

    if not span_seconds(span):
        raise WrongUsageError(f"{option}: {span!r} is no span: write 30d, 4w, 36h or 90m")
    try:
        return resolve_time(span, parameter=option, now=now, width=width)
    except InvalidParameterError:
        raise WrongUsageError(f"{option}: {span} goes back before 1970") from None


def _back(span: str, *, option: str, calendar: Calendar) -> Boundary:
    from ..times import span_seconds

    start = last_buckets(span, width=calendar.widths[0], now=calendar.now, option=option)
    return Boundary(start, of_calendar=True, span=span_seconds(span))


def _moment(text: str, *, option: str, zone: ZoneInfo | None, calendar: Calendar) -> Boundary:
    """The moment in `text`; a date, or a time without an offset, is of `zone`."""
    from ..times import resolve_time, span_seconds

    text = text.strip()
    if span_seconds(text):
        return _back(text, option=option, calendar=calendar)
    local = _local(text)
    if local is not None and zone is not None:
        return Boundary(int(local.replace(tzinfo=zone).timestamp()), of_calendar=_is_date(text))
    if local is not None and not _is_date(text):
        raise WrongUsageError(f"{option}: {text} has no time zone: add Z, an offset or --timezone")
    try:
        moment = resolve_time(text, parameter=option, now=calendar.now, width=calendar.widths[0])
        return Boundary(moment, of_calendar=local is not None)
    except InvalidParameterError:
        raise WrongUsageError(f"{option}: {text!r} is no time: {_FORMS}") from None


def _local(text: str) -> datetime | None:
    """The date or time in `text` if it names no offset."""
    if "-" not in text:  # Python reads 20261101 as a date, the library as Unix seconds.
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None


def _is_date(text: str) -> bool:
    return len(text) == len("2026-11-21")


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise WrongUsageError(f"--timezone: {name!r} is no time zone{_meant(name)}") from None


def _meant(name: str) -> str:
    from zoneinfo import available_timezones

    zones = sorted(available_timezones())
    cities = [zone for zone in zones if zone.rpartition("/")[2].lower() == name.strip().lower()]
    return f" (did you mean {cities[0]!r}?)" if cities else suggestion(name, zones)
