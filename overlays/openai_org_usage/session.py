"""What a client and those derived from it share: connections, retry budget, limits, and the loop.

It is made with the first query, because importing all of it takes longer than making a client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ._generated import AnyRequest, Request
from .http.concurrency_limit import Slots
from .http.connections import Connections
from .http.deadline import Timing
from .http.loop_thread import Background
from .http.requestor import Sender
from .http.retry import RetryBudget
from .lazy_names import late_imports
from .pagination.page_stream import Fetch
from .pagination.rules import Bucket, PageSize, ResumePoint
from .times import resolve_times

if TYPE_CHECKING:
    from .options import Options, Settings

PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")


class Engine:
    """Makes the queries of a client ready to be fetched."""

    def __init__(self, settings: Settings) -> None:
        self.connections = Connections(settings.endpoint, transport=settings.transport, clock=settings.clock)
        self.background = Background(self.connections.release)
        """For the synchronous client; nothing runs before it is used."""
        self._clock = settings.clock  # Without the settings, which hold this: no collector need run.
        self._timing = settings.timing or Timing()
        self._budget = RetryBudget()
        self._slots: dict[int, Slots] = {}

    def start_of(self, request: Request[PageT, BucketT, RowT]) -> ResumePoint[PageT, BucketT, RowT]:
        """Where a query for `request` begins, its times resolved by the clock."""
        resolved = resolve_times(request, now=self._clock())
        PageSize(resolved)  # Refuses a limit out of range.
        return ResumePoint(resolved)

    def fetch_of(
        self, start: ResumePoint[PageT, BucketT, RowT], options: Options
    ) -> Fetch[Any, BucketT, RowT]:
        """How the query at `start` is fetched."""
        with late_imports():
            start.request.operation.page_type  # noqa: B018 - imports the models
        sender = Sender(
            connections=self.connections,
            slots=self._slots.setdefault(options.concurrency, Slots(options.concurrency)),
            budget=self._budget,
            policy=options.retry,
            timing=self._timing,
            timeout=options.timeout,
            max_page_bytes=options.max_page_bytes,
            deadline=options.deadline,
            on_retry=options.on_retry,
        )
        return Fetch(
            start=start,
            sender=sender,
            decode=_decoded,
            now=self._clock,
            max_pages=options.max_pages,
            concurrency=options.concurrency,
        )


def _decoded(request: AnyRequest, body: bytes) -> Any:
    return request.decode(body)
