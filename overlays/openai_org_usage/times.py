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

from ._generated import InvalidParameterError

if TYPE_CHECKING:
    from ._generated import AnyRequest

_SPAN = re.compile(r"(\d{1,9})\s*([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
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
            f"the range is empty: end_time {_readable(end)} is not after start_time {_readable(start)}",
            parameter="end_time",
        )
    return resolved


def resolve_time(value: object, *, parameter: str, now: float, width: int) -> int:
    """`value` in Unix seconds (UTC), rounded down.

    It may be Unix seconds, an aware datetime, a date (its midnight UTC), an ISO 8601 string, or a span
    back from `now`: a timedelta, or a whole number and `s`, `m`, `h`, `d` or `w`, such as `"30d"`.

    A span is counted in whole UTC buckets of `width` seconds, the running one included, and begins with
    the first of them: with buckets of a day, `"7d"` is the midnight before last Friday if today is
    Thursday, whatever the hour, and `"1d"` is today's. With a range from `"7d"` to `"1d"`, the running
    day is left out.

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
        return _back(value.total_seconds(), parameter=parameter, now=now, width=width)
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


def span_seconds(text: str) -> int:
    """How many seconds the span in `text` has, such as 604,800 for `"7d"`; 0 if it is no span."""
    span = _SPAN.fullmatch(text.strip())
    return int(span[1]) * _UNITS[span[2]] if span else 0


def _back(seconds: float, *, parameter: str, now: float, width: int) -> int:
    """Where the last buckets begin that cover a span of `seconds`."""
    buckets = math.ceil(seconds / width)
    return _in_range((math.floor(now) // width + 1 - buckets) * width, parameter=parameter)


def _from_text(text: str, *, parameter: str, now: float, width: int) -> int:
    if span := span_seconds(text):
        return _back(span, parameter=parameter, now=now, width=width)
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


def _readable(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_FORMS = (
    "write Unix seconds, an aware datetime, a date, an ISO 8601 string such as "
    "'2026-11-01T00:00:00Z', or a span back from now such as '30d', in whole UTC buckets"
)

__all__ = ["month_after", "resolve_time", "resolve_times", "span_seconds"]
