"""The event loop on which a synchronous client runs the asynchronous engine, in a thread of its own.

One engine serves both clients: a blocking socket cannot be told to end at a deadline while a
server dribbles headers or a name is being resolved; a task can. The thread begins with the first
request and ends with the client. While nothing is under way it is ended before a fork, too, since
a thread would not survive it; the child and the parent then begin anew. Else it is held meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..errors import ConfigurationError, OpenAIUsageError
from ..interpreter_exit import is_ending, used_at_the_end
from .network_errors import can_start_a_loop, cause_of

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_END: Any = object()
_SECONDS_TO_END = 1.0
"""How long an interrupted call, and the thread, may take to end. A name that is being resolved
cannot be interrupted; its thread is left to end by itself."""


class Source(Protocol[T_co]):
    """What is iterated over: an asynchronous iterator that can be closed."""

    def __anext__(self) -> Awaitable[T_co]: ...
    def aclose(self) -> Awaitable[object]: ...


class Background:
    """Runs coroutines for callers that block; may be used from several threads.

    `release` is awaited on the loop before it ends.
    """

    def __init__(self, release: Callable[[], Awaitable[None]]) -> None:
        self._release = release
        self._lock = threading.RLock()  # The collector may close an iteration while it is held.
        self._running: _Running | None = None
        self._uses = 0
        _all.add(self)

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Await `function(*args)` on the loop; an interruption cancels it."""
        with self._use() as running:
            return running.run(function, *args)

    def iterate(self, items: Source[T]) -> Generator[T]:
        """The items of an asynchronous iterator that is run on the loop."""
        with self._use() as running:
            try:
                while (item := running.run(anext, items, _END)) is not _END:
                    yield item
            finally:
                running.clean_up(items.aclose)

    def stop(self) -> None:
        """End the thread; what is still under way is cancelled."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.stop()

    def get_ready_to_fork(self) -> None:
        """End the thread, or hold it where it holds no lock if something is under way."""
        with self._lock:
            running, is_idle = self._running, self._uses == 0
            if is_idle:
                self._running = None
        if running is not None:
            (running.stop if is_idle else running.hold)()

    def go_on(self) -> None:
        """In the parent after a fork."""
        if self._running is not None:
            self._running.let_go()

    def forget(self) -> None:
        """In a child after a fork: the thread is the parent's."""
        self._lock = threading.RLock()
        if self._running is not None:
            _left_behind.append(self._running)
        self._running, self._uses = None, 0

    @contextmanager
    def _use(self) -> Generator[_Running]:
        with self._lock:
            if self._running is None:
                self._running = _Running(self._release)
                self._running.stop_with(self)
            running = self._running
            self._uses += 1
        try:
            yield running
        finally:
            with self._lock:
                self._uses = max(0, self._uses - 1)


class _Running:
    """A started thread with its loop."""

    def __init__(self, release: Callable[[], Awaitable[None]]) -> None:
        from anyio.from_thread import start_blocking_portal

        self._release = release
        self._process = os.getpid()
        try:
            can_start_a_loop()
            self._starting: AbstractContextManager[BlockingPortal] = start_blocking_portal(
                name="openai-org-usage"
            )
            self._portal = _entered(self._starting)
            self._thread = self._portal.call(threading.current_thread)
        except (OSError, RuntimeError, MemoryError) as error:
            raise cause_of(error).error("no connection can be made") from None
        self._stopped = False
        self._begun: set[asyncio.Future[object]] = set()
        self._held: list[threading.Event] = []  # Several threads may fork at once.
        self._finalizer: weakref.finalize[Any, Any] | None = None

    def stop_with(self, owner: object) -> None:
        """Stop when `owner` is collected, or at the end of the program."""
        self._finalizer = weakref.finalize(owner, self.stop)

    def run(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Await `function(*args)` on the loop; an interruption cancels it and waits until it has ended."""
        if self._process != os.getpid():
            raise OpenAIUsageError("this iteration began before a fork; begin it anew in the child")
        if threading.current_thread() is self._thread:
            raise ConfigurationError(
                "a hook cannot use the client that calls it; note what to do, and return"
            )
        ended = threading.Event()
        begun: list[asyncio.Task[object]] = []

        async def call() -> T:
            begun.extend(filter(None, [asyncio.current_task()]))
            try:
                return await function(*args)
            finally:
                ended.set()

        async def cancel() -> bool:
            return bool(begun) and begun[0].cancel()

        future: Future[T] | None = None
        try:
            future = self._begun_call(call)
            return future.result()
        except CancelledError:
            raise _closed() from None
        except BaseException:
            # Without a future it was interrupted while it began; then `cancel` comes after its first step.
            if (future is None or not future.done()) and self._begun_call(cancel).result(_SECONDS_TO_END):
                ended.wait(_SECONDS_TO_END)
            raise

    def _begun_call(self, call: Callable[[], Awaitable[T]]) -> Future[T]:
        try:
            return self._portal.start_task_soon(call)
        except RuntimeError:
            raise _closed() from None

    def hold(self) -> None:
        """Let the loop stand still until `let_go`.

        A child that is forked while the loop's thread is inside of OpenSSL has its locks taken for ever.
        """
        if self._stopped or threading.current_thread() is self._thread:
            return
        standing, go_on = threading.Event(), threading.Event()
        self._held.append(go_on)

        def stand() -> None:
            standing.set()
            go_on.wait()

        try:
            self._portal.start_task_soon(stand)
        except RuntimeError:  # It ends by itself just now.
            return
        standing.wait(_SECONDS_TO_END)

    def let_go(self) -> None:
        """Undo `hold`."""
        while self._held:
            self._held.pop().set()

    def clean_up(self, function: Callable[[], Awaitable[object]]) -> None:
        """Run it where that can still be done."""
        if self._stopped or self._process != os.getpid():
            return
        if threading.current_thread() is self._thread:  # The collector may run anywhere.
            self._begin(function())
        else:
            self.run(function)

    def stop(self) -> None:
        """Close the connections and end the thread."""
        if self._stopped or self._process != os.getpid():
            return
        if self._finalizer is not None:
            self._finalizer.detach()
        self.clean_up(self._release)
        self._stopped = True
        if threading.current_thread() is self._thread:
            _left_behind.append(self)  # Its portal, collected here, would wait for this thread to end.
            self._begin(self._portal.stop(True))
        else:
            self._portal.call(self._portal.stop, True)
            self._thread.join(_SECONDS_TO_END)
            _await_end_of(self._thread)
            if self._thread.is_alive():
                _left_behind.append(self)
            else:
                self._starting.__exit__(None, None, None)

    def _begin(self, work: Awaitable[object]) -> None:
        task = asyncio.ensure_future(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)


def _entered(starting: AbstractContextManager[BlockingPortal]) -> BlockingPortal:
    """The portal, entered in a thread: anyio, interrupted here, would wait for one that nobody stops."""
    entered: Future[BlockingPortal] = Future()

    def enter() -> None:
        try:
            entered.set_result(starting.__enter__())
        except BaseException as error:
            entered.set_exception(error)

    threading.Thread(target=enter, daemon=True).start()
    return entered.result()


def _await_end_of(thread: threading.Thread) -> None:
    """Wait until the system has ended it, too.

    Before 3.13 that is a moment after Python says so; in it OpenSSL cleans up and takes locks, which
    a child that is forked then would find taken.
    """
    entry = f"/proc/self/task/{thread.native_id}"
    until = time.monotonic() + _SECONDS_TO_END
    while os.path.exists(entry) and not thread.is_alive() and time.monotonic() < until:
        time.sleep(0.0001)


def _closed() -> OpenAIUsageError:
    if is_ending():
        return used_at_the_end()
    return ConfigurationError("the client was closed; make a new one")


_all: weakref.WeakSet[Background] = weakref.WeakSet()
_left_behind: list[_Running] = []
"""Loops that are not closed: those from before a fork, as that would take their files out of the
parent's poll, and those whose thread does not end yet."""


def _before_fork() -> None:
    for background in list(_all):
        background.get_ready_to_fork()


def _after_fork_in_parent() -> None:
    for background in list(_all):
        background.go_on()


def _after_fork_in_child() -> None:
    for background in list(_all):
        background.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
