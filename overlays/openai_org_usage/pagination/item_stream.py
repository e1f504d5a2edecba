"""One iteration of a list: its pages in order, checked; each begins where the one before it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import attrs

from .._generated import AnyRequest, OpenAIUsageError
from ..hooks import PageEvent
from .item_rules import ItemWalk, ListResumePoint
from .page_stream import PageFetch, Pull, page_event

PageT_co = TypeVar("PageT_co", covariant=True)
ItemT_co = TypeVar("ItemT_co", covariant=True)


@attrs.frozen(kw_only=True)
class ItemFetch(PageFetch, Generic[PageT_co, ItemT_co]):
    """How the pages of a list are fetched.

    Attributes:
        start: where it begins.
        limit: the page size to ask for, the largest; None if the caller chose.
    """

    start: ListResumePoint[PageT_co, ItemT_co]
    limit: int | None

    def joined(self) -> ItemSteps[PageT_co, ItemT_co]:
        """The pages, checked, and with each its items."""
        return ItemSteps(self)


class ItemSteps(Generic[PageT_co, ItemT_co]):
    """The pages in order, with what `on_page` is told and the items. An error has `resume`."""

    def __init__(self, fetch: ItemFetch[PageT_co, ItemT_co]) -> None:
        self._pull = Pull(fetch, limit=fetch.limit, decode=AnyRequest.decode)
        self._walk = ItemWalk(request=fetch.start.request, count=self._pull.count, seen=set(fetch.start.seen))

    def __aiter__(self) -> ItemSteps[PageT_co, ItemT_co]:
        return self

    async def __anext__(self) -> tuple[PageT_co, PageEvent, Sequence[ItemT_co]]:
        walk = self._walk
        if walk.is_over:
            raise StopAsyncIteration
        try:
            reply = await self._pull.send(walk.request)
            walk.accept(reply.page)
        except OpenAIUsageError as error:
            error.resume = walk.point
            # Without its frames, which hold what came, and the key may be in that.
            raise error.with_traceback(None) from error.__cause__
        items = reply.page.data
        event = page_event(reply, page=walk.count.pages, items=len(items), done=int(walk.is_over), planned=1)
        return reply.page, event, items

    async def aclose(self) -> None:
        """Let no further page be read: nothing is under way between two of them."""
        self._walk.is_over = True
