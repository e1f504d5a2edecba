"""A query as what is built on queries sees it: tables, archives, commands, and several queries at once."""

from __future__ import annotations

from typing import Protocol

from .page_stream import Fetch
from .rules import Bucket, Page, Span


class PagedQuery(Protocol):
    """A query of either kind, for what is built on queries."""

    @property
    def _fetch(self) -> Fetch[Page[Span], Bucket, object]: ...


def fetch_of(query: PagedQuery) -> Fetch[Page[Span], Bucket, object]:
    """How the pages of `query` are fetched: a user's editor does not offer that."""
    return query._fetch  # pyright: ignore[reportPrivateUsage] - it is the door
