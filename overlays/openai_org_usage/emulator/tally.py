"""Counting: what a group of series used in each bucket, and how much there was at its end.

Each boundary is evaluated once, as a bucket's end is the next one's start, and only the sum of all
series is taken apart into numbers. What was used is a difference of two cumulative amounts. A level,
such as bytes stored, is the cumulative amount itself: all that was ever stored, as nothing is deleted.
"""

from collections.abc import Mapping, Sequence, Set

from .packed_ints import Column, lanes_for
from .series import Series

Tally = dict[int, Sequence[int]]
"""What was used in each bucket, by position in the operation's ledger."""


def tally(
    series: Sequence[Series], *, activity: Mapping[str, Column], buckets: int, levels: Set[int]
) -> Tally:
    """Return what the series together used in each bucket; positions that none uses are left out.

    `activity` has the cumulative activity of each rhythm at the boundaries of the buckets, `levels` the
    positions at which to tell what there is at a bucket's end.
    """
    boundaries = lanes_for(buckets + 1)
    totals: dict[int, Column] = {}
    for one in series:
        for position, column in one.columns(activity[one.rhythm], boundaries):
            totals[position] = totals.get(position, 0) + column
    unpack = lanes_for(buckets).unpack
    return {
        position: unpack(boundaries.ends(total) if position in levels else boundaries.steps(total))
        for position, total in totals.items()
    }
