"""The synthetic organization: a pure function from time and dimensions to amounts used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property
from itertools import pairwise

import attrs

from .._generated import FieldRole, Operation
from .activity import RHYTHMS, Activity
from .dataset import OWNERS
from .metrics import Tally, layout_of
from .reporting_lag import cells_of
from .request_streams import Dimension, RequestStream, dimensions_of, pool_of, streams_of
from .roster import Roster

LINE_ITEM = "line_item"

Filters = Mapping[str, Sequence[Dimension]]
GroupKey = tuple[Dimension | None, ...]
"""Values of the dimensions asked for, in that order."""


@attrs.frozen
class Selection:
    """Whose usage is told, in which buckets."""

    boundaries: Sequence[int]
    """Of consecutive buckets, Unix seconds: `boundaries[i]` to `boundaries[i + 1]`, half-open."""
    now: int
    """What lies at or after it has not happened yet."""
    group_by: Sequence[str]
    filters: Filters

    @property
    def buckets(self) -> int:
        """Number of buckets."""
        return max(0, len(self.boundaries) - 1)


@attrs.frozen
class GroupUsage:
    """What one group used in each bucket."""

    group: GroupKey
    tally: Tally


def is_costs(operation: Operation) -> bool:
    """Whether an operation reports money by line item, rather than usage."""
    money = any(field.role == FieldRole.MONEY for field in operation.fields)
    return money and LINE_ITEM in dimensions_of(operation)


class Organization:
    """An organization with the operations of the registry; the same seed and roster give the same usage.

    With `restate_days`, it takes that many days until all usage is counted.
    """

    def __init__(
        self, operations: Mapping[str, Operation], *, roster: Roster, seed: int = 0, restate_days: int = 0
    ) -> None:
        self.operations = operations
        self.roster = roster
        self.seed = seed
        self._restate_days = restate_days
        self._activity = {rhythm: Activity(rhythm, seed=seed) for rhythm in RHYTHMS}
        self._streams: dict[str, tuple[RequestStream, ...]] = {}

    def usage(self, operation: Operation, selection: Selection) -> Sequence[GroupUsage]:
        """What each group used in each bucket, in a fixed order of the groups."""
        if not selection.buckets:
            return []
        if not self._restate_days:
            return self._usage(operation, selection)
        cells = cells_of(selection.boundaries, now=selection.now, days=self._restate_days)
        levels = layout_of(operation).levels
        fine = self._usage(operation, attrs.evolve(selection, boundaries=cells.boundaries))
        return [GroupUsage(each.group, cells.fold(each.tally, levels=levels)) for each in fine]

    def _usage(self, operation: Operation, selection: Selection) -> list[GroupUsage]:
        groups: dict[GroupKey, list[RequestStream]] = {}
        for stream in self._streams_of(operation):
            if _passes(stream, selection.filters):
                key = tuple(stream.dimensions.get(name) for name in selection.group_by)
                groups.setdefault(key, []).append(stream)
        moments = [min(boundary, selection.now) for boundary in selection.boundaries]
        rhythms = {stream.rhythm for members in groups.values() for stream in members}
        activity = {name: list(map(self._activity[name].before, moments)) for name in rhythms}
        levels = layout_of(operation).levels
        return [
            GroupUsage(key, _tally(groups[key], activity=activity, levels=levels))
            for key in sorted(groups, key=str)
        ]

    def _streams_of(self, operation: Operation) -> tuple[RequestStream, ...]:
        if operation.name not in self._streams:
            self._streams[operation.name] = streams_of(
                operation,
                keys=self.roster.keys,
                seed=self.seed,
                extra_dimensions=self._cost_dimensions,
            )
        return self._streams[operation.name]

    @cached_property
    def _cost_dimensions(self) -> dict[str, tuple[Dimension, ...]]:
        """Dimensions of costs that come neither with the API key nor with the price."""
        given = (*OWNERS, "model", LINE_ITEM)
        return {
            name: pool_of(operation, name)
            for operation in self.operations.values()
            if is_costs(operation)
            for name in dimensions_of(operation)
            if name not in given
        }


def _tally(
    streams: Iterable[RequestStream], *, activity: Mapping[str, Sequence[int]], levels: Set[int]
) -> Tally:
    """What the streams together used in each bucket; positions that none uses are left out.

    Each boundary is evaluated once, as a bucket's end is the next one's start. What was used is a
    difference of two cumulative amounts. A level, such as bytes stored, is the cumulative amount itself:
    all that was ever stored, as nothing is deleted.
    """
    totals: dict[int, list[int]] = {}
    for stream in streams:
        stream.add_to(totals, activity[stream.rhythm])
    return {
        position: total[1:] if position in levels else [end - start for start, end in pairwise(total)]
        for position, total in totals.items()
    }


def _passes(stream: RequestStream, filters: Filters) -> bool:
    return all(
        stream.dimensions[name] in wanted for name, wanted in filters.items() if name in stream.dimensions
    )
