"""A query that can be interrupted: what has been read stays usable, and it is known where to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any, TypeVar

from .._generated import OpenAIUsageError, Operation
from ..fetching import Step
from ..paging import Bucket
from ..query import UsageQuery
from .errors import InterruptedPullError
from .exit_codes import Exit

T = TypeVar("T")


class Pull:
    """The rows of a query, for whatever writes them. An interruption ends them early and in good order.

    If it `keeps` what was read, Ctrl-C and an error after at least one bucket end the iteration as if
    there were no more: the writer completes what it has begun. `stopped` then says why, and `until`
    where to go on. `watch` is entered while the query is being read.
    """

    def __init__(
        self,
        query: UsageQuery[Any, Any, Any],
        *,
        keeps: bool,
        watch: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._query = query
        self._keeps = keeps
        self._watch = watch
        self._interrupt = _Interrupt()
        self.stopped: OpenAIUsageError | KeyboardInterrupt | None = None
        self.until: int | None = None
        """Where the buckets end that were handed out whole, in Unix seconds; None before the first."""

    @property
    def operation(self) -> Operation:
        """Whose rows they are."""
        return self._query.request.operation

    def __iter__(self) -> Iterator[Bucket]:
        """The buckets."""
        for bucket in self._guarded(iter(self._query)):
            yield bucket
            self.until = bucket.end_time

    def pages(self) -> Iterator[Step[Any]]:
        """The pages with the bytes that they came in; a bucket may stand on two of them."""
        steps = self._query.background.iterate(self._query.fetch.steps())
        for step, event in self._guarded(steps):
            self._query.tell(event)
            yield step
            if step.page.data:  # What a later page of its window may continue comes again.
                last = step.page.data[-1]
                self.until = last.end_time if step.closes else last.start_time

    def _guarded(self, items: Iterator[T]) -> Iterator[T]:
        with self._interrupt.handled(), self._watch():
            try:
                while (item := self._interrupt.awaited(items)) is not None:
                    yield item
            except OpenAIUsageError as error:
                if self.until is None or not self._keeps:
                    raise
                self.stopped = error
            except KeyboardInterrupt as interrupt:
                if self.until is None or not self._keeps:
                    message = "interrupted; nothing was written"
                    raise InterruptedPullError(message, exit_code=Exit.INTERRUPTED) from None
                self.stopped = None if self._is_complete(self.until) else interrupt

    def _is_complete(self, until: int) -> bool:
        """Whether nothing can follow, so that an interruption came too late to matter."""
        end, now = self._query.request.get("end_time"), self._query.fetch.now()
        return until >= (min(end, now) if isinstance(end, int) else now)


class _Interrupt:
    """Ctrl-C breaks a wait for the network at once; amid the work between, it waits for the next.

    A second Ctrl-C breaks everything.
    """

    def __init__(self) -> None:
        self._waits = False
        self._noted = False

    @contextmanager
    def handled(self) -> Generator[None]:
        """Handle Ctrl-C in this way; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def awaited(self, items: Iterator[T]) -> T | None:
        """The next item; None after the last.

        Raises:
            KeyboardInterrupt: now, or since the item before.
        """
        self._waits = True
        try:
            if self._noted:
                raise KeyboardInterrupt
            return next(items, None)
        finally:
            self._waits = False

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._waits or self._noted:
            raise KeyboardInterrupt
        self._noted = True
