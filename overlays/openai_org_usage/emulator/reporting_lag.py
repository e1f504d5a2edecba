"""Usage that is counted late, so that the newest buckets are restated until they are some days old.

Of each hour the last minutes are late: none of what was used in them is counted when the hour ends, and
a little more with every second. So a bucket's numbers never fall, add up however time is cut, and
are the same whenever they are asked for as of the same moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

import attrs

from .buckets import SECONDS_PER_DAY, align_up
from .metrics import Tally

_HOUR = 3_600
_LATE = 600
"""Seconds at the end of an hour that are not counted yet when it ends."""


@attrs.frozen
class Cells:
    """Buckets cut into cells, of which some are not counted yet."""

    boundaries: Sequence[int]
    """Of the cells, Unix seconds."""
    counted: Sequence[Sequence[int]]
    """For each bucket, the numbers of its cells that are counted."""
    last: Sequence[int]
    """For each bucket, the number of its last cell."""

    def fold(self, tally: Tally, *, levels: Set[int]) -> Tally:
        """The tally of the buckets, given that of the cells."""
        return {
            position: [column[cell] for cell in self.last]
            if position in levels
            else [sum(column[cell] for cell in cells) for cells in self.counted]
            for position, column in tally.items()
        }


def cells_of(boundaries: Sequence[int], *, now: int, days: int) -> Cells:
    """The cells of some buckets as of `now` (Unix seconds), if usage is late for up to `days` days."""
    late = list(_late(boundaries, now=now, days=days))
    marks = sorted({*boundaries, *(edge for pair in late for edge in pair)})
    uncounted, at = set[int](), {mark: number for number, mark in enumerate(marks)}
    for begin, end in late:
        uncounted.update(range(at[begin], at[end]))
    edges = [at[boundary] for boundary in boundaries]
    counted = [
        [cell for cell in range(first, last) if cell not in uncounted] for first, last in pairwise(edges)
    ]
    return Cells(marks, counted, [edge - 1 for edge in edges[1:]])


def _late(boundaries: Sequence[int], *, now: int, days: int) -> Iterator[tuple[int, int]]:
    """The ranges that are not counted yet, cut at the outer boundaries."""
    first, last = boundaries[0], boundaries[-1]
    patience = days * SECONDS_PER_DAY
    begin = align_up(max(first + 1, now - patience), width=_HOUR)
    for end in range(begin, min(last, now) + _HOUR, _HOUR):
        age = max(0, now - end)
        late = -(-_LATE * (patience - age) // patience) if age < patience else 0
        cut = max(first, end - late), min(last, end)
        if cut[0] < cut[1]:
            yield cut
