"""One iteration of a query: its pages in time order, checked, several windows of it under way at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

import attrs

from .._generated import AnyRequest, OpenAIUsageError, derive
from ..errors import BadRequestError
from ..hooks import PageEvent
from ..http.blocking_calls import BlockingCalls
from ..http.event_loop import check_loop
from ..http.requestor import Reply, Requestor
from .bucket_merge import BucketJoin
from .plan import QueryPlan
from .rules import Bucket, Page, PageCount, PageWalk, ResumePoint, Span, refuses_limit

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


@attrs.frozen(kw_only=True)
class PageFetch:
    """How pages are fetched and handed out, each time anew: of a query, or of a list.

    Attributes:
        requestor: sends each request.
        calls: where that is done for callers that block.
        max_pages: how many pages there may be.
        on_page: the hook.
    """

    requestor: Requestor
    calls: BlockingCalls
    max_pages: int
    on_page: Callable[[PageEvent], object] | None

    def tell(self, event: PageEvent) -> None:
        """Call the hook `on_page`, where the page is handed out."""
        if self.on_page is not None:
            self.on_page(event)


@attrs.frozen(kw_only=True)
class Fetch(PageFetch, Generic[PageT_co, BucketT_co, RowT_co]):
    """How the pages of a query are fetched.

    Attributes:
        plan: what is asked for.
        now: the present in Unix seconds.
        decode: makes a page of a body.
    """

    plan: QueryPlan[Any, BucketT_co, RowT_co]
    now: Callable[[], float]
    decode: Callable[[AnyRequest, bytes], PageT_co] = AnyRequest.decode

    def pages(self) -> Steps[PageT_co, BucketT_co, RowT_co]:
        """The pages as they came: a result that cannot be read is kept in its bucket's `unknown_results`."""
        return Steps(attrs.evolve(self, decode=partial(AnyRequest.decode, keep_unreadable=True)))

    def joined(self) -> Joined[PageT_co, BucketT_co, RowT_co]:
        """The pages, and with each the buckets that are complete; the pages are of typed buckets."""
        return Joined(self)


class Steps(Generic[PageT_co, BucketT_co, RowT_co]):
    """The pages in time order, with what `on_page` is told. An error has `resume`, without `held`.

    This and Joined are no generators: a loop that ends closes all generators at once, the inner
    and the outer ones, and complains of those that are being closed already.
    """

    def __init__(self, fetch: Fetch[PageT_co, BucketT_co, RowT_co]) -> None:
        self._planned = fetch.plan.count
        pull = Pull(fetch, limit=fetch.plan.limit, decode=fetch.decode)
        sources = (_read_window(fetch, pull, window) for window in fetch.plan.windows())
        depth = fetch.requestor.options.concurrency
        self._source: AsyncGenerator[Step[PageT_co]] | _Ahead[PageT_co] = (
            next(sources) if self._planned == 1 else _Ahead(sources, depth=depth)
        )
        self._pages = self._done = 0

    def __aiter__(self) -> Steps[PageT_co, BucketT_co, RowT_co]:
        return self

    async def __anext__(self) -> tuple[Step[PageT_co], PageEvent]:
        step = await anext(self._source)
        self._pages += 1
        self._done += step.closes
        event = page_event(
            step.reply,
            page=self._pages,
            buckets=len(step.reply.page.data),
            done=self._done,
            planned=self._planned,
        )
        return step, event

    async def aclose(self) -> None:
        """Cancel what is under way; return when its connections are free."""
        source: AsyncGenerator[Step[PageT_co]] | _Ahead[PageT_co] = self._source
        self._source = _Ahead(iter(()), depth=0)  # It dies here, where no Ctrl-C is lost in its finalizers.
        await source.aclose()


class Joined(Generic[PageT_co, BucketT_co, RowT_co]):
    """Steps, each with the buckets that are complete. An error has `partial` and `resume`."""

    def __init__(self, fetch: Fetch[PageT_co, BucketT_co, RowT_co]) -> None:
        plan = fetch.plan
        self._join: BucketJoin[BucketT_co] = BucketJoin(plan, now=fetch.now, held=plan.start.held)
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
        if step.closes and self._join.held is None:  # There is nothing to join.
            return list(step.reply.page.data)
        try:
            ready = self._join.add(step.reply.page.data, continues=step.continues)
        except OpenAIUsageError as error:
            error.resume = step.again
            raise error.with_traceback(None) from error.__cause__
        return ready + self._join.rest() if step.closes else ready


class Pull(Generic[PageT_co]):
    """What the requests of one iteration share: page size, page count and deadline."""

    def __init__(
        self, fetch: PageFetch, *, limit: int | None, decode: Callable[[AnyRequest, bytes], PageT_co]
    ) -> None:
        self.count = PageCount(fetch.max_pages)
        self._limit = limit
        self._ask = partial(fetch.requestor.send, deadline=fetch.requestor.deadline(), decode=decode)

    async def send(self, request: AnyRequest) -> Reply[PageT_co]:
        """The answer, asked for in the largest page; once that is refused, in the server's default."""
        if self._limit is not None:
            try:
                return await self._ask(derive(request, limit=self._limit))
            except BadRequestError as error:
                if not refuses_limit(error):
                    raise
            self._limit = None
        return await self._ask(request)


async def _read_window(
    fetch: Fetch[PageT_co, BucketT_co, RowT_co],
    pull: Pull[PageT_co],
    start: ResumePoint[object, BucketT_co, RowT_co],
) -> AsyncGenerator[Step[PageT_co]]:
    """The pages of one window, by cursor."""
    walk = PageWalk(
        request=start.request,
        seconds=fetch.plan.seconds,
        count=pull.count,
        now=fetch.now(),
        last=start.held,
        until=start.until if start.held is None else start.held.end_time,
    )
    while not walk.is_over:
        request = walk.request
        again = ResumePoint(request, rest=start.rest, until=walk.until)
        try:
            reply = await pull.send(request)
            continues = walk.accept(reply.page)
        except OpenAIUsageError as error:
            error.resume = again
            # Without its frames, which hold what came, and the key may be in that.
            raise error.with_traceback(None) from error.__cause__
        yield Step(reply=reply, continues=continues, closes=walk.is_over, again=again)


class _Ahead(Generic[PageT_co]):
    """The steps of all `sources` in turn, while up to `depth` of them are read ahead."""

    def __init__(self, sources: Iterator[AsyncGenerator[Step[PageT_co]]], *, depth: int) -> None:
        self._sources = sources
        self._depth = depth
        self._running: deque[_Reader[PageT_co]] = deque()

    async def __anext__(self) -> Step[PageT_co]:
        if not self._running:
            check_loop()
        while True:
            missing = self._depth - len(self._running)
            self._running += map(_Reader, list(islice(self._sources, missing)))
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


def page_event(
    reply: Reply[object], *, page: int, done: int, planned: int, buckets: int = 0, items: int = 0
) -> PageEvent:
    """What `on_page` is told of a reply that is handed out."""
    return PageEvent(
        operation=reply.request.operation.name,
        request=reply.request,
        page=page,
        buckets=buckets,
        items=items,
        bytes=len(reply.body),
        attempts=reply.attempts,
        request_id=reply.request_id,
        organization=reply.organization,
        windows_done=done,
        windows_planned=planned,
    )
