"""What is said where a client is used while Python is at its end."""

from __future__ import annotations

import sys
import threading

from .errors import ConfigurationError


def is_ending() -> bool:
    """Whether the main thread has ended: from then on no thread is started or waited for any more."""
    return sys.is_finalizing() or not threading.main_thread().is_alive()


def used_at_the_end() -> ConfigurationError:
    """The error for it."""
    return ConfigurationError(
        "Python is shutting down, and the client's connections have ended with it; finish reading and close "
        "the client before the end of the program, not in atexit or __del__"
    )
