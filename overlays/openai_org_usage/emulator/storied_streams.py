"""Streams of requests as stories change them: some run faster or slower, and some are added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal

import attrs

from .._generated import Operation
from ..errors import ConfigurationError
from .courses import ChangedActivity, Course, EvenActivity
from .dataset import OTHER_WORKLOAD, WORKLOADS, ModelUse, workload_of
from .metrics import REQUESTS, layout_of
from .prices import Price, prices_for
from .request_streams import Growth, RequestStream, dimensions_of, stream_of
from .roster import ApiKey
from .stories import Story, StoryKind

_EVEN = EvenActivity()


def changed_streams(
    streams: Iterable[RequestStream], operation: Operation, *, stories: Sequence[Story]
) -> Iterator[RequestStream]:
    """The streams, with those parts of them that a story is about running at its pace.

    A part is what one line item bills: a stream whose answers get longer is one of requests and one of
    output, which add up to what it was.
    """
    changing = [story for story in stories if story.amount is None and story.kind is not StoryKind.PRICE]
    for stream in streams:
        parts: dict[Course, list[Growth]] = {}
        about = [(story, _positions(story, operation, stream)) for story in changing]
        for growth in stream.growths:
            course = Course()
            for story, positions in about:
                course = course.times(story.course()) if growth.position in positions else course
            parts.setdefault(course, []).append(growth)
        for course, growths in parts.items():
            activity = ChangedActivity(stream.activity, course) if course.moments else stream.activity
            yield attrs.evolve(stream, activity=activity, growths=tuple(growths))


def is_about(story: Story, operation: Operation, stream: RequestStream) -> bool:
    """Whether a story is about anything of a stream."""
    return bool(_positions(story, operation, stream))


def _positions(story: Story, operation: Operation, stream: RequestStream) -> Set[int]:
    """The positions in a tally that a story is about."""
    if any(stream.dimensions.get(name) != value for name, value in story.dimensions.items()):
        return frozenset()
    if story.line_item is None:
        return frozenset(growth.position for growth in stream.growths)
    billed = _billed(operation, str(stream.dimensions.get("model") or ""), line_item=story.line_item)
    metrics = {price.metric for price in billed}
    return frozenset(
        position
        for metric in layout_of(operation).metrics
        if metric.name in metrics
        for position in metric.positions
    )


def _billed(operation: Operation, model: str, *, line_item: str | None) -> Sequence[Price]:
    """The prices of a model's use, under one line item or all of them."""
    prices = prices_for(operation, model=model)
    return [price for price in prices if line_item in (None, price.line_item)]


@attrs.frozen
class Addition:
    """What a story adds: a model's use in an operation, and the positions of a tally that it adds to."""

    story: Story
    operation: Operation
    use: ModelUse

    @classmethod
    def of(cls, story: Story, operations: Iterable[Operation]) -> Addition:
        """Where the amount of a story is used.

        Raises:
            ConfigurationError: nothing is billed so.
        """
        possible = [each for each in sorted(operations, key=_rank) if not layout_of(each).levels]
        for operation, use in _uses(story, possible):
            if any(price.usd for price in _billed(operation, use.model, line_item=story.line_item)):
                return cls(story, operation, use)
        raise ConfigurationError(f"no usage is billed as this story has it: {story}")

    def stream(self, keys: Iterable[ApiKey], *, seed: int, drawn: Mapping[str, str | bool]) -> RequestStream:
        """The stream of requests that costs the story's amount.

        Raises:
            ConfigurationError: no key of the organization is in the story's project.
        """
        api_key = max(filter(self._may_use, keys), key=lambda key: key.weight, default=None)
        if api_key is None:
            raise ConfigurationError(f"no API key of the organization fits this story: {self.story}")
        operation, workload = self.operation, workload_of(self.operation.name)
        stream = stream_of(
            operation, workload, api_key, self.use, seed=seed, rate=1, activity=_EVEN, drawn=drawn
        )
        wanted = _positions(self.story, self.operation, stream) | {REQUESTS}
        growths = tuple(
            attrs.evolve(growth, mask=0) for growth in stream.growths if growth.position in wanted
        )
        return attrs.evolve(
            stream,
            activity=ChangedActivity(_EVEN, self.story.course()),
            growths=growths,
            rate=max(1, round(Decimal(str(self.story.amount)) / self._cost_of_a_request(growths))),
        )

    def _may_use(self, key: ApiKey) -> bool:
        story = self.story
        return story.project_id in (None, key.project_id) and story.api_key_id in (None, key.id)

    def _cost_of_a_request(self, growths: Sequence[Growth]) -> Decimal:
        metrics = {metric.name: metric for metric in layout_of(self.operation).metrics}
        averages = {growth.position: growth.average for growth in growths}
        return sum(
            (
                price.usd
                * sum(averages.get(position, 0) for position in metrics[price.metric].positions)
                / metrics[price.metric].scale
                for price in prices_for(self.operation, model=self.use.model)
            ),
            Decimal(0),
        )


def _rank(operation: Operation) -> int:
    """The place among workloads: completions come first."""
    return [*WORKLOADS, operation.name].index(operation.name)


def _uses(story: Story, operations: Sequence[Operation]) -> Iterator[tuple[Operation, ModelUse]]:
    """What a story may be about: models that are used, and one that it names and nobody has used yet."""
    known = [
        (operation, use)
        for operation in operations
        for use in workload_of(operation.name).models or (ModelUse("", 1, {}),)
    ]
    yield from ((operation, use) for operation, use in known if story.model in (None, use.model))
    named = story.model or (story.line_item or "").rpartition(",")[0].strip()
    if named and named not in {use.model for _, use in known}:
        new = ModelUse(named, 1, OTHER_WORKLOAD.averages)
        yield from ((operation, new) for operation in operations if "model" in dimensions_of(operation))
