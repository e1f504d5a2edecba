"""How much time a call has left, and the sources of time and chance that a test may replace."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable

import attrs


@attrs.frozen(kw_only=True)
class Timing:
    """Where waiting gets its time and chance from.

    Attributes:
        monotonic: seconds that only go forward; deadlines are measured by it.
        sleep: waits for the given seconds, on the event loop.
        share: a random number in [0, 1), for the jitter.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    share: Callable[[], float] = random.random


class Deadline:
    """The end of the time that one call has, sleeps and all pages included."""

    def __init__(self, seconds: float | None, *, monotonic: Callable[[], float]) -> None:
        self.seconds = seconds
        """What it was set to; None for no end."""
        self._monotonic = monotonic
        self._end = math.inf if seconds is None else monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never below zero; infinite without an end."""
        return max(0.0, self._end - self._monotonic())

    def capped(self, seconds: float) -> float:
        """`seconds`, or what is left if that is less."""
        return min(seconds, self.remaining)
