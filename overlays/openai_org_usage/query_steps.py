"""Readings of several queries, where the answers decide what is asked next: written once for both clients.

A reading is a generator: it yields requests that are read at once, and gets the buckets of each, or the error
that the first of them met. It does no I/O itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

import attrs

from ._generated import CostsRow, OpenAIUsageError, Request
from .pagination.rules import Bucket

if TYPE_CHECKING:
    from ._generated import UnknownResult
    from .client import AsyncUsageClient, UsageClient

T = TypeVar("T")
RowT = TypeVar("RowT")
BucketRequest: TypeAlias = Request[object, Bucket, object]
"""A request of usage or costs, of whatever endpoint."""


@attrs.frozen
class RowBucket:
    """A bucket of flat rows, which have the fields of the operation's: nothing has to be made of results.

    Attributes:
        results: the rows.
    """

    start_time: int
    end_time: int
    results: list[object]
    unknown_results: tuple[UnknownResult, ...] = ()


@runtime_checkable
class RowBucketSource(Protocol):
    """A client that has buckets at hand, and needs no pages for them, such as that of an archive."""

    def row_buckets(self, request: BucketRequest) -> Sequence[RowBucket] | None:
        """What answers `request`, whose times are Unix seconds; None where that takes the pages.

        Raises:
            OpenAIUsageError: the query fails.
        """
        ...


CostsRequest: TypeAlias = Request[object, Bucket, CostsRow]
Answers: TypeAlias = Sequence[Sequence[Bucket]]
"""The buckets of each request, in the order of the requests."""
QuerySteps: TypeAlias = Generator[Sequence[BucketRequest], Answers, T]
"""A reading that ends with a `T`."""


@attrs.define
class _SteppedReading(Generic[T]):
    """A reading under way: the requests that it waits for, or what it ended with. It does no I/O."""

    steps: QuerySteps[T]
    requests: Sequence[BucketRequest] | None = attrs.field(init=False, default=None)
    """None when it has ended."""
    _ended_with: list[T] = attrs.field(init=False, factory=list[T])

    def __attrs_post_init__(self) -> None:
        self._go_on(partial(next, self.steps))

    @property
    def result(self) -> T:
        """What it ended with."""
        return self._ended_with[0]

    def answer(self, answers: Answers) -> None:
        """Give it what was asked for."""
        self._go_on(partial(self.steps.send, answers))

    def fail(self, error: OpenAIUsageError) -> None:
        """Give it the error of a query, which it raises unless it goes on without."""
        self._go_on(partial(self.steps.throw, error))

    def _go_on(self, step: Callable[[], Sequence[BucketRequest]]) -> None:
        try:
            self.requests = step()
        except StopIteration as end:
            self.requests = None
            self._ended_with.append(end.value)


def run_steps(client: UsageClient, steps: QuerySteps[T]) -> T:
    """What `steps` end with, each of them read by `client`.

    Raises:
        OpenAIUsageError: a query failed, and `steps` do not go on without it.
    """
    reading = _SteppedReading(steps)
    while reading.requests is not None:
        try:
            answers = _at_hand(client, reading.requests)
            if answers is None:
                answers = client.gather(*map(client.query, reading.requests))
        except OpenAIUsageError as error:
            reading.fail(error)
        else:
            reading.answer(answers)
    return reading.result


def _at_hand(client: UsageClient, requests: Sequence[BucketRequest]) -> Answers | None:
    """The buckets of all `requests`, if `client` has them without pages."""
    if not isinstance(client, RowBucketSource):
        return None
    found: list[Sequence[RowBucket]] = []
    for request in requests:
        buckets = client.row_buckets(request)
        if buckets is None:
            return None
        found.append(buckets)
    return found


async def run_steps_async(client: AsyncUsageClient, steps: QuerySteps[T]) -> T:
    """As `run_steps`."""
    reading = _SteppedReading(steps)
    while reading.requests is not None:
        try:
            answers = await client.gather(*map(client.query, reading.requests))
        except OpenAIUsageError as error:
            reading.fail(error)
        else:
            reading.answer(answers)
    return reading.result


def rows_of(request: Request[object, Bucket, RowT], buckets: Iterable[Bucket]) -> Iterator[RowT]:
    """The rows of `buckets`, which answer `request`."""
    for bucket in buckets:
        results = bucket.results
        if isinstance(bucket, RowBucket):
            yield from results
        else:
            yield from request.operation.row_type.of_bucket(bucket)


__all__ = [
    "Answers",
    "BucketRequest",
    "CostsRequest",
    "QuerySteps",
    "RowBucket",
    "RowBucketSource",
    "rows_of",
    "run_steps",
    "run_steps_async",
]
