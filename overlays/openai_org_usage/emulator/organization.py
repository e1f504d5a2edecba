"""The synthetic organization: a pure function from time and dimensions to amounts used."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import pairwise

import attrs

from .._generated import Operation
from ..errors import ConfigurationError
from .activity import CumulativeActivity
from .metrics import REQUESTS, Tally, layout_of
from .ordinary_use import OrdinaryUse
from .request_streams import Dimension, RequestStream, is_costs
from .restatements import RestatedStream, Restatements, WrongUsage, restated_streams
from .storied_streams import Addition, changed_streams, is_about
from .stories import Story, StoryKind

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


class Organization:
    """An organization that uses what it ordinarily does, unless `stories` say otherwise.

    With `restatements`, some of what is new is told wrong until it is old enough.

    Raises:
        ConfigurationError: a story is about nothing that the organization uses.
    """

    def __init__(
        self,
        ordinary: OrdinaryUse,
        *,
        restatements: Restatements | None = None,
        stories: Sequence[Story] = (),
    ) -> None:
        self.ordinary = ordinary
        self.operations = ordinary.operations
        self.roster = ordinary.roster
        self.price_stories = [story for story in stories if story.kind is StoryKind.PRICE]
        self._stories = stories
        self._restatements = restatements
        self._streams: dict[str, tuple[RequestStream, ...]] = {}
        self._restated: dict[str, tuple[RestatedStream, ...]] = {}
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
            changed = changed_streams(self.ordinary.streams(operation), operation, stories=self._stories)
            self._streams[operation.name] = (*changed, *self._added_streams_of(operation))
        return self._streams[operation.name]

    def _added_streams_of(self, operation: Operation) -> Iterator[RequestStream]:
        """What stories add to what there is."""
        drawn = {name: pool[0] for name, pool in self.ordinary.pools(operation).items()}
        for addition in self._additions:
            if addition.operation.name == operation.name:
                yield addition.stream(self.roster.keys, seed=self.ordinary.seed, drawn=drawn)

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
            streams = restated_streams(self._streams_of(operation), seed=self.ordinary.seed)
            self._restated[operation.name] = streams
        return self._restated[operation.name]


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
