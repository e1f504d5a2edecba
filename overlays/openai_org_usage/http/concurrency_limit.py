"""How many requests a client has under way at once: halved when the API says 429, raised by success.

The slots are no `anyio.CapacityLimiter`: up to 4.10 at least, which is allowed here, it lets waiting tasks
begin when its limit is raised again, however many more than that are still under way.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque

import attrs


@attrs.frozen
class Permit:
    """Leave for one attempt; it remembers how the limit stood when it was given."""

    epoch: int


class AdaptiveLimit:
    """Additive increase, multiplicative decrease, between 1 and `maximum`. Pure.

    Requests that were under way together fail together, so that only the first 429 among them
    halves the limit.
    """

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._limit = float(maximum)
        self._epoch = 0

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return int(self._limit)

    def permit(self) -> Permit:
        """Leave for an attempt that begins now."""
        return Permit(self._epoch)

    def succeeded(self) -> None:
        """Note an answer: about `limit` of them raise the limit by one."""
        self._limit = min(float(self._maximum), self._limit + 1 / self._limit)

    def throttled(self, permit: Permit) -> None:
        """Note a 429 to the attempt that had `permit`."""
        if permit.epoch == self._epoch:
            self._limit = max(1.0, self._limit / 2)
            self._epoch += 1


class Slots:
    """Lets attempts begin, first come first served, while fewer than the limit are under way."""

    def __init__(self, maximum: int) -> None:
        self.adaptive = AdaptiveLimit(maximum)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._process = os.getpid()

    async def acquire(self) -> Permit:
        """Wait for a slot; give it back by `release`."""
        self._begin_anew_after_fork()
        if self._waiting or self._under_way >= self.adaptive.limit:
            await self._wait()
        else:
            self._under_way += 1
        return self.adaptive.permit()

    def release(self) -> None:
        """Give a slot back."""
        self._under_way -= 1
        self._wake()

    def _begin_anew_after_fork(self) -> None:
        """What is under way in the parent does not count in the child."""
        if self._process != os.getpid():
            self._process, self._under_way, self._waiting = os.getpid(), 0, deque()

    async def _wait(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # The turn came together with the cancellation.
                self.release()
            elif turn in self._waiting:
                self._waiting.remove(turn)
                self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting and self._under_way < self.adaptive.limit:
            turn = self._waiting.popleft()
            if not turn.done():  # One that has been cancelled may not have run since.
                self._under_way += 1
                turn.set_result(None)
