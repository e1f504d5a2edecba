"""Several queries at once, under the one limit of their client."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Protocol

from .._generated import OpenAIUsageError
from ..hooks import PageEvent
from ..http.network_errors import loop_here
from .page_stream import Fetch
from .rules import Bucket, Page


class Query(Protocol):
    """What gathering needs of a query of either kind."""

    @property
    def fetch(self) -> Fetch[Page[Bucket], Bucket, object]: ...
    def tell(self, event: PageEvent) -> None: ...


async def gather_buckets(queries: Sequence[Query]) -> tuple[list[Bucket], ...]:
    """The buckets of each, in the order given.

    Raises:
        OpenAIUsageError: of the first that fails, with its complete buckets in `partial`; what
            its `resume` gives comes after them. The others are cancelled.
    """
    loop_here()
    tasks = [asyncio.create_task(_collect(query)) for query in queries]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _collect(query: Query) -> list[Bucket]:
    buckets: list[Bucket] = []
    try:
        async with aclosing(query.fetch.joined()) as steps:
            async for _, event, ready in steps:
                query.tell(event)
                buckets += ready
    except OpenAIUsageError as error:
        error.partial = tuple(buckets)
        raise
    return buckets
