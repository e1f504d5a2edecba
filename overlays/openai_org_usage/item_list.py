"""What the list methods return: projects, users or keys, asked for when they are iterated, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing
from typing import Generic, TypeVar

import attrs

from ._generated import ListRequest
from .pagination.item_stream import ItemFetch
from .query import shown, shown_in_html

PageT_co = TypeVar("PageT_co", covariant=True)
ItemT_co = TypeVar("ItemT_co", covariant=True)


@attrs.frozen(eq=False, repr=False)
class _Items(Generic[PageT_co, ItemT_co]):
    """What both kinds share."""

    _fetch: ItemFetch[PageT_co, ItemT_co]

    @property
    def request(self) -> ListRequest[PageT_co, ItemT_co]:
        """The request described."""
        return self._fetch.start.request

    def __repr__(self) -> str:
        return shown(self)

    def _repr_html_(self) -> str:
        """What it asks for, for notebooks. It sends nothing."""
        return shown_in_html(self, ways="list() asks the API for the items.")


class ItemList(_Items[PageT_co, ItemT_co]):
    """The items of one list, fetched while you iterate, in the order of the API, every page followed.

    Each iteration sends the requests anew. Errors: see `openai_org_usage.errors`; one that
    interrupts an iteration carries `resume`.
    """

    def __iter__(self) -> Iterator[ItemT_co]:
        """Items, each once."""
        with closing(self._fetch.calls.iterate(self._fetch.joined())) as steps:
            for _, event, items in steps:
                self._fetch.tell(event)
                yield from items

    def pages(self) -> Iterator[PageT_co]:
        """Pages as they came, checked."""
        with closing(self._fetch.calls.iterate(self._fetch.joined())) as steps:
            for page, event, _ in steps:
                self._fetch.tell(event)
                yield page


class AsyncItemList(_Items[PageT_co, ItemT_co]):
    """The asynchronous ItemList: `async for project in client.projects()`."""

    async def __aiter__(self) -> AsyncIterator[ItemT_co]:
        """Items, each once."""
        async with aclosing(self._fetch.joined()) as steps:
            async for _, event, items in steps:
                self._fetch.tell(event)
                for item in items:
                    yield item

    async def pages(self) -> AsyncIterator[PageT_co]:
        """Pages as they came, checked."""
        async with aclosing(self._fetch.joined()) as steps:
            async for page, event, _ in steps:
                self._fetch.tell(event)
                yield page
