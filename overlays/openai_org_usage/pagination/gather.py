"""Several queries at once, under the one limit of their client."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from .._generated import OpenAIUsageError
from ..http.event_loop import check_loop
from .paged_query import PagedQuery, fetch_of
from .rules import Bucket


async def gather_buckets(queries: Sequence[PagedQuery]) -> tuple[list[Bucket], ...]:
    """The buckets of each, in the order given.

    Raises:
        OpenAIUsageError: of the first that fails, with its complete buckets in `partial`; what
            its `resume` gives comes after them. The others are cancelled.
    """
    check_loop()
    tasks = [asyncio.create_task(_collect(query)) for query in queries]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _collect(query: PagedQuery) -> list[Bucket]:
    fetch = fetch_of(query)
    buckets: list[Bucket] = []
    try:
        async with aclosing(fetch.joined()) as steps:
            async for _, event, ready in steps:
                fetch.tell(event)
                buckets += ready
    except OpenAIUsageError as error:
        error.partial = tuple(buckets)
        raise
    return buckets
