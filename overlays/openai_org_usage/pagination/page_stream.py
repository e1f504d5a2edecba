"""One iteration of a query: its pages in time order, checked, several windows of it under way at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from itertools import islice
from typing import Any, Generic, TypeVar

import attrs

from .._generated import AnyRequest, OpenAIUsageError, Request
from ..errors import BadRequestError
from ..hooks import PageEvent
from ..http.network_errors import loop_here
from ..http.requestor import Reply, Sender
from .bucket_merge import BucketJoin
from .rules import Bucket, Page, PageCount, PageSize, PageWalk, ResumePoint, Span
from .windows import windows_of

PageT_co = TypeVar("PageT_co", bound=Page[Span], covariant=True)
BucketT_co = TypeVar("BucketT_co", bound=Bucket, covariant=True)
RowT_co = TypeVar("RowT_co", covariant=True)

_PAGES_AHEAD = 2
"""How many pages of one window wait for their turn; a window is one page as a rule."""


@attrs.frozen(kw_only=True)
class Step(Generic[PageT_co]):
    """A page that passed the rules.

    Attributes:
        reply: the page, and the bytes it was decoded from.
        continues: whether its first bucket continues the last one before it.
        closes: whether it is the last page of its window, so that no bucket of it is continued.
        again: where to go on if it turns out to be unusable; `held` is not filled in.
    """

    reply: Reply[PageT_co]
    continues: bool
    closes: bool
    again: ResumePoint[object, Bucket, object]

    @property
    def page(self) -> PageT_co:
        """The page, decoded."""
        return self.reply.page


@attrs.frozen(kw_only=True)
class Fetch(Generic[PageT_co, BucketT_co, RowT_co]):
    """How the pages of a query are fetched; `steps` does it, each time anew.

    Attributes:
        start: where the query begins.
        decode: makes a page of a body.
        now: the present in Unix seconds.
        concurrency: how many windows are under way; 1 follows the cursors only.
    """

    start: ResumePoint[Any, BucketT_co, RowT_co]
    sender: Sender
    decode: Callable[[AnyRequest, bytes], PageT_co]
    now: Callable[[], float]
    max_pages: int
    concurrency: int

    def steps(self) -> Steps[PageT_co, BucketT_co, RowT_co]:
        """The pages, checked."""
        return Steps(self)

    def pages(self) -> Steps[PageT_co, BucketT_co, RowT_co]:
        """The pages as they came: a result that cannot be read is kept in its bucket's `unknown_results`."""
        return Steps(attrs.evolve(self, decode=_decoded_as_it_came))

    def joined(self) -> Joined[PageT_co, BucketT_co, RowT_co]:
        """The pages, and with each the buckets that are complete; the pages are of typed buckets."""
        return Joined(self)


class Steps(Generic[PageT_co, BucketT_co, RowT_co]):
    """The pages in time order, with what `on_page` is told. An error has `resume`, without `held`.

    This and Joined are no generators: a loop that ends closes all generators at once, the inner
    and the outer ones, and complains of those that are being closed already.
    """

    def __init__(self, fetch: Fetch[PageT_co, BucketT_co, RowT_co]) -> None:
        size = PageSize(fetch.start.request)
        buckets = size.buckets if fetch.concurrency > 1 else None
        windows, self._planned = windows_of(fetch.start, buckets=buckets, now=fetch.now())
        pull = _Pull(fetch, size)
        sources = (pull.window(window) for window in windows)
        self._source: AsyncGenerator[Step[PageT_co]] | _Ahead[PageT_co] = (
            next(sources) if self._planned == 1 else _Ahead(sources, depth=fetch.concurrency)
        )
        self._pages = self._done = 0

    def __aiter__(self) -> Steps[PageT_co, BucketT_co, RowT_co]:
        return self

    async def __anext__(self) -> tuple[Step[PageT_co], PageEvent]:
        loop_here()
        step = await anext(self._source)
        self._pages += 1
        self._done += step.closes
        return step, _event(step, page=self._pages, done=self._done, planned=self._planned)

    async def aclose(self) -> None:
        """Cancel what is under way; return when its connections are free."""
        source: AsyncGenerator[Step[PageT_co]] | _Ahead[PageT_co] = self._source
        self._source = _Ahead(iter(()), depth=0)  # It dies here, where no Ctrl-C is lost in its finalizers.
        await source.aclose()


class Joined(Generic[PageT_co, BucketT_co, RowT_co]):
    """Steps, each with the buckets that are complete. An error has `partial` and `resume`."""

    def __init__(self, fetch: Fetch[PageT_co, BucketT_co, RowT_co]) -> None:
        start = fetch.start
        self._join: BucketJoin[BucketT_co] = BucketJoin(start.request, now=fetch.now, held=start.held)
        self._steps = Steps(fetch)

    def __aiter__(self) -> Joined[PageT_co, BucketT_co, RowT_co]:
        return self

    async def __anext__(self) -> tuple[Step[PageT_co], PageEvent, list[BucketT_co]]:
        held = self._join.held
        try:
            step, event = await anext(self._steps)
            return step, event, self._ready(step)
        except OpenAIUsageError as error:
            error.partial = () if held is None else (held,)
            if error.resume is not None:
                error.resume = attrs.evolve(error.resume, held=held)
            raise

    async def aclose(self) -> None:
        """Cancel what is under way."""
        await self._steps.aclose()

    def _ready(self, step: Step[Any]) -> list[BucketT_co]:
        try:
            ready = self._join.add(step.page.data, continues=step.continues)
        except OpenAIUsageError as error:
            error.resume = step.again
            raise error.with_traceback(None) from error.__cause__
        return ready + self._join.rest() if step.closes else ready


class _Pull(Generic[PageT_co, BucketT_co, RowT_co]):
    """What the windows of one iteration share: page size, page count and deadline."""

    def __init__(self, fetch: Fetch[PageT_co, BucketT_co, RowT_co], size: PageSize) -> None:
        self._fetch = fetch
        self._size = size
        self._count = PageCount(fetch.max_pages)
        self._deadline = fetch.sender.begin()

    async def window(self, start: ResumePoint[Any, BucketT_co, RowT_co]) -> AsyncGenerator[Step[PageT_co]]:
        """The pages of one window, by cursor."""
        walk = PageWalk(
            start.request, count=self._count, now=self._fetch.now(), last=start.held, until=start.until
        )
        while (request := walk.request) is not None:
            again = ResumePoint(request, rest=start.rest, until=walk.until)
            try:
                reply = await self._send(request)
                continues = walk.accept(reply.page)
            except OpenAIUsageError as error:
                error.resume = again
                # Without its frames, which hold what came, and the key may be in that.
                raise error.with_traceback(None) from error.__cause__
            yield Step(reply=reply, continues=continues, closes=walk.is_over, again=again)

    async def _send(self, request: Request[object, BucketT_co, RowT_co]) -> Reply[PageT_co]:
        fetch, sent = self._fetch, self._size.applied_to(request)
        try:
            return await fetch.sender.send(sent, self._deadline, fetch.decode)
        except BadRequestError as error:
            if not self._size.step_down(error, sent):
                raise
        return await fetch.sender.send(self._size.applied_to(request), self._deadline, fetch.decode)


class _Ahead(Generic[PageT_co]):
    """The steps of all `sources` in turn, while up to `depth` of them are read ahead."""

    def __init__(self, sources: Iterator[AsyncGenerator[Step[PageT_co]]], *, depth: int) -> None:
        self._sources = sources
        self._depth = depth
        self._running: deque[_Reader[PageT_co]] = deque()

    async def __anext__(self) -> Step[PageT_co]:
        while True:
            missing = self._depth - len(self._running)
            self._running.extend(_Reader(source) for source in islice(self._sources, missing))
            if not self._running:
                raise StopAsyncIteration
            step = await self._running[0].next_step()
            if step is not None:
                return step
            self._running.popleft()

    async def aclose(self) -> None:
        """Cancel the reading, and return when the connections are free."""
        self._sources = iter(())
        running, self._running = list(self._running), deque()
        for reader in running:
            reader.task.cancel()
        if running:
            await asyncio.wait([reader.task for reader in running])
        for reader in running:
            del reader.task  # Which holds the cancellation, which holds the reader.


class _Reader(Generic[PageT_co]):
    """Reads one source ahead of its turn, up to a few steps."""

    def __init__(self, source: AsyncGenerator[Step[PageT_co]]) -> None:
        self._steps: asyncio.Queue[Step[PageT_co] | BaseException | None] = asyncio.Queue(_PAGES_AHEAD)
        self.task = asyncio.create_task(self._read(source))

    async def next_step(self) -> Step[PageT_co] | None:
        """What was read next, None at the end; an error comes in its turn."""
        item = await self._steps.get()
        if isinstance(item, BaseException):
            raise item
        return item

    async def _read(self, source: AsyncGenerator[Step[PageT_co]]) -> None:
        try:
            async with aclosing(source):
                async for step in source:
                    await self._steps.put(step)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            await self._steps.put(error)
        else:
            await self._steps.put(None)


def _decoded_as_it_came(request: AnyRequest, body: bytes) -> Any:
    return request.decode(body, keep_unreadable=True)


def _event(step: Step[Page[Span]], *, page: int, done: int, planned: int) -> PageEvent:
    return PageEvent(
        operation=step.reply.request.operation.name,
        request=step.reply.request,
        page=page,
        buckets=len(step.page.data),
        bytes=len(step.reply.body),
        attempts=step.reply.attempts,
        request_id=step.reply.request_id,
        windows_done=done,
        windows_planned=planned,
    )
