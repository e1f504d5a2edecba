"""The synthetic organization: a pure function from time and dimensions to amounts used."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import pairwise

import attrs

from .._generated import FieldRole, Operation
from ..errors import ConfigurationError
from .activity import RHYTHMS, Activity, CumulativeActivity
from .dataset import OWNERS, with_tail, workload_of
from .lively_days import LivelyDays
from .metrics import REQUESTS, Tally, layout_of
from .request_streams import Dimension, RequestStream, dimensions_of, pool_of, pools_of, streams_of
from .restatements import RestatedStream, Restatements, WrongUsage, restated_streams
from .roster import Roster
from .storied_streams import Addition, changed_streams, is_about
from .stories import Story, StoryKind

LINE_ITEM = "line_item"
_MANY_MODELS = 5
"""Where so many models are used, a lively organization has some that few use."""

Filters = Mapping[str, Sequence[Dimension]]
GroupKey = tuple[Dimension | None, ...]
"""Values of the dimensions asked for, in that order."""
MutableTally = dict[int, list[int]]
"""A `Tally` that is still being added up."""


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

    If it is `lively`, its days differ as those of real ones do; what happens to it is told by `stories`.
    With `restatements`, some of what is new is told wrong until it is old enough.

    Raises:
        ConfigurationError: a story is about nothing that the organization uses.
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        *,
        roster: Roster,
        seed: int = 0,
        lively: bool = False,
        restatements: Restatements | None = None,
        stories: Sequence[Story] = (),
    ) -> None:
        self.operations = operations
        self.roster = roster
        self.seed = seed
        self._restatements = restatements
        self._activity = {rhythm: Activity(rhythm, seed=seed) for rhythm in RHYTHMS}
        self._lively = LivelyDays(self._activity, seed=seed) if lively else None
        self._streams: dict[str, tuple[RequestStream, ...]] = {}
        self._restated: dict[str, tuple[RestatedStream, ...]] = {}
        self._stories = stories
        self.price_stories = [story for story in stories if story.kind is StoryKind.PRICE]
        self._check_stories()

    def usage(self, operation: Operation, selection: Selection) -> Sequence[GroupUsage]:
        """What each group used in each bucket, in a fixed order of the groups."""
        if not selection.buckets:
            return []
        tallies = self._tallies(operation, selection)
        for wrong in self._wrong(operation, selection):
            if _passes(wrong.stream, selection.filters):
                tally = tallies.setdefault(_group(wrong.stream, selection), {})
                self._miscount(tally, wrong, selection, levels=layout_of(operation).levels)
        return [GroupUsage(key, tallies[key]) for key in sorted(tallies, key=str)]

    def _tallies(self, operation: Operation, selection: Selection) -> dict[GroupKey, MutableTally]:
        """What each group has really used in each bucket."""
        groups: dict[GroupKey, list[RequestStream]] = {}
        for stream in self._streams_of(operation):
            if _passes(stream, selection.filters):
                groups.setdefault(_group(stream, selection), []).append(stream)
        moments = [min(boundary, selection.now) for boundary in selection.boundaries]
        activities = {stream.activity for members in groups.values() for stream in members}
        activity = {each: list(map(each.before, moments)) for each in activities}
        levels = layout_of(operation).levels
        return {key: _tally(members, activity=activity, levels=levels) for key, members in groups.items()}

    def _wrong(self, operation: Operation, selection: Selection) -> Iterator[WrongUsage]:
        """What is told wrong; levels, such as bytes stored, are known at once."""
        if self._restatements is None or REQUESTS in layout_of(operation).levels:
            return
        start, end = selection.boundaries[0], selection.boundaries[-1]
        for stream in self._restated_of(operation):
            yield from stream.wrong(self._restatements, start=start, end=end, now=selection.now)

    def _miscount(
        self, tally: MutableTally, wrong: WrongUsage, selection: Selection, *, levels: Set[int]
    ) -> None:
        """Add to a group's tally what is counted too often, and take from it what is counted too seldom."""
        marks = selection.boundaries
        first, last = bisect_right(marks, wrong.begin), bisect_left(marks, wrong.end)
        moments = [wrong.begin, *marks[first:last], wrong.end]
        totals: dict[int, list[int]] = {}
        wrong.stream.add_to(totals, list(map(wrong.stream.activity.before, moments)))
        for position in totals.keys() - levels:
            column = tally.setdefault(position, [0] * selection.buckets)
            for bucket, (begin, end) in enumerate(pairwise(totals[position]), start=first - 1):
                column[bucket] += wrong.times * (end - begin)

    def _streams_of(self, operation: Operation) -> tuple[RequestStream, ...]:
        if operation.name not in self._streams:
            ordinary = self._ordinary_streams_of(operation)
            changed = changed_streams(ordinary, operation, stories=self._stories)
            self._streams[operation.name] = (*changed, *self._added_streams_of(operation))
        return self._streams[operation.name]

    def _ordinary_streams_of(self, operation: Operation) -> Iterable[RequestStream]:
        workload = workload_of(operation.name)
        has_tail = self._lively is not None and len(workload.models) >= _MANY_MODELS
        streams = streams_of(
            operation,
            with_tail(workload) if has_tail else workload,
            keys=self.roster.keys,
            seed=self.seed,
            activities=self._activity,
            extra_dimensions=self._cost_dimensions,
        )
        return streams if self._lively is None else self._lively.streams(streams)

    def _added_streams_of(self, operation: Operation) -> Iterator[RequestStream]:
        """What stories add to what there is."""
        pools = self._cost_dimensions | pools_of(operation)
        drawn = {name: pool[0] for name, pool in pools.items()}
        for addition in self._additions:
            if addition.operation.name == operation.name:
                yield addition.stream(self.roster.keys, seed=self.seed, drawn=drawn)

    @cached_property
    def _used(self) -> Sequence[Operation]:
        """The operations of usage, not costs."""
        return [operation for operation in self.operations.values() if not is_costs(operation)]

    @cached_property
    def _additions(self) -> Sequence[Addition]:
        return [Addition.of(story, self._used) for story in self._stories if story.amount is not None]

    def _check_stories(self) -> None:
        for story in self._stories:
            if not any(
                is_about(story, operation, stream)
                for operation in self._used
                for stream in self._streams_of(operation)
            ):
                raise ConfigurationError(f"the organization uses nothing that this story is about: {story}")

    def _restated_of(self, operation: Operation) -> tuple[RestatedStream, ...]:
        if operation.name not in self._restated:
            streams = restated_streams(self._streams_of(operation), seed=self.seed)
            self._restated[operation.name] = streams
        return self._restated[operation.name]

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
    streams: Iterable[RequestStream],
    *,
    activity: Mapping[CumulativeActivity, Sequence[int]],
    levels: Set[int],
) -> MutableTally:
    """What the streams together used in each bucket; positions that none uses are left out.

    Each boundary is evaluated once, as a bucket's end is the next one's start. What was used is a
    difference of two cumulative amounts. A level, such as bytes stored, is the cumulative amount itself:
    all that was ever stored, as nothing is deleted.
    """
    totals: dict[int, list[int]] = {}
    for stream in streams:
        stream.add_to(totals, activity[stream.activity])
    return {
        position: total[1:] if position in levels else [end - start for start, end in pairwise(total)]
        for position, total in totals.items()
    }


def _group(stream: RequestStream, selection: Selection) -> GroupKey:
    return tuple(stream.dimensions.get(name) for name in selection.group_by)


def _passes(stream: RequestStream, filters: Filters) -> bool:
    return all(
        stream.dimensions[name] in wanted for name, wanted in filters.items() if name in stream.dimensions
    )
