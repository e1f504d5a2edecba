"""How wide the buckets are that are asked for: as was said, or so that they make up what is wanted. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..._generated import Operation
from ...sums.calendar_periods import AddedBy
from ..click_base import dashed
from ..errors import WrongUsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_HOUR = 3600


def widths_for(
    operation: Operation, given: object, *, by: AddedBy | None, zone: ZoneInfo | None, now: float
) -> tuple[str, ...]:
    """The widths that buckets may have, first the one to ask for; `given` is what was said, or None.

    What is added up by the hour takes hours, and by days of a time zone takes hours or minutes, which make up
    such days.

    Raises:
        WrongUsageError: there are no buckets as short as an hour where hours are wanted.
    """
    from ...pagination.plan import SECONDS

    parameter = operation.parameter("bucket_width")
    known = {name: SECONDS[name] for name in parameter.allowed_values if name in SECONDS}
    chosen = str(given or _fitting(known, by=by, zone=zone, now=now) or parameter.default)
    if by == "hour" and known[chosen] > _HOUR:
        raise WrongUsageError(f"--by hour: {dashed(operation.name)} come in buckets of {chosen} here")
    return (chosen, *(name for name in known if name != chosen))


def _fitting(known: dict[str, int], *, by: AddedBy | None, zone: ZoneInfo | None, now: float) -> str | None:
    """The widest buckets that make up what is wanted; None where all do, or none."""
    if by == "hour":
        needed = _HOUR
    elif by is None or zone is None or zone.key == "UTC":
        return None
    else:
        offset = datetime.fromtimestamp(now, UTC).astimezone(zone).utcoffset()
        needed = 60 if offset is not None and offset.seconds % _HOUR else _HOUR
    return next((name for name, width in known.items() if width == needed), None)


__all__ = ["widths_for"]
