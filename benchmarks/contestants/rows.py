"""The contestants that read a range of hourly completions over HTTP, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..child import Reading, timed

LARGEST = 168
"""Hours in the largest page."""


def ours(*, base_url: str, key: str, start: int, end: int, concurrency: int) -> Callable[[], Reading]:
    """This package, `concurrency` pages at a time."""
    from openai_org_usage import UsageClient

    client = UsageClient(admin_key=key, base_url=base_url, concurrency=concurrency)
    return timed(
        lambda: _sums(client.completions(start_time=start, end_time=end, bucket_width="1h").rows()), list
    )


def official(*, base_url: str, key: str, start: int, end: int, limit: int) -> Callable[[], Reading]:
    """A loop over the official SDK, one page after the other; a limit of 0 leaves it to the server."""
    from openai import OpenAI, omit

    client = OpenAI(api_key="unused", admin_api_key=key, base_url=base_url)

    def rows() -> Iterator[Any]:
        cursor: str | None = None
        while True:
            page = client.admin.organization.usage.completions(
                start_time=start,
                end_time=end,
                bucket_width="1h",
                limit=limit or omit,
                page=cursor or omit,
            )
            for bucket in page.data:
                yield from bucket.results
            if not page.has_more:
                return
            cursor = page.next_page

    return timed(lambda: _sums(rows()), list)


def _sums(rows: Iterator[Any]) -> tuple[float, float]:
    """How many rows there are, and their tokens."""
    count = tokens = 0
    for row in rows:
        count += 1
        tokens += row.input_tokens
    return count, tokens
