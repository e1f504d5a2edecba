"""Whether rows are of whole UTC days, whose times are read best as dates. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..pagination.rules import Span

_DAY: Final = 86_400
_MIDNIGHT: Final = time(tzinfo=UTC)


def is_of_whole_days(bucket: Span) -> bool:
    """Whether `bucket` begins and ends at midnight UTC."""
    return not (bucket.start_time % _DAY or bucket.end_time % _DAY)


def are_midnights(values: Iterable[object]) -> bool:
    """Whether all moments among `values` are midnights in UTC."""
    moments = (value for value in values if isinstance(value, datetime))
    return all(moment.astimezone(UTC).timetz() == _MIDNIGHT for moment in moments)


__all__ = ["are_midnights", "is_of_whole_days"]
