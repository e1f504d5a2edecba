"""The event loop on which synchronous clients run the asynchronous engine: one thread for the process.

A blocking socket cannot be told to end at a deadline while a server dribbles headers or a name is being
resolved; a task can. The thread begins with the first request of whichever client. A fork finds it
between two steps, where it holds no lock; a child has one of its own.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

from ..errors import OpenAIUsageError
from ..interpreter_exit import used_at_the_end
from ..lazy_names import AT_FORK, FIRST_USE
from .event_loop import can_start_a_loop

T = TypeVar("T")
Work: TypeAlias = Callable[[], Coroutine[object, object, T]]
PATIENCE = 1.0
"""How many seconds the loop has to cancel a call, to stand still before a fork, and to end."""


class LoopThread(threading.Thread):
    """The thread of this process, and its loop."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__(name="openai-org-usage", daemon=True)
        self.begun: SimpleQueue[Exception | None] = SimpleQueue()
        self.ends: set[Work[object]] = set()
        """What ends the calls of each client. A child keeps its parent's, and so those connections open."""

    def run(self) -> None:
        """Run the loop until the end. Where an interruption led to two threads, the second one ends."""
        try:
            can_start_a_loop()
            self.loop = asyncio.new_event_loop()
        except (OSError, MemoryError) as error:
            self.begun.put(error)
            return
        is_running = _threads.setdefault(os.getpid(), self) is self
        self.begun.put(None)
        while is_running:
            with suppress(SystemExit, KeyboardInterrupt):  # A hook's, which reaches the caller.
                self.loop.run_forever()
                is_running = False
        self.loop.close()

    def soon(self, callback: Callable[[], object]) -> None:
        """Have the loop call it."""
        try:
            self.loop.call_soon_threadsafe(callback)
        except RuntimeError:
            raise used_at_the_end() from None

    async def end(self) -> None:
        """End the calls of all clients, and let `run` return."""
        await asyncio.gather(*(end() for end in self.ends), return_exceptions=True)
        left = asyncio.all_tasks() - {asyncio.current_task()}  # Of iterations that nobody closed.
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self.loop.stop()


_threads: dict[int, LoopThread] = {}
"""By process. A child keeps its parent's: to close that would disturb the parent."""


def running_thread() -> LoopThread | None:
    """The thread of this process, if it has begun."""
    return _threads.get(os.getpid())


def begun_thread() -> LoopThread:
    """The thread of this process, which begins now if it has not yet.

    Raises:
        OpenAIUsageError: the system has no room for it.
    """
    if thread := running_thread():  # Without the lock, which others hold as long as they import.
        return thread
    with FIRST_USE:
        return running_thread() or _begin()


def _begin() -> LoopThread:
    thread = LoopThread()
    try:
        thread.start()
        failure = thread.begun.get()
    except RuntimeError as error:
        failure = error
    if failure is not None:
        from .network_errors import cause_of

        raise cause_of(failure).error("no connection can be made")
    return _threads[os.getpid()]


def end_thread() -> None:
    """End the calls of all clients, and the thread; at the end of the program."""
    if thread := running_thread():
        _ended = asyncio.run_coroutine_threadsafe(thread.end(), thread.loop)
        thread.join(PATIENCE)


def _stand_still() -> None:
    """Have the loop wait, between two steps, until the process has forked."""
    standing: SimpleQueue[None] = SimpleQueue()

    def stand() -> None:
        standing.put(None)
        with FIRST_USE:
            pass

    if thread := running_thread():
        with suppress(Empty, OpenAIUsageError):
            thread.soon(stand)
            standing.get(timeout=PATIENCE)


atexit.register(end_thread)
AT_FORK.append(_stand_still)
