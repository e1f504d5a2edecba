"""Moments as people write them: a date, a time, Unix seconds, or a span back from now. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from ..._generated import InvalidParameterError
from ..errors import WrongUsageError
from .calendar_ranges import Boundary, Calendar

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_FORMS = (
    "write 2026-11-01, 2026-11-01T08:00Z, Unix seconds such as 1793491200, or a span such as 30d, 1y, 36h or "
    "90m, as whole UTC buckets"
)


def read_moment(text: str, *, option: str, zone: ZoneInfo | None, calendar: Calendar) -> Boundary:
    """The moment in `text`; a date, or a time without an offset, is of `zone`.

    Raises:
        WrongUsageError: it is none, or has no offset where there is no zone.
    """
    from ...times import read_span, resolve_time

    text = text.strip()
    if read_span(text) is not None:
        return span_start(text, option=option, calendar=calendar)
    local = _local(text)
    if local is not None and zone is not None:
        return Boundary(int(local.replace(tzinfo=zone).timestamp()), of_calendar=_is_date(text))
    if local is not None and not _is_date(text):
        raise WrongUsageError(f"{option}: {text} has no time zone: add Z, an offset or --timezone")
    try:
        moment = resolve_time(text, parameter=option, now=calendar.now, width=calendar.widths[0])
    except InvalidParameterError:
        raise WrongUsageError(f"{option}: {text!r} is no time: {_FORMS}") from None
    return Boundary(moment, of_calendar=local is not None)


def span_start(text: str, *, option: str, calendar: Calendar) -> Boundary:
    """Where the span in `text` begins: whole UTC buckets, as in the library.

    Raises:
        WrongUsageError: it is no span, or goes back too far.
    """
    from ...times import read_span

    span = read_span(text)
    if span is None:
        raise WrongUsageError(
            f"{option}: {text!r} is no span: write 30d, 4w, 12mo, 1y, 36h or 90m (m is minutes){_word(text)}"
        )
    start = span.start(now=calendar.now, width=calendar.widths[0])
    if start < 0:
        raise WrongUsageError(f"{option}: {text} goes back before 1970")
    return Boundary(start, of_calendar=True, span=span)


def read_date(text: str) -> date | None:
    """The day that `text` names, if it is a date alone."""
    local = _local(text.strip())
    return local.date() if local is not None and _is_date(text.strip()) else None


def _word(text: str) -> str:
    """The option that was meant by the name of a piece of the calendar, as in `--last month`."""
    return f"; or --last-{text}" if text in ("week", "month", "year") else ""


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


__all__ = ["read_date", "read_moment", "span_start"]
