"""Fields that many organizations get and no document lists: names beside IDs, times as text.

An answer has those of them that the registry knows. Which of them a real organization gets is not
known beforehand, so `Emulator(observed_fields=False)` stands for one that gets none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypedDict

import attrs

from .._generated import Operation
from .dataset import ORGANIZATION_NAME
from .request_streams import Dimension
from .roster import Roster

GroupValues = Mapping[str, Dimension | None]


OF_RESULTS: Mapping[str, Callable[[GroupValues, Roster], str | None]] = {
    "organization_id": lambda _, roster: roster.organization_id,
    "organization_name": lambda _, __: ORGANIZATION_NAME,
    "project_name": lambda group, roster: roster.project_name(str(group.get("project_id"))),
    "user_email": lambda group, roster: roster.user_email(str(group.get("user_id"))),
}
"""What such a field of a result says of a group of this organization."""


class IsoTimes(TypedDict, total=False):
    """The edges of a bucket as text, such as "2026-11-19T00:00:00+00:00"."""

    start_time_iso: str
    end_time_iso: str


def iso_times(operation: Operation, start: int, end: int) -> IsoTimes:
    """A bucket's edges, which are Unix seconds, as text, as far as the registry knows such fields."""
    times: IsoTimes = {}
    for field in operation.bucket_fields:
        match field.name:
            case "start_time_iso":
                times["start_time_iso"] = _iso(start)
            case "end_time_iso":
                times["end_time_iso"] = _iso(end)
            case _:
                pass
    return times


@lru_cache(maxsize=4096)
def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def without_observed(operation: Operation) -> Operation:
    """The operation without these fields."""
    return attrs.evolve(
        operation,
        fields=tuple(field for field in operation.fields if field.name not in OF_RESULTS),
        bucket_fields=tuple(
            field for field in operation.bucket_fields if field.name not in IsoTimes.__annotations__
        ),
    )
