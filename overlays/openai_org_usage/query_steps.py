"""Readings of several queries, where the answers decide what is asked next: written once for both clients.

A reading is a generator: it yields requests that are read at once, and gets the buckets of each, or the error
that the first of them met. It does no I/O itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ._generated import CostsRow, OpenAIUsageError, Request
from .pagination.rules import Bucket

if TYPE_CHECKING:
    from .client import AsyncUsageClient, UsageClient

T = TypeVar("T")
RowT = TypeVar("RowT")
BucketRequest: TypeAlias = Request[object, Bucket, object]
"""A request of usage or costs, of whatever endpoint."""
CostsRequest: TypeAlias = Request[object, Bucket, CostsRow]
Answers: TypeAlias = Sequence[Sequence[Bucket]]
"""The buckets of each request, in the order of the requests."""
QuerySteps: TypeAlias = Generator[Sequence[BucketRequest], Answers, T]
"""A reading that ends with a `T`."""


def run_steps(client: UsageClient, steps: QuerySteps[T]) -> T:
    """What `steps` end with, each of them read by `client`.

    Raises:
        OpenAIUsageError: a query failed, and `steps` do not go on without it.
    """
    go_on: Callable[[], Sequence[BucketRequest]] = partial(next, steps)
    while True:
        try:
            requests = go_on()
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            answers = client.gather(*map(client.query, requests))
        except OpenAIUsageError as error:
            go_on = partial(steps.throw, error)
        else:
            go_on = partial(steps.send, answers)


async def run_steps_async(client: AsyncUsageClient, steps: QuerySteps[T]) -> T:
    """As `run_steps`."""
    go_on: Callable[[], Sequence[BucketRequest]] = partial(next, steps)
    while True:
        try:
            requests = go_on()
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            answers = await client.gather(*map(client.query, requests))
        except OpenAIUsageError as error:
            go_on = partial(steps.throw, error)
        else:
            go_on = partial(steps.send, answers)


def rows_of(request: Request[object, Bucket, RowT], buckets: Iterable[Bucket]) -> Iterator[RowT]:
    """The rows of `buckets`, which answer `request`."""
    of_bucket: Callable[[Bucket], Iterator[RowT]] = request.operation.row_type.of_bucket
    for bucket in buckets:
        yield from of_bucket(bucket)


__all__ = [
    "Answers",
    "BucketRequest",
    "CostsRequest",
    "QuerySteps",
    "rows_of",
    "run_steps",
    "run_steps_async",
]
