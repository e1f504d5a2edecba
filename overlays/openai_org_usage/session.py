"""What a client and those derived from it share: key, connections, retry budget, limits, and the loop."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from .credentials import Access
from .http.retry import RetryBudget
from .interpreter_exit import used_at_the_end
from .lazy_names import late_imports
from .options import Options, able_to, is_callable

if TYPE_CHECKING:
    import httpx

    from .http.concurrency_limit import Slots
    from .http.connections import Connections
    from .http.deadline import Timing
    from .http.loop_thread import Background
    from .http.requestor import Requestor


@attrs.define(eq=False, kw_only=True)
class Session:
    """What they share.

    Attributes:
        connections: are there from `begin` on: importing all that they need takes longer than the rest.
        background: where the synchronous client's requests run; there from `begin` on.
    """

    access: Access
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = attrs.field(
        validator=able_to("handle_request", "handle_async_request")
    )
    clock: Callable[[], float] = attrs.field(validator=is_callable)
    timing: Timing | None = attrs.field(validator=able_to("sleep"))
    connections: Connections = attrs.field(init=False)
    background: Background = attrs.field(init=False)
    _budget: RetryBudget = attrs.field(init=False, factory=RetryBudget)
    _slots: dict[int, Slots] = attrs.field(init=False, factory=dict[int, "Slots"])
    _has_begun: bool = attrs.field(init=False, default=False)
    _lock: threading.Lock = attrs.field(init=False, factory=threading.Lock)

    def begin(self) -> None:
        """Make what is made late; once.

        Raises:
            ConfigurationError: Python is shutting down.
            APIConnectionError: there are no files left to import the rest of the library with.
        """
        if not self._has_begun and sys.is_finalizing():
            raise used_at_the_end()
        with self._lock:
            if not self._has_begun:
                with late_imports():
                    importlib.import_module(".query", __package__)  # And with it all that a query needs.
                from .http.connections import Connections
                from .http.loop_thread import Background

                self.connections = Connections(self.access, transport=self.transport, clock=self.clock)
                self.background = Background(self.connections.release)
                self._has_begun = True

    def requestor(self, options: Options) -> Requestor:
        """What sends the requests of a client with `options`.

        Raises:
            OpenAIUsageError: as `begin`.
        """
        self.begin()
        from .http.concurrency_limit import Slots
        from .http.deadline import Timing
        from .http.requestor import Requestor

        return Requestor(
            connections=self.connections,
            slots=self._slots.setdefault(options.concurrency, Slots(options.concurrency)),
            budget=self._budget,
            timing=self.timing or Timing(),
            options=options,
        )
