"""Results that are in no sum, because nothing is known of their kind: which, how many, of which days.

A new kind may be a credit as well as a cost. So a report says what it leaves out, and a budget, of
which only the verdict is read, is not checked at all then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from ..display import clean
from ..paging import Bucket
from . import wording
from .errors import UnsummableError
from .periods import DAY, Period, day_of


@attrs.frozen
class LeftOut:
    """Results of one kind that this version does not know."""

    operation: str
    """Whose results, such as `costs`."""
    kind: str
    """What the API calls them."""
    results: int
    """How many there are; of queries that group the same differently, in the one that has most."""
    days: Period
    """From the first day that has some to the last."""

    def __str__(self) -> str:
        count = "1 result" if self.results == 1 else f"{self.results:,} results"
        return f"{count} of {self.operation}, {wording.days(self.days)} ({clean(self.kind)})"


def left_out(operation: str, *queries: Iterable[Bucket]) -> tuple[LeftOut, ...]:
    """What sums over the buckets of `queries` leave out, by kind. All are of `operation`."""
    most: dict[str, list[date]] = {}
    for buckets in queries:
        for kind, days in _days_by_kind(buckets).items():
            most[kind] = max(most.get(kind, []), days, key=len)
    return tuple(
        LeftOut(operation, kind, len(days), Period(min(days), max(days) + DAY))
        for kind, days in sorted(most.items())
    )


def in_words(left_out: Sequence[LeftOut]) -> str:
    """The sentence that says it."""
    return (
        "the API sent results of kinds that this version does not know, and all sums are without them: "
        f"{'; '.join(map(str, left_out))}. The figures may be too low or too high; a newer version may know "
        "these kinds."
    )


def refuse(left_out: Sequence[LeftOut]) -> None:
    """Let no verdict stand on sums that something is left out of.

    Raises:
        UnsummableError: something is.
    """
    if left_out:
        raise UnsummableError(
            "what is spent cannot be told: this version does not know the kind of "
            f"{'; '.join(map(str, left_out))}; a newer version may",
            left_out=left_out,
        )


def _days_by_kind(buckets: Iterable[Bucket]) -> dict[str, list[date]]:
    days: defaultdict[str, list[date]] = defaultdict(list)
    for bucket in buckets:
        for result in bucket.unknown_results:
            days[result.object].append(day_of(bucket.start_time))
    return days


__all__ = ["LeftOut", "in_words", "left_out", "refuse"]
