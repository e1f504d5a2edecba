"""A query that can be interrupted: what has been read stays usable, and it is known where to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from types import FrameType
from typing import TypeVar

from .._generated import OpenAIUsageError, Operation
from ..errors import InexactValueError
from ..hooks import PageEvent
from ..http.blocking_calls import ClosableIterator
from ..pagination.page_stream import Step
from ..pagination.paged_query import fetch_of
from ..pagination.rules import Bucket, Page, Span
from ..query import UsageQuery
from ..tables.optional_imports import ArrowBatch, ArrowSchema
from ..tables.stream import BatchStream, Shape
from .errors import InterruptedQueryError
from .exit_codes import Exit

PageT = TypeVar("PageT", bound=Page[Span])
T = TypeVar("T")


class InterruptibleQuery:
    """The rows of a query, for whatever writes them. An interruption ends them early and in good order.

    If it `keeps` what was read, Ctrl-C and an error after at least one bucket end the iteration as if
    there were no more: the writer completes what it has begun. `stopped` then says why, and `until`
    where to go on. `watch` is entered while the query is being read.
    """

    def __init__(
        self,
        query: UsageQuery[object, Bucket, object],
        *,
        keeps: bool,
        watch: Callable[[], AbstractContextManager[None]],
        interrupt: InterruptHandler,
    ) -> None:
        self._query = query
        self._fetch = fetch_of(query)
        self._keeps = keeps
        self._watch = watch
        self._interrupt = interrupt
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

    def pages(self) -> Iterator[Step[Page[Span]]]:
        """The pages with the bytes that they came in; a bucket may stand on two of them."""
        for step in self._steps(self._fetch.pages()):
            yield step
            if step.reply.page.data:  # What a later page of its window may continue comes again.
                last = step.reply.page.data[-1]
                self.until = last.end_time if step.closes else last.start_time

    def batches(self, shape: Shape) -> tuple[ArrowSchema, Iterator[ArrowBatch]]:
        """The schema of the rows as a table, and its batches: no models are made, which is faster."""
        stream = BatchStream(self._fetch, shape)
        return stream.schema, self._made(stream)

    def _made(self, stream: BatchStream) -> Iterator[ArrowBatch]:
        with closing(self._steps(stream.steps())) as steps:
            for step in steps:
                try:
                    made = stream.add(step)
                except InexactValueError:  # A writer's refusal; the API did nothing wrong.
                    raise
                except OpenAIUsageError as error:
                    self._end_with(error)
                    break
                self.until = stream.until
                yield from made
        yield from stream.rest()

    def _steps(self, source: ClosableIterator[tuple[Step[PageT], PageEvent]]) -> Generator[Step[PageT]]:
        for step, event in self._guarded(self._fetch.calls.iterate(source)):
            self._fetch.tell(event)
            yield step

    def _guarded(self, items: Iterator[T]) -> Iterator[T]:
        with self._watch():
            try:
                while (item := self._interrupt.awaited(items)) is not None:
                    yield item
            except OpenAIUsageError as error:
                self._end_with(error)
            except KeyboardInterrupt as interrupt:
                if self.until is None or not self._keeps:
                    message = "interrupted; nothing was written"
                    raise InterruptedQueryError(message, exit_code=Exit.INTERRUPTED) from None
                self.stopped = None if self._is_complete(self.until) else interrupt

    def _end_with(self, error: OpenAIUsageError) -> None:
        """Note that there is no more; raises `error` if what was read is not kept."""
        if self.until is None or not self._keeps:
            raise error
        self.stopped = error

    def _is_complete(self, until: int) -> bool:
        """Whether nothing can follow, so that an interruption came too late to matter."""
        end, now = self._query.request.get("end_time"), self._fetch.now()
        return until >= (min(end, now) if isinstance(end, int) else now)


class InterruptHandler:
    """Ctrl-C breaks a wait for the network at once; amid the work between, it waits for the next.

    After the last one it comes too late: the file is completed, and the command succeeds. A second Ctrl-C
    breaks everything.
    """

    def __init__(self) -> None:
        self._waits = False
        self._noted = False

    def install(self) -> None:
        """Handle Ctrl-C in this way until the command has ended; only the main thread can.

        `nohup` and some shells have it ignored.
        """
        is_ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
        if not is_ignored and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._note)

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
