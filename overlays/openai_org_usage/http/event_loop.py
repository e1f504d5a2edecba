"""Whether there is an event loop to send requests on, or can be one."""

from __future__ import annotations

import asyncio
import selectors
import socket

from ..errors import ConfigurationError


def can_start_a_loop() -> None:
    """Raise OSError if an event loop finds too few files left: asyncio complains of one that is half made."""
    first, second = socket.socketpair()
    with first, second, selectors.DefaultSelector():
        pass


def check_loop() -> None:
    """Refuse to begin tasks where there is no event loop of asyncio, as on trio."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise no_loop() from None


def no_loop() -> ConfigurationError:
    """The error for it."""
    return ConfigurationError(
        "AsyncUsageClient needs a running event loop of asyncio, and there is none here (trio has its "
        "own); use UsageClient there, in a thread such as trio.to_thread.run_sync starts"
    )
