"""The periods that rows are added up by: hours, days, weeks, months, years, or all of the range. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Literal, TypeAlias

import attrs

from ..ranges.calendar_ranges import nearest_bucket
from ..ranges.calendar_units import CalendarUnit

AddedBy: TypeAlias = Literal["hour", "day", "week", "month", "year", "total"]
"""What rows may be added up by."""
_HOUR, _DAY = 3600, 86_400
_ALL_TIME = (0, 253_402_300_800)
_Bounds: TypeAlias = tuple[int, int]


@attrs.frozen(kw_only=True)
class Periods:
    """The periods of a range, each made of whole buckets.

    Days of a time zone that do not begin with a bucket begin with the nearest one, as ranges do.
    """

    by: AddedBy
    zone: tzinfo = UTC
    width: int
    """Of buckets, in seconds."""
    start: int
    """Of the range, in Unix seconds."""
    end: int | None
    """None: up to now."""

    def around(self, start: int) -> _Bounds:
        """Start and end of the whole period that the bucket at `start` is in, in Unix seconds."""
        if self.by == "total":
            return _ALL_TIME
        if self.by == "hour":
            first = start - start % _HOUR
            return first, first + _HOUR
        # A bucket is of the day that most of it is in. The running one is cut off, so its end says nothing.
        middle = start // self.width * self.width + self.width // 2 - 1
        day = datetime.fromtimestamp(middle, self.zone).date()
        unit = CalendarUnit(self.by)
        return self._boundary(unit.first(day)), self._boundary(unit.after(day))

    @property
    def shown_zone(self) -> tzinfo:
        """Whose days and hours they begin with."""
        return self.zone if self.width < _DAY else UTC

    def notes(self, now: float) -> Iterator[str]:
        """What the reader has to know: that the first or last week, month or year is not all there."""
        if self.by in ("hour", "day", "total"):
            return
        running = (int(now) // self.width + 1) * self.width
        last = min(self.end or running, running)
        until = "now" if last == running else self._shown(last)
        first, after = self.around(self.start)
        begun, end = self.around(last - self.width)
        if first < self.start:
            shown = self._shown(after) if after <= last else until
            yield f"the first {self.by} is not whole: {self._shown(self.start)} to {shown}"
        if last < end and (begun > first or first == self.start):
            yield f"the last {self.by} is not whole: {self._shown(begun)} to {until}"

    def _shown(self, seconds: int) -> str:
        moment = datetime.fromtimestamp(seconds, self.shown_zone)
        return f"{moment:%Y-%m-%d}" if moment.time() == time.min else f"{moment:%Y-%m-%d %H:%M}"

    def _boundary(self, day: date) -> int:
        midnight = datetime.combine(day, time.min, self.zone).timestamp()
        return nearest_bucket(int(midnight), self.width)


__all__ = ["AddedBy", "Periods"]
