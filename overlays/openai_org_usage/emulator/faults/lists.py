"""Faults of lists: of what a page says of the next one, and of what is on it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal, get_args

import attrs

from ..._generated import ListOperation, Operation
from ..answer import ApiAnswer, answer_json
from ..list_paginator import ListJson, ListPageRequest
from ..request_context import ListContext, RequestContext
from .cursors import JsonScalar
from .fault import Fault, require_one_of

Where = Literal["page", "next-page"]


@attrs.frozen(repr=False)
class ListFault(Fault):
    """A fault inside of a page of a list; refusals, usage and costs are left alone."""

    @abstractmethod
    def alter(self, page: ListJson, request: ListPageRequest, context: ListContext) -> object:
        """The content of the answer, to be written as JSON; None to leave the page alone."""

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The altered page."""
        if not isinstance(context, ListContext) or context.page is None or context.page_request is None:
            return None
        altered = self.alter(context.page, context.page_request, context)
        return None if altered is None else answer_json(altered)

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation is a list."""
        return isinstance(operation, ListOperation)


@attrs.frozen(repr=False)
class LastId(ListFault):
    """`has_more` is true, and `last_id` is `value`: None, an empty string, a number, any text.

    A made-up ID is refused when it comes back, with 400 naming `after`.
    """

    value: JsonScalar

    def alter(self, page: ListJson, request: ListPageRequest, context: ListContext) -> object:
        """The page with this last ID."""
        return {**page, "has_more": True, "last_id": self.value}


@attrs.frozen(repr=False)
class RepeatedLastId(ListFault):
    """Every page after the first names as its last ID the one that it was asked to go on after."""

    def alter(self, page: ListJson, request: ListPageRequest, context: ListContext) -> object:
        """The page with the last ID of the page before; the first page has more after it."""
        return {**page, "has_more": True, "last_id": request.after or page["last_id"]}


@attrs.frozen(repr=False)
class RepeatedItem(ListFault):
    """An item comes twice: the last one of a page, on that page or as the first of the next one."""

    where: Where = "next-page"

    def __attrs_post_init__(self) -> None:
        require_one_of("where", self.where, get_args(Where))

    def alter(self, page: ListJson, request: ListPageRequest, context: ListContext) -> object:
        """The page with one item more; None where there is none to repeat."""
        if self.where == "page":
            return {**page, "data": [*page["data"], *page["data"][-1:]]} if page["data"] else None
        before = context.items(request.start - 1, request.start) if request.start else []
        return {**page, "data": [*before, *page["data"]]} if before else None


@attrs.frozen(repr=False)
class EndlessList(ListFault):
    """After the last item come pages that do not end, each with an item that no page had before.

    With `empty`, they have none, and their last IDs are new all the same. Meant for every answer of a
    query; pages with more after them are left alone.
    """

    empty: bool = attrs.field(default=False, kw_only=True)

    def alter(self, page: ListJson, request: ListPageRequest, context: ListContext) -> object:
        """The page with a further item, which the next page goes on after."""
        last = context.items(len(request.members) - 1, len(request.members))
        if page["has_more"] or not last:
            return None
        made_up = f"{request.members[-1].id}~{request.past + 1}"
        further = [] if self.empty else [{**last[0], "id": made_up}]
        return {**page, "data": [*page["data"], *further], "has_more": True, "last_id": made_up}
