"""The event loop on which synchronous clients run the asynchronous engine: one thread for the process.

One engine serves both clients: a blocking socket cannot be told to end at a deadline while a server
dribbles headers or a name is being resolved; a task can. The thread begins with the first request of
whichever client. A fork finds it between two steps, where it holds no lock; a child has one of its own.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeAlias, TypeVar

from ..errors import ConfigurationError, OpenAIUsageError
from ..interpreter_exit import is_ending, used_at_the_end
from ..lazy_names import FIRST_USE
from .network_errors import can_start_a_loop, cause_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]
_END: Any = object()
_SECONDS = 1.0
"""How long is waited for a call to be cancelled, for the thread to end, and for a hook before a fork."""


class ClosableIterator(Protocol[T_co]):
    """What is iterated over: an asynchronous iterator that can be closed."""

    def __anext__(self) -> Awaitable[T_co]: ...
    def aclose(self) -> Awaitable[object]: ...


class Background:
    """Runs coroutines of one client for callers that block; may be used from several threads.

    `release` is awaited on the loop when this is stopped or collected, and at the end of the program.
    """

    def __init__(self, release: Work[object]) -> None:
        self._release = release
        self._under_way: set[asyncio.Task[Any]] = set()
        _releases.add(release)
        weakref.finalize(self, _release_later, release).atexit = False

    def run(self, work: Work[T]) -> T:
        """What `work()` gives on the loop; an interruption cancels it and waits until it has ended."""
        return self._outcome(_thread(), work)

    def iterate(self, items: ClosableIterator[T]) -> Generator[T]:
        """The items of an asynchronous iterator that is run on the loop."""
        thread, turn = _thread(), asyncio.Lock()

        async def step() -> T:
            async with turn:
                return await anext(items, _END)

        async def close() -> None:
            async with turn:  # A step that is being cancelled ends first.
                await items.aclose()

        try:
            while (item := self._outcome(thread, step)) is not _END:
                yield item
        finally:
            self._finish(thread, close)

    def stop(self) -> None:
        """Cancel what is under way, and close the connections."""

        async def end() -> None:
            for task in self._under_way - {asyncio.current_task()}:
                task.cancel()
            await self._release()

        self._finish(_threads.get(os.getpid()), end)

    def _finish(self, thread: LoopThread | None, work: Work[object]) -> None:
        """Do `work` where that can still be done; the collector may ask for it in any thread."""
        if thread is not None and thread is threading.current_thread():
            thread.begin(work)
        elif thread is not None and thread is _threads.get(os.getpid()) and not thread.loop.is_closed():
            self._outcome(thread, work)

    def _outcome(self, thread: LoopThread, work: Work[T]) -> T:
        if thread is not _threads.get(os.getpid()):
            raise OpenAIUsageError("this iteration began before a fork; begin it anew in the child")
        if thread is threading.current_thread():
            raise ConfigurationError(
                "a hook cannot use the client that calls it; note what to do, and return"
            )
        begun: list[asyncio.Task[T]] = []
        ended: SimpleQueue[tuple[BaseException | None, Any]] = SimpleQueue()  # Whole wherever Ctrl-C comes.

        def begin() -> None:
            begun.append(thread.begin(work))
            self._under_way.add(begun[0])
            begun[0].add_done_callback(end)

        def end(task: asyncio.Task[T]) -> None:
            self._under_way.discard(task)
            begun.clear()  # A task is to die here: Ctrl-C in the callbacks of its death would be lost.
            ended.put(_result_of(task))

        def cancel() -> None:
            if not any(task.cancel() for task in begun):
                ended.put((None, None))

        try:
            thread.soon(begin)
            error, value = ended.get()
        except BaseException:
            thread.soon(cancel)  # After `begin`, whether or not that had returned.
            with suppress(Empty):
                ended.get(timeout=_SECONDS)
            raise
        if error is None:
            result: T = value
            return result
        try:
            raise error
        finally:
            del error  # It holds this frame.


def _result_of(task: asyncio.Task[T]) -> tuple[BaseException | None, Any]:
    if task.cancelled():
        return _closed(), None
    error = task.exception()
    return error, None if error else task.result()


class LoopThread(threading.Thread):
    """The thread of this process, and its loop."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__(name="openai-org-usage", daemon=True)
        self.begun: SimpleQueue[Exception | None] = SimpleQueue()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.closing: set[asyncio.Task[Any]] = set()
        """What closes connections, and is not cancelled at the end."""

    def run(self) -> None:
        """Run the loop until the end. Where an interruption led to two threads, the second one ends."""
        try:
            can_start_a_loop()
            self.loop = asyncio.new_event_loop()
        except (OSError, MemoryError) as error:
            self.begun.put(error)
            return
        is_first = _threads.setdefault(os.getpid(), self) is self
        self.begun.put(None)
        while is_first:
            try:
                self.loop.run_forever()
                break
            except (SystemExit, KeyboardInterrupt):  # A hook's, which reaches the caller.
                continue
        self.loop.close()

    def soon(self, callback: Callable[..., object], *args: object) -> None:
        """Have the loop call it."""
        try:
            self.loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            raise _closed() from None

    def begin(self, work: Work[T], among: set[asyncio.Task[Any]] | None = None) -> asyncio.Task[T]:
        """Do `work` on the loop, from where this is called."""
        tasks = self._tasks if among is None else among
        task = self.loop.create_task(work())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    def park(self) -> Callable[[], None]:
        """Let the loop stand still, between two steps, until the result is called."""
        standing, go_on = SimpleQueue[None](), SimpleQueue[None]()

        def stand(_: object = tuple(_releases)) -> None:  # In a child they outlive all: this never returns.
            standing.put(None)
            go_on.get()

        with suppress(Empty, OpenAIUsageError):
            self.soon(stand)
            standing.get(timeout=_SECONDS)
        return lambda: go_on.put(None)

    async def end(self) -> None:
        """Cancel everything, close all connections, and let `run` return."""
        others = self._tasks - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        releases = [release() for release in _releases]
        await asyncio.gather(*self.closing, *releases, return_exceptions=True)
        self.loop.stop()


_threads: dict[int, LoopThread] = {}
"""By process. A child keeps its parent's: to close that would disturb the parent."""
_releases: set[Work[object]] = set()
_parked: list[Callable[[], object]] = []


def _thread() -> LoopThread:
    process = os.getpid()
    if process not in _threads:
        with FIRST_USE:
            failure = None if process in _threads else _failure_to_start()
        if failure is not None:
            raise cause_of(failure).error("no connection can be made")
    return _threads[process]


def _failure_to_start() -> Exception | None:
    thread = LoopThread()
    try:
        thread.start()
    except RuntimeError as error:
        return error
    return thread.begun.get()


def _closed() -> OpenAIUsageError:
    return used_at_the_end() if is_ending() else ConfigurationError("the client was closed; make a new one")


def _release_later(release: Work[object]) -> None:
    _releases.discard(release)
    if thread := _threads.get(os.getpid()):
        with suppress(OpenAIUsageError):
            thread.soon(thread.begin, release, thread.closing)


def _end() -> None:
    if thread := _threads.get(os.getpid()):
        thread.soon(thread.begin, thread.end)
        thread.join(_SECONDS)


def _before_fork() -> None:
    while True:
        thread = _threads.get(os.getpid())
        go_on = thread.park() if thread else _closed
        FIRST_USE.acquire()
        if thread is _threads.get(os.getpid()):
            _parked.append(go_on)
            return
        FIRST_USE.release()  # One has begun meanwhile.


def _after_fork_in_parent() -> None:
    if _parked:  # Not where this was imported, by another thread, after the fork had begun.
        go_on = _parked.pop()
        FIRST_USE.release()
        go_on()


def _after_fork_in_child() -> None:
    if _parked:
        _parked.clear()
        FIRST_USE.release()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
