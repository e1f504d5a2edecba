"""The days by which tokens are counted: of any time zone, as usage comes by the hour. Costs do not. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

import attrs

_HOUR = timedelta(hours=1)
_NOON = time(12)


@attrs.frozen
class TokenDays:
    """The days of `zone`."""

    zone: tzinfo = UTC

    @property
    def is_utc(self) -> bool:
        """Whether they are the days of costs."""
        return self.name == "UTC"

    @property
    def name(self) -> str:
        """Such as `Europe/Berlin`."""
        return str(self.zone)

    @property
    def bucket_width(self) -> Literal["1h"] | None:
        """The buckets that such days can be made of; None for those of the API, which are UTC days."""
        return None if self.is_utc else "1h"

    def start_time(self, day: date) -> int:
        """The first second of `day`, in Unix seconds."""
        return int(datetime.combine(day, time.min, self.zone).timestamp())

    def day_of(self, seconds: int) -> date:
        """The day that a moment in Unix seconds is in."""
        return datetime.fromtimestamp(seconds, self.zone).date()

    def notes(self, day: date) -> Iterator[str]:
        """What a reader must know of them, as sentences; `day` says which offset they have."""
        if self.is_utc:
            return
        yield (
            f"Tokens are of days in {self.name}. Costs come by UTC day and cannot be cut otherwise: "
            "they are of the UTC days of the same dates."
        )
        offset = datetime.combine(day, _NOON, self.zone).utcoffset()
        if offset is not None and offset % _HOUR:
            yield (
                f"Usage comes by UTC hour, while days in {self.name} begin within one: such an hour counts "
                "for the day that it begins in."
            )


UTC_DAYS = TokenDays()
"""Those of costs."""
