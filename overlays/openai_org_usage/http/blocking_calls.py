"""The calls of a synchronous client: each waits in its own thread for what the loop's thread does."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from enum import Enum
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

import attrs

from ..errors import ConfigurationError, OpenAIUsageError
from ..interpreter_exit import is_ending, used_at_the_end
from .loop_thread import PATIENCE, LoopThread, Work, begun_thread, running_thread

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Sentinel(Enum):
    """What stands behind the last item."""

    END = "end"


class ClosableIterator(Protocol[T_co]):
    """What is iterated over: an asynchronous iterator that can be closed."""

    def __anext__(self) -> Awaitable[T_co]: ...
    def aclose(self) -> Awaitable[object]: ...


class BlockingCalls:
    """Runs coroutines of one client for callers that block; may be used from several threads.

    `release` closes the connections. It is awaited on the loop when this is stopped or collected, and at
    the end of the program.
    """

    def __init__(self, release: Work[object]) -> None:
        self._release = release
        self._open: dict[LoopThread, _OpenCalls] = {}
        weakref.finalize(self, _end_later, self._open)

    def run(self, work: Work[T]) -> T:
        """What `work()` gives on the loop; an interruption cancels it and waits until it has ended."""
        thread = begun_thread()
        return _Call(thread, self._calls, work).outcome()

    @contextmanager
    def beside(self, work: Work[T]) -> Generator[Callable[[], T]]:
        """Do `work` on the loop while this lasts, and cancel what is left of it then.

        What it gives waits for what `work()` gives, and is called once.
        """
        call = _Call(begun_thread(), self._calls, work)
        try:
            call.begin()
            yield call.outcome
        finally:
            call.cancel()

    def iterate(self, items: ClosableIterator[T]) -> Generator[T]:
        """The items of an asynchronous iterator that is run on the loop."""
        thread, turn = begun_thread(), asyncio.Lock()

        async def step() -> T | _Sentinel:
            async with turn:
                self._calls(thread).iterations.add(items)
                return await anext(items, _Sentinel.END)

        async def close() -> None:
            async with turn:  # A step that is being cancelled ends first.
                try:
                    await items.aclose()
                finally:
                    self._calls(thread).iterations.discard(items)

        try:
            while (item := _Call(thread, self._calls, step).outcome()) is not _Sentinel.END:
                yield item
        finally:
            if thread is threading.current_thread():  # The collector's.
                self._calls(thread).begin(close)
            else:
                self._finish(thread, close)

    def stop(self) -> None:
        """Cancel what is under way, and close the connections."""
        thread = running_thread()
        if thread is not None and thread is threading.current_thread():
            self._calls(thread).end_soon()
        elif thread in self._open:
            self._finish(thread, self._open[thread].end)

    def _finish(self, thread: LoopThread, work: Work[object]) -> None:
        """Do `work` where that can still be done, and has not been done by `stop`."""
        if thread is running_thread():
            with suppress(ConfigurationError):
                _Call(thread, self._calls, work).outcome()

    def _calls(self, thread: LoopThread) -> _OpenCalls:
        """What this has on the loop, where this is called."""
        if thread not in self._open:
            self._open[thread] = _OpenCalls(self._release, thread.ends)
        return self._open[thread]


@attrs.frozen
class _Value(Generic[T]):
    """What a call gives that does not fail."""

    value: T


@attrs.define(eq=False, repr=False)
class _Call(Generic[T]):
    """One call: begun and cancelled on the loop, waited for in the thread of the caller."""

    _thread: LoopThread
    _calls: Callable[[LoopThread], _OpenCalls]
    _work: Work[T]
    _task: asyncio.Task[T] | None = attrs.field(init=False, default=None)
    _ended: SimpleQueue[_Value[T] | BaseException] = attrs.field(
        init=False, factory=SimpleQueue[_Value[T] | BaseException]
    )
    """It is whole wherever Ctrl-C comes."""
    _is_asked: bool = attrs.field(init=False, default=False)

    def begin(self) -> None:
        """Have the work done on the loop.

        Raises:
            ConfigurationError: the loop itself would have to wait.
            OpenAIUsageError: the loop is of the process before a fork.
        """
        thread = self._thread
        if thread is not running_thread():
            raise OpenAIUsageError("this iteration began before a fork; begin it anew in the child")
        if thread is threading.current_thread():
            raise ConfigurationError(
                "a hook cannot use the client that calls it; note what to do, and return"
            )
        self._is_asked = True
        thread.soon(self._begin)

    def outcome(self) -> T:
        """Wait for the work, which begins now if it has not yet.

        Raises:
            OpenAIUsageError: as `begin`, and as the work.
        """
        try:
            if not self._is_asked:
                self.begin()
            found = self._ended.get()
        except BaseException:
            self.cancel()
            raise
        if isinstance(found, _Value):
            return found.value
        try:
            raise found
        finally:
            del found  # It holds this frame.

    def cancel(self) -> None:
        """End the work, if it has begun, and wait a moment for that."""
        if self._is_asked:
            self._thread.soon(self._cancel)  # After `_begin`, whether or not `soon` had returned.
            with suppress(Empty):
                self._ended.get(timeout=PATIENCE)

    def _begin(self) -> None:
        calls = self._calls(self._thread)
        if calls.have_ended:
            self._ended.put(_closed())
        else:
            self._task = calls.begin(self._work)
            self._task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[T]) -> None:
        self._task = None  # A task is to die here: Ctrl-C in the callbacks of its death would be lost.
        self._ended.put(_result_of(task))

    def _cancel(self) -> None:
        if self._task is None or not self._task.cancel():
            self._ended.put(_closed())


@attrs.define(eq=False, repr=False)
class _OpenCalls:
    """What one client has on the loop of one process: tasks under way, iterations, and connections.

    Attributes:
        ends: has what ends this, until that is done.
        iterations: those that are open; held, lest the collector destroy their tasks before they are closed.
    """

    release: Work[object]
    ends: set[Work[object]]
    iterations: set[ClosableIterator[object]] = attrs.field(init=False, factory=set[ClosableIterator[object]])
    have_ended: bool = attrs.field(init=False, default=False)
    _tasks: set[asyncio.Task[object]] = attrs.field(init=False, factory=set[asyncio.Task[object]])

    def __attrs_post_init__(self) -> None:
        self.ends.add(self.end)

    def begin(self, work: Work[T]) -> asyncio.Task[T]:
        """Do `work` on the loop, from where this is called."""
        task = asyncio.get_running_loop().create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def end_soon(self) -> None:
        """Begin to end, on the loop, where this is called."""
        self.begin(self.end)

    async def end(self) -> None:
        """Cancel what is under way, close the iterations, then the connections; wait, if that has begun."""
        others = self._tasks - {asyncio.current_task()}
        if not self.have_ended:
            for task in others:
                task.cancel()
        is_first, self.have_ended = not self.have_ended, True
        await asyncio.gather(*others, return_exceptions=True)
        if is_first:
            await asyncio.gather(*(items.aclose() for items in self.iterations), return_exceptions=True)
            await self.release()
            self.ends.discard(self.end)


def _closed() -> OpenAIUsageError:
    return used_at_the_end() if is_ending() else ConfigurationError("the client was closed; make a new one")


def _result_of(task: asyncio.Task[T]) -> _Value[T] | BaseException:
    if task.cancelled():
        return _closed()
    return task.exception() or _Value(task.result())


def _end_later(open_calls: dict[LoopThread, _OpenCalls]) -> None:
    thread = running_thread()
    if thread in open_calls:
        with suppress(OpenAIUsageError):
            thread.soon(open_calls[thread].end_soon)
