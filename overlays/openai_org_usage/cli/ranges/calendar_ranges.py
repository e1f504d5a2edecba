"""Days and months of a time zone over buckets, which are UTC. Pure.

Where a day of the zone does not begin with a bucket, the nearest bucket is taken and a note says so:
nobody gets a month that is silently two hours off, or one with a day too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING

import attrs

from ...sums.calendar_periods import nearest_bucket
from ...times import readable
from ..errors import WrongUsageError

if TYPE_CHECKING:
    from ...times import TimeSpan
    from .calendar_words import DayRange

_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_NAMES = {60: "1m", 3600: "1h"}
_UNITS = {60: "minutes", 3600: "hours", 86_400: "days"}
_YEARS = range(1970, 9999)


@attrs.frozen
class ResolvedRange:
    """A half-open range in Unix seconds."""

    start: int
    end: int | None
    """None: no end, thus up to the present."""
    notes: tuple[str, ...] = ()
    """What the reader has to know of it."""


@attrs.frozen
class Boundary:
    """A moment at which a range begins or ends, in Unix seconds."""

    seconds: int
    of_calendar: bool
    """Whether it is where a day or a bucket begins, rather than a moment that was named."""
    span: TimeSpan | None = None
    """How far back it was asked for, where it was so; it begins with a bucket by itself."""

    def fits(self, width: int) -> bool:
        """Whether buckets of `width` seconds give just what was asked for."""
        return self.seconds % width == 0 if self.span is None else self.span.is_whole(width)


@attrs.frozen
class Calendar:
    """The days of a time zone over buckets."""

    zone: tzinfo
    widths: tuple[int, ...]
    """That buckets may have, in seconds, first the one they do have."""
    now: float

    @property
    def today(self) -> date:
        """The day that it is."""
        return datetime.fromtimestamp(self.now, self.zone).date()

    def boundaries(self, days: DayRange) -> tuple[Boundary, Boundary | None]:
        """Where `days` begin and end."""
        return self._midnight(days.first), None if days.end is None else self._midnight(days.end)

    def _midnight(self, day: date) -> Boundary:
        return Boundary(int(datetime.combine(day, time.min, self.zone).timestamp()), of_calendar=True)

    def range(self, start: Boundary, end: Boundary | None) -> ResolvedRange:
        """The range between, its boundaries moved to those of buckets where days are meant.

        Raises:
            WrongUsageError: it is empty or in the future.
        """
        first, last = self._moved(start), None if end is None else self._moved(end)
        if start.seconds <= self.now < first:  # The day has begun there, its nearest bucket has not.
            first -= self.widths[0]
        if first > self.now:
            raise WrongUsageError(f"the range begins in the future, at {readable(first)}")
        if last is not None and last <= first:
            raise WrongUsageError(
                f"the range is empty: it begins with {readable(first)} and ends before {readable(last)}"
            )
        days = [given for given in (start, end) if given is not None and given.of_calendar]
        exact = all(given.fits(self.widths[0]) for given in days)
        return ResolvedRange(first, last, () if exact else (self._note(days, first, last),))

    def _moved(self, boundary: Boundary) -> int:
        if not boundary.of_calendar:
            return boundary.seconds
        return nearest_bucket(boundary.seconds, self.widths[0])

    def _note(self, given: Sequence[Boundary], first: int, last: int | None) -> str:
        until = "now" if last is None else readable(last)
        better = "".join(f"; --bucket-width {name} fits exactly" for name in self._better(given))
        unit = _UNITS[self.widths[0]]
        return f"buckets are whole UTC {unit}, so this is {readable(first)} to {until}{better}"

    def _better(self, given: Sequence[Boundary]) -> Iterator[str]:
        """The widest buckets that would fit."""
        for width in sorted(self.widths[1:], reverse=True):
            if width in _NAMES and all(boundary.fits(width) for boundary in given):
                yield _NAMES[width]
                return


def read_month(text: str) -> date:
    """The first day of the month in `text`, such as `2026-10`.

    Raises:
        WrongUsageError: it is no month.
    """
    found = _MONTH.fullmatch(text.strip())
    if found is not None and int(found[1]) in _YEARS and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    better = f", or --year {text.strip()}" if _YEAR.fullmatch(text.strip()) else ""
    raise WrongUsageError(f"--month: {text!r} is no month: write it like 2026-10{better}")


def read_year(text: str) -> date:
    """The first day of the year in `text`, such as `2026`.

    Raises:
        WrongUsageError: it is no year.
    """
    if _YEAR.fullmatch(text.strip()) and int(text) in _YEARS:
        return date(int(text), 1, 1)
    raise WrongUsageError(f"--year: {text!r} is no year: write it like 2026")
