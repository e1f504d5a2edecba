"""What answers the requests of a client: connections to the API, or what stands in their place."""

from __future__ import annotations

from typing import Protocol

import attrs

from .._generated import AnyRequest


@attrs.frozen
class Answer:
    """An answer with status 200."""

    body: bytes = attrs.field(repr=False)
    request_id: str | None = None
    organization: str | None = None


class PageSource(Protocol):
    """Answers requests, on one event loop."""

    def open(self) -> None:
        """Make ready for requests on the running event loop.

        Raises:
            OpenAIUsageError: that cannot be.
        """
        ...

    async def ask(self, request: AnyRequest, *, seconds: float, max_bytes: int) -> Answer:
        """The page that answers `request`, as up to `max_bytes` bytes, within `seconds`.

        Raises:
            OpenAIUsageError: there is none.
        """
        ...

    async def close(self) -> None:
        """End for good."""
        ...

    def shut(self) -> None:
        """Let no further request begin."""
        ...

    async def release(self) -> None:
        """Give back what is held; the next request takes it anew."""
        ...
