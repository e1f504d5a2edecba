"""One request to an operation and the true answer to it, which is made only if it is needed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import attrs

from .._generated import ListOperation, Operation
from .answer import ApiAnswer, answer_error, answer_json
from .errors import ApiError
from .list_items import Item
from .list_paginator import ListJson, ListPageRequest, ListPaginator
from .paginator import PageJson, PageRequest, Paginator
from .parameters import Pairs


class RequestContext(ABC):
    """What a planted fault sees of a request; `refusal` is for a request without the right key."""

    def __init__(
        self,
        operation: Operation | ListOperation,
        pairs: Pairs,
        *,
        refusal: ApiError | None,
        now: float,
    ) -> None:
        self.operation = operation
        self.pairs = pairs
        self.now = now
        self._refusal = refusal

    @property
    @abstractmethod
    def content(self) -> PageJson | ListJson | None:
        """The page that answers, of usage or of a list; None where the request is refused."""

    @abstractmethod
    def _ask(self) -> PageRequest | ListPageRequest:
        """What is asked, or an ApiError."""

    def answer(self) -> ApiAnswer:
        """The true answer: the page, or the refusal."""
        asked = self._asked
        if isinstance(asked, ApiError):
            return answer_error(asked)
        return answer_json(self.content)

    @cached_property
    def _asked(self) -> PageRequest | ListPageRequest | ApiError:
        if self._refusal is not None:
            return self._refusal
        try:
            return self._ask()
        except ApiError as error:
            return error


class UsageContext(RequestContext):
    """A request for usage or costs."""

    def __init__(
        self,
        paginator: Paginator,
        operation: Operation,
        pairs: Pairs,
        *,
        refusal: ApiError | None,
        now: float,
    ) -> None:
        super().__init__(operation, pairs, refusal=refusal, now=now)
        self._operation = operation
        self._paginator = paginator

    @property
    def content(self) -> PageJson | None:
        """The page."""
        return self.page

    @cached_property
    def page_request(self) -> PageRequest | None:
        """What is asked; None where it is refused."""
        return self._asked if isinstance(self._asked, PageRequest) else None

    @cached_property
    def page(self) -> PageJson | None:
        """The page that answers; None where the request is refused."""
        return None if self.page_request is None else self._paginator.page(self.page_request)

    def page_by(self, group_by: tuple[str, ...]) -> PageJson | None:
        """The page as if the request had this grouping; its cursors go on with its own."""
        if self.page_request is None:
            return None
        query = attrs.evolve(self.page_request.query, group_by=group_by)
        return self._paginator.page(attrs.evolve(self.page_request, query=query))

    def _ask(self) -> PageRequest:
        return self._paginator.request(self._operation, self.pairs, now=int(self.now))


class ListContext(RequestContext):
    """A request for a list; `project_id` is in the path of one that a project has."""

    def __init__(
        self,
        paginator: ListPaginator,
        operation: ListOperation,
        pairs: Pairs,
        *,
        project_id: str,
        refusal: ApiError | None,
        now: float,
    ) -> None:
        super().__init__(operation, pairs, refusal=refusal, now=now)
        self._operation = operation
        self._paginator = paginator
        self._project_id = project_id

    @property
    def content(self) -> ListJson | None:
        """The page."""
        return self.page

    @cached_property
    def page_request(self) -> ListPageRequest | None:
        """What is asked; None where it is refused."""
        return self._asked if isinstance(self._asked, ListPageRequest) else None

    @cached_property
    def page(self) -> ListJson | None:
        """The page that answers; None where the request is refused."""
        return None if self.page_request is None else self._paginator.page(self.page_request)

    def items(self, start: int, end: int) -> list[Item]:
        """Items of any pages of the query, by their places from 0; none where it is refused."""
        if self.page_request is None or start < 0:
            return []
        request = attrs.evolve(self.page_request, start=start, limit=end - start)
        return self._paginator.page(request)["data"]

    def _ask(self) -> ListPageRequest:
        return self._paginator.request(
            self._operation, self.pairs, project_id=self._project_id, now=int(self.now)
        )
