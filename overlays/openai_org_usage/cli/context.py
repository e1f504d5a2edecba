"""What the command takes from outside, so that tests can put something in its place."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import httpx

    from .configuration.file import Configuration


@attrs.frozen(kw_only=True)
class CommandContext:
    """The clock, and how requests are sent; click hands it to each command as its `obj`."""

    clock: Callable[[], float] = time.time
    """The present in Unix seconds: of spans, calendar ranges and the emulator."""
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None
    """What to send through; None for the network."""
    given_configuration: Configuration | None = None
    """What the configuration file says, if there is one."""

    @property
    def configuration(self) -> Configuration:
        """What the configuration file says; the command line and the environment win over it."""
        from .configuration.file import (
            Configuration,  # Not before it is needed: a help page is there at once.
        )

        return self.given_configuration or Configuration()
