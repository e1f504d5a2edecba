"""What a client and those derived from it share: key, connections, retry budget, limits, and the loop."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from .credentials import Access
from .http.request_options import RequestOptions, able_to, is_callable
from .http.retry import RetryBudget
from .interpreter_exit import used_at_the_end
from .lazy_names import late_imports

if TYPE_CHECKING:
    import httpx

    from ._generated import ApiOperation
    from .http.blocking_calls import BlockingCalls
    from .http.concurrency_limit import Slots
    from .http.deadline import Timing
    from .http.page_source import PageSource
    from .http.requestor import Requestor


@attrs.define(eq=False, kw_only=True)
class Session:
    """What they share.

    Attributes:
        given_source: what answers in the place of the API; None for connections to it.
        source: what answers; there from `begin` on, as importing all that connections need takes longer than
            the rest.
        calls: where the synchronous client's requests run; there from `begin` on.
        has_begun: whether what is made late is there.
        loaded: the pages of each operation that has been used.
    """

    access: Access
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = attrs.field(
        validator=able_to("handle_request", "handle_async_request")
    )
    clock: Callable[[], float] = attrs.field(validator=is_callable)
    timing: Timing | None = attrs.field(validator=able_to("sleep"))
    given_source: PageSource | None = None
    source: PageSource = attrs.field(init=False)
    calls: BlockingCalls = attrs.field(init=False)
    has_begun: bool = attrs.field(init=False, default=False)
    loaded: dict[str, type[object]] = attrs.field(init=False, factory=dict[str, type[object]])
    _budget: RetryBudget = attrs.field(init=False, factory=RetryBudget)
    _slots: dict[int, Slots] = attrs.field(init=False, factory=dict[int, "Slots"])

    def begin(self) -> None:
        """Make what is made late; once.

        Raises:
            ConfigurationError: Python is shutting down.
            APIConnectionError: there are no files left to import the rest of the library with.
        """
        if self.has_begun:
            return
        if sys.is_finalizing():
            raise used_at_the_end()
        with late_imports():  # One thread at a time.
            importlib.import_module(".query", __package__)  # And with it all that a query needs.
            from .http.blocking_calls import BlockingCalls

            if not self.has_begun:
                self.source = self.given_source or self._connections()
                self.calls = BlockingCalls(self.source.release)
                self.has_begun = True

    def _connections(self) -> PageSource:
        from .http.connections import Connections

        return Connections(self.access, transport=self.transport, clock=self.clock)

    def load(self, operation: ApiOperation) -> None:
        """Import the models of `operation`, once, where no fork comes in between."""
        with late_imports():
            self.loaded[operation.name] = operation.page_type

    def requestor(self, options: RequestOptions) -> Requestor:
        """What sends the requests of a client with `options`.

        Raises:
            OpenAIUsageError: as `begin`.
        """
        self.begin()
        from .http.concurrency_limit import Slots
        from .http.deadline import Timing
        from .http.requestor import Requestor

        return Requestor(
            source=self.source,
            slots=self._slots.setdefault(options.concurrency, Slots(options.concurrency)),
            budget=self._budget,
            timing=self.timing or Timing(),
            options=options,
        )
