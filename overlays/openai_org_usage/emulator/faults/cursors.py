"""Faults of what a page says of the next one."""

from __future__ import annotations

import attrs

from ..buckets import align_down
from ..list_paginator import ListJson
from ..paginator import PageJson, PageRequest
from .content import ContentFault
from .fault import PageFault, require_whole

JsonScalar = str | int | float | bool | None


@attrs.frozen(repr=False)
class NextPage(PageFault):
    """`has_more` is true, and `next_page` is `value`: None, an empty string, a number, any text.

    A made-up cursor is refused when it comes back, with 400 naming `page`.
    """

    value: JsonScalar

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with this cursor."""
        return {**page, "has_more": True, "next_page": self.value}


@attrs.frozen(repr=False)
class RepeatedCursor(PageFault):
    """The page names itself as the next one: with the cursor that it was asked for."""

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with its own cursor."""
        own = request.cursor(request.position.start, skip=request.position.skip)
        return {**page, "has_more": True, "next_page": own}


@attrs.frozen(repr=False)
class CursorCycle(PageFault):
    """The pages after the first go round: A, B, A, B for a `length` of 2, A, B, C, A for 3.

    Meant for every answer of a query. Where the data has fewer pages, those past it are empty.
    """

    length: int = 2

    def __attrs_post_init__(self) -> None:
        require_whole("length", self.length, least=1)

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with the cursor that comes next in the round."""
        query = request.query
        first, step = align_down(query.start, width=query.width), query.limit * query.width
        number = (request.position.start - first) // step
        following = number + 1 if number < self.length else 1
        return {**page, "has_more": True, "next_page": request.cursor(first + following * step)}


@attrs.frozen(repr=False)
class EmptyPages(PageFault):
    """After the last data come `count` empty pages, each but the last with a new cursor.

    With None for `count`, they do not end. The real API is seen to do so, and a client has to survive
    it. Meant for every answer of a query; pages with more data after them are left alone.
    """

    count: int | None = 1

    def __attrs_post_init__(self) -> None:
        if self.count is not None:
            require_whole("count", self.count, least=1)

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with a cursor past the last data; None where that is enough."""
        past = request.position.past
        if page["has_more"] or past == self.count:
            return None
        return {**page, "has_more": True, "next_page": request.cursor(request.end, past=past + 1)}


@attrs.frozen(repr=False)
class HasMore(ContentFault):
    """`has_more` is `value`, such as None, 1 or "true"; `next_page`, or `last_id`, stays as it is."""

    value: JsonScalar

    def change_content(self, content: PageJson | ListJson) -> object:
        """The page with this member."""
        return {**content, "has_more": self.value}
