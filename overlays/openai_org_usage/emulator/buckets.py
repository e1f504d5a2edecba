"""Cutting time into buckets, all in Unix seconds, UTC, half-open."""

from __future__ import annotations

import re

SECONDS_PER_MINUTE = 60
SECONDS_PER_DAY = 86_400
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": SECONDS_PER_DAY, "w": 7 * SECONDS_PER_DAY}


def width_seconds(width: str) -> int:
    """The seconds of a bucket width such as "1m", "1h" or "1d".

    Raises:
        ValueError: it is no width.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhdw])", width)
    if match is None:
        raise ValueError(f"not a bucket width: {width!r}")
    return int(match[1]) * _SECONDS[match[2]]


def align_down(moment: int, *, width: int) -> int:
    """The start of the aligned bucket that holds `moment`."""
    return moment // width * width


def align_up(moment: int, *, width: int) -> int:
    """The first aligned boundary at or after `moment`."""
    return -(-moment // width) * width


def boundaries(start: int, end: int, *, width: int, limit: int) -> list[int]:
    """The boundaries of the first `limit` buckets of [start, end); empty if it is empty.

    Buckets are aligned to the width; the first begins at `start` and the last ends at `end` even
    where these are not aligned. There is one boundary more than there are buckets.
    """
    if start >= end:
        return []
    first = align_down(start, width=width)
    inner = range(first + width, min(end, first + limit * width + 1), width)
    last = [end] if len(inner) < limit else []
    return [start, *inner, *last]
