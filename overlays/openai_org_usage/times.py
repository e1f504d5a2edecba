"""Times as people write them, resolved to Unix seconds, and the months of the calendar.

Pure: the clock is an argument.
"""

from __future__ import annotations

import math
import numbers
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ._generated import InvalidParameterError

if TYPE_CHECKING:
    from ._generated import AnyRequest

_SPAN = re.compile(r"(\d{1,9})\s*(mo|[smhdwy])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MONTHS = {"mo": 1, "y": 12}
_EARLIEST_YEAR = 1970
_LATEST = 253_402_300_800  # The year 10000: datetime ends there, and milliseconds are far above.


def resolve_times(request: AnyRequest, *, now: float, width: int) -> dict[str, int]:
    """The times of `request` in Unix seconds; spans are counted back from `now` in its buckets, of `width`.

    Raises:
        InvalidParameterError: a time cannot be read, or the range is empty.
    """
    given = dict(request.arguments)
    resolved = {
        parameter.name: resolve_time(given[parameter.name], parameter=parameter.name, now=now, width=width)
        for parameter in request.operation.parameters
        if parameter.is_time and parameter.name in given
    }
    start, end = resolved.get("start_time"), resolved.get("end_time")
    if start is not None and end is not None and end <= start:
        raise InvalidParameterError(
            f"the range is empty: end_time {readable(end)} is not after start_time {readable(start)}",
            parameter="end_time",
        )
    return resolved


def range_of(request: AnyRequest) -> tuple[int, int | None]:
    """Start and end of what a `request` with resolved times asks for; None for the present."""
    start, end = request.get("start_time"), request.get("end_time")
    if not isinstance(start, int):
        raise TypeError(f"start_time should be in Unix seconds by now, not {start!r}")
    return start, end if isinstance(end, int) else None


def resolve_time(value: object, *, parameter: str, now: float, width: int) -> int:
    """`value` in Unix seconds (UTC), rounded down.

    It may be Unix seconds, an aware datetime, a date (its midnight UTC), an ISO 8601 string, or a span
    back from `now`: a timedelta, or a whole number and `s`, `m` (minutes), `h`, `d`, `w`, `mo` (calendar
    months) or `y`, such as `"30d"`.

    A span is counted in whole UTC buckets of `width` seconds, the running one included, and begins with
    the first of them: with buckets of a day, `"7d"` is the midnight before last Friday if today is
    Thursday, whatever the hour, and `"1d"` is today's. On 20 November `"1y"` begins with 21 November of the
    year before. With a range from `"7d"` to `"1d"`, the running day is left out.

    Raises:
        InvalidParameterError: it is none of these, or has no time zone.
    """
    if isinstance(value, str):
        return _from_text(value.strip(), parameter=parameter, now=now, width=width)
    if isinstance(value, datetime):
        return _from_datetime(value, parameter=parameter)
    if isinstance(value, date):
        midnight = datetime.combine(value, time.min, UTC)
        return _in_range(int(midnight.timestamp()), parameter=parameter)
    if isinstance(value, timedelta) and value > timedelta():
        span = TimeSpan(seconds=value.total_seconds())
        return _in_range(span.start(now=now, width=width), parameter=parameter)
    if not isinstance(value, bool) and isinstance(value, (numbers.Real, Decimal)):
        return _from_number(value, parameter=parameter)
    raise _no_time(value, parameter=parameter)


def _from_number(value: numbers.Real | Decimal, *, parameter: str) -> int:
    """A number of any library, rounded down."""
    try:
        seconds = math.floor(float(value))
    except (TypeError, ValueError, OverflowError):  # Of spans in numpy, which count as numbers, and of NaN.
        raise _no_time(value, parameter=parameter) from None
    return _in_range(seconds, parameter=parameter)


@attrs.frozen(kw_only=True)
class TimeSpan:
    """How far back from the present: so many seconds, or so many months of the calendar."""

    seconds: float = 0
    months: int = 0

    def start(self, *, now: float, width: int) -> int:
        """Where the last UTC buckets of `width` seconds begin that it covers, in Unix seconds.

        The running bucket is the last of them; months are of whole days, whatever the width. Below zero where
        it goes back before 1970.
        """
        if self.months:
            return _months_before(datetime.fromtimestamp(now, UTC).date() + timedelta(days=1), self.months)
        end = (math.floor(now) // width + 1) * width
        return end - math.ceil(self.seconds / width) * width

    def is_whole(self, width: int) -> bool:
        """Whether it is made of whole buckets of `width` seconds; months are of whole days."""
        return self.seconds % width == 0


def read_span(text: str) -> TimeSpan | None:
    """The span in `text`, such as `"7d"` or `"1y"`; None if it is none, or one of nothing."""
    found = _SPAN.fullmatch(text.strip())
    if found is None or not int(found[1]):
        return None
    count, unit = int(found[1]), found[2]
    return TimeSpan(seconds=count * _SECONDS.get(unit, 0), months=count * _MONTHS.get(unit, 0))


def span_seconds(text: str) -> int:
    """How many seconds the span in `text` has, such as 604,800 for `"7d"`; 0 if it is none, or of months."""
    span = read_span(text)
    return 0 if span is None else int(span.seconds)


def _months_before(day: date, months: int) -> int:
    """The same day so many months before, in Unix seconds; else the first of the month after."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < _EARLIEST_YEAR:
        return -1
    first = date(year, month + 1, 1)
    found = min(first + timedelta(days=day.day - 1), month_after(first))
    return int(datetime.combine(found, time.min, UTC).timestamp())


def _from_text(text: str, *, parameter: str, now: float, width: int) -> int:
    span = read_span(text)
    if span is not None:
        return _in_range(span.start(now=now, width=width), parameter=parameter)
    if text.isascii() and text.isdigit():
        return _in_range(int(text[:20]), parameter=parameter)
    try:
        is_date = len(text) == len("2026-11-21")
        moment = date.fromisoformat(text) if is_date else datetime.fromisoformat(text)
    except ValueError:
        raise _no_time(text, parameter=parameter) from None
    return resolve_time(moment, parameter=parameter, now=now, width=width)


def month_after(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _from_datetime(moment: datetime, *, parameter: str) -> int:
    try:
        is_naive = moment.utcoffset() is None
    except ValueError:  # NaT of pandas
        raise _no_time(moment, parameter=parameter) from None
    if is_naive:
        raise InvalidParameterError(
            f"{parameter}: {moment.isoformat()} has no time zone, so it could mean any of 24 hours; "
            "add one, such as datetime(..., tzinfo=timezone.utc), `.astimezone()` or a final Z",
            parameter=parameter,
        )
    return _in_range(math.floor(moment.timestamp()), parameter=parameter)


def _no_time(value: object, *, parameter: str) -> InvalidParameterError:
    return InvalidParameterError(f"{parameter}: {value!r} is no time; {_FORMS}", parameter=parameter)


def _in_range(seconds: int, *, parameter: str) -> int:
    if seconds < 0:
        problem = "is before 1970"
    elif seconds < _LATEST:
        return seconds
    else:
        problem = "is not in Unix seconds; is it in milliseconds?"
    raise InvalidParameterError(f"{parameter}: {seconds} {problem}", parameter=parameter)


def readable(seconds: float) -> str:
    """A moment as ISO 8601 in UTC; midnight as a date."""
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return moment.strftime("%Y-%m-%d" if moment.time() == time.min else "%Y-%m-%dT%H:%M:%SZ")


def ago(seconds: float) -> str:
    """How long ago something was, in the unit that says it best, such as `12 min ago`."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "just now"
    if minutes < 90:
        return f"{minutes} min ago"
    hours = round(minutes / 60)
    return f"{hours} h ago" if hours < 48 else f"{round(hours / 24)} days ago"


_FORMS = (
    "write Unix seconds, an aware datetime, a date, an ISO 8601 string such as "
    "'2026-11-01T00:00:00Z', or a span back from now such as '30d' or '1y', in whole UTC buckets"
)

__all__ = [
    "TimeSpan",
    "ago",
    "month_after",
    "range_of",
    "read_span",
    "readable",
    "resolve_time",
    "resolve_times",
    "span_seconds",
]
