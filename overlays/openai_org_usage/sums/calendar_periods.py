"""The periods that rows are added up by: hours, days, weeks, months, years, or all of the range. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, get_args

import attrs

from .._generated import InvalidParameterError
from ..times import range_of
from .calendar_units import CalendarUnit

if TYPE_CHECKING:
    from ..pagination.plan import QueryPlan
    from ..pagination.rules import Bucket

AddedBy: TypeAlias = Literal["hour", "day", "week", "month", "year", "total"]
"""What rows may be added up by; weeks begin on Monday."""
Bounds: TypeAlias = tuple[int, int]
"""Start and end of a period, half-open, in Unix seconds."""
HOUR, _DAY = 3600, 86_400
_ALL_TIME = (0, 253_402_300_800)


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

    @classmethod
    def of(cls, plan: QueryPlan[object, Bucket, object], *, by: AddedBy) -> Self:
        """The periods of a query, in UTC.

        Raises:
            InvalidParameterError: there are no such periods, or its buckets are longer than an hour.
        """
        operation, (start, end) = plan.request.operation, range_of(plan.request)
        if by not in get_args(AddedBy):
            raise InvalidParameterError.unknown_value("by", by, get_args(AddedBy), operation=operation.name)
        if by == "hour" and plan.seconds > HOUR:
            widths = operation.parameter("bucket_width").allowed_values
            way = "pass bucket_width='1h'" if "1h" in widths else f"there are none but of {widths[0]}"
            raise InvalidParameterError(
                f"{operation.name}: by='hour' needs buckets of an hour or less: {way}", parameter="by"
            )
        return cls(by=by, width=plan.seconds, start=start, end=end)

    def around(self, start: int) -> Bounds:
        """The whole period that the bucket at `start` is in."""
        if self.by == "total":
            return _ALL_TIME
        if self.by == "hour":
            first = start - start % HOUR
            return first, first + HOUR
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


def nearest_bucket(seconds: int, width: int) -> int:
    """Where the UTC bucket of `width` seconds begins that begins nearest to a moment."""
    return (seconds + width // 2) // width * width


__all__ = ["HOUR", "AddedBy", "Bounds", "Periods", "nearest_bucket"]
