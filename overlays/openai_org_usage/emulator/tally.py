"""Counting: what a group of series used in each bucket.

Each boundary is evaluated once, as a bucket's end is the next one's start, and only the sum of all
series is taken apart into numbers.
"""

from collections.abc import Mapping, Sequence

from .lanes import Column, lanes_for
from .series import Series

Tally = dict[int, Sequence[int]]
"""What was used in each bucket, by position in the operation's ledger."""


def tally(series: Sequence[Series], *, activity: Mapping[str, Column], buckets: int) -> Tally:
    """Return what the series together used in each bucket; positions that none uses are left out.

    `activity` has the cumulative activity of each rhythm at the boundaries of the buckets.
    """
    boundaries = lanes_for(buckets + 1)
    totals: dict[int, Column] = {}
    for one in series:
        for position, column in one.columns(activity[one.rhythm], boundaries):
            totals[position] = totals.get(position, 0) + column
    unpack = lanes_for(buckets).unpack
    return {position: unpack(boundaries.steps(total)) for position, total in totals.items()}
