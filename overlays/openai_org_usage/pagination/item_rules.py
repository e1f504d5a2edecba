"""The rules of walking over the pages of a list. Pure: requests come out, pages go in, and nothing is lost.

As with buckets, a walk fails closed. A list goes on after the id that a page ends with, so that one that is
missing or comes again, and an item that comes again, are errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import attrs

from .._generated import InvalidParameterError, ListOperation, ListRequest, derive, redacted
from ..errors import PaginationError
from .rules import PageCount

LARGEST_PAGE = 100
"""How many items are asked for where the document names no largest page: as many as where it does."""

PageT_co = TypeVar("PageT_co", covariant=True)
ItemT_co = TypeVar("ItemT_co", covariant=True)


class Item(Protocol):
    """What the rules need of an item."""

    @property
    def id(self) -> str: ...


class ItemPage(Protocol):
    """What they need of a page."""

    @property
    def data(self) -> Sequence[Item]: ...
    @property
    def has_more(self) -> bool: ...
    @property
    def last_id(self) -> str | None: ...


@attrs.frozen
class ListResumePoint(Generic[PageT_co, ItemT_co]):
    """Where an interrupted list goes on. It can be pickled; `UsageClient.resume` takes it.

    Attributes:
        request: the request that failed.
        seen: the ids of the items before it, none of which may come again.
    """

    request: ListRequest[PageT_co, ItemT_co]
    seen: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    @property
    def cursor(self) -> str | None:
        """The `after` parameter to go on with; None for the first page."""
        return _cursor(self.request)


@attrs.define(kw_only=True, eq=False, repr=False)
class ItemWalk(Generic[PageT_co, ItemT_co]):
    """One walk: answer `request`, give the page to `accept`, until it `is_over`.

    Attributes:
        request: the next request; after the last page, the one that it answered.
        count: how many pages there were, and how many there may be.
        seen: the ids of the items that have come.
        is_over: whether the last page has been accepted.
    """

    request: ListRequest[PageT_co, ItemT_co]
    count: PageCount
    seen: set[str]
    is_over: bool = attrs.field(init=False, default=False)
    _cursors: set[object] = attrs.field(init=False, factory=set[object])

    def accept(self, page: ItemPage) -> None:
        """Check `page`.

        Raises:
            PaginationError: the page contradicts itself or the pages before it. The walk stays where it was.
        """
        if self.count.pages >= self.count.cap:
            raise self._refused(f"there are more than {self.count.cap} pages; the cap is max_pages")
        following = self._following(page)
        self.seen |= self._new_ids(page.data)
        self.count.pages += 1
        self.request, self.is_over = following or self.request, following is None

    @property
    def point(self) -> ListResumePoint[PageT_co, ItemT_co]:
        """Where it goes on."""
        return ListResumePoint(self.request, frozenset(self.seen))

    def _following(self, page: ItemPage) -> ListRequest[PageT_co, ItemT_co] | None:
        if not page.has_more:
            return None
        if not page.data:
            raise self._refused("has_more is true on a page without items")
        cursor = page.last_id
        if not cursor:
            raise self._refused(f"has_more is true, but last_id is {cursor!r}")
        self._cursors.add(_cursor(self.request))
        if cursor in self._cursors:
            raise self._refused(f"the last id {cursor!r} came before: the pages go in a circle")
        return derive(self.request, after=cursor)

    def _new_ids(self, data: Sequence[Item]) -> set[str]:
        """The ids of `data`, each of which comes for the first time."""
        new = set[str]()
        for item in data:
            if item.id in self.seen or item.id in new:
                raise self._refused(f"the item {item.id!r} came before")
            new.add(item.id)
        return new

    def _refused(self, reason: str) -> PaginationError:
        said = redacted(reason, echoed=True)
        return PaginationError(f"{self.request.operation.name}: {said}", cursor=_cursor(self.request))


def page_size(operation: ListOperation, chosen: object) -> int | None:
    """What `limit` is sent: the largest, None if the caller has `chosen` one or there is none.

    Raises:
        InvalidParameterError: the chosen one is not as documented.
    """
    if "limit" not in operation.parameter_names:
        return None
    largest = operation.parameter("limit").maximum
    if not isinstance(chosen, int):
        return largest or LARGEST_PAGE
    if chosen < 1 or chosen > (largest or chosen):
        allowed = "at least 1" if largest is None else f"between 1 and {largest}"
        raise InvalidParameterError(f"{operation.name}: limit is {allowed}, not {chosen}", parameter="limit")
    return None


def _cursor(request: ListRequest[object, object]) -> str | None:
    after = request.get("after")
    return after if isinstance(after, str) else None
