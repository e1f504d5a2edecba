"""The synthetic organization: a pure function from time and dimensions to amounts used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from .._generated import Operation
from .activity import RHYTHMS, Activity
from .dataset import OWNERS
from .metrics import ledger_of
from .packed_ints import Column, lanes_for
from .reporting_lag import cells_of
from .series import Dimension, Series, dimensions_of, pool_of, series_of
from .tally import Tally, tally

LINE_ITEM = "line_item"

Filters = Mapping[str, Sequence[Dimension]]
Group = tuple[Dimension | None, ...]


class Span(NamedTuple):
    """Consecutive buckets: `boundaries[i]` to `boundaries[i + 1]`, Unix seconds, half-open.

    What lies at or after `now` has not happened yet.
    """

    boundaries: Sequence[int]
    now: int

    @property
    def buckets(self) -> int:
        """Number of buckets."""
        return max(0, len(self.boundaries) - 1)


class Usage(NamedTuple):
    """What one group used in each bucket, by position in its operation's ledger."""

    group: Group
    """Values of the dimensions asked for, in that order."""
    tally: Tally


def is_costs(operation: Operation) -> bool:
    """Tell whether an operation reports money by line item, rather than usage."""
    money = any(field.role == "money" for field in operation.fields)
    return money and LINE_ITEM in dimensions_of(operation)


class Organization:
    """An organization with the operations of the registry; the same seed gives the same usage.

    With `restate_days`, it takes that many days until all usage is counted.
    """

    def __init__(self, operations: Mapping[str, Operation], *, seed: int = 0, restate_days: int = 0) -> None:
        self.operations = operations
        self.seed = seed
        self._restate_days = restate_days
        self._activity = {rhythm: Activity(rhythm, seed=seed) for rhythm in RHYTHMS}
        self._series: dict[str, tuple[Series, ...]] = {}

    def usage(
        self, operation: Operation, *, span: Span, group_by: Sequence[str], filters: Filters
    ) -> list[Usage]:
        """Return what each group used in each bucket, in a fixed order of the groups."""
        if not span.buckets:
            return []
        groups: dict[Group, list[Series]] = {}
        for one in self._series_of(operation):
            if _passes(one, filters):
                key = tuple(one.dimensions.get(name) for name in group_by)
                groups.setdefault(key, []).append(one)
        levels = ledger_of(operation).levels
        if not self._restate_days:
            return [Usage(*each) for each in self._tallies(groups, span=span, levels=levels)]
        cells = cells_of(span.boundaries, now=span.now, days=self._restate_days)
        fine = self._tallies(groups, span=span._replace(boundaries=cells.boundaries), levels=levels)
        return [Usage(group, cells.fold(each, levels=levels)) for group, each in fine]

    def _tallies(
        self, groups: Mapping[Group, Sequence[Series]], *, span: Span, levels: Set[int]
    ) -> Iterator[tuple[Group, Tally]]:
        rhythms = {one.rhythm for members in groups.values() for one in members}
        activity = self._activity_at(span, rhythms)
        for key in sorted(groups, key=str):
            yield key, tally(groups[key], activity=activity, buckets=span.buckets, levels=levels)

    def _activity_at(self, span: Span, rhythms: Iterable[str]) -> dict[str, Column]:
        moments = [min(boundary, span.now) for boundary in span.boundaries]
        lanes = lanes_for(len(moments))
        return {
            rhythm: lanes.pack([self._activity[rhythm].before(moment) for moment in moments])
            for rhythm in rhythms
        }

    def _series_of(self, operation: Operation) -> tuple[Series, ...]:
        if operation.name not in self._series:
            self._series[operation.name] = series_of(
                operation, seed=self.seed, extra_dimensions=self._cost_dimensions
            )
        return self._series[operation.name]

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


def _passes(series: Series, filters: Filters) -> bool:
    return all(
        series.dimensions[name] in wanted for name, wanted in filters.items() if name in series.dimensions
    )
