"""Counting: what a group of series used in each bucket.

This is the emulator's inner loop, so it works on whole columns (one value for each boundary)
instead of on single buckets. Each boundary is evaluated once: a bucket's end is the next's start.
"""

from collections.abc import Mapping, Sequence
from operator import add, sub

from .metrics import REQUESTS
from .series import Series

Column = list[int]


def tally(series: Sequence[Series], *, activity: Mapping[str, Sequence[int]]) -> dict[int, Column]:
    """Return what the series together used in each bucket, by position; unused ones are left out.

    `activity` has the cumulative activity of each rhythm at the boundaries of the buckets.
    """
    totals: dict[int, Column] = {}
    for one in series:
        counts = one.counts(activity[one.rhythm])
        _accumulate(totals, REQUESTS, counts)
        for position, column in one.columns(counts):
            _accumulate(totals, position, column)
    return {position: list(map(sub, total[1:], total)) for position, total in totals.items()}


def _accumulate(totals: dict[int, Column], position: int, column: Column) -> None:
    known = totals.get(position)
    totals[position] = column if known is None else list(map(add, known, column))
