"""One request to an operation and the true answer to it, which is made only if it is needed."""

from __future__ import annotations

from functools import cached_property

import attrs

from .._generated import Operation
from .answer import ApiAnswer, answer_error, answer_json
from .errors import ApiError
from .paginator import PageJson, PageRequest, Paginator
from .parameters import Pairs


class RequestContext:
    """What a planted fault sees of a request; `refusal` is for a request without the right key."""

    def __init__(
        self,
        paginator: Paginator,
        operation: Operation,
        pairs: Pairs,
        *,
        refusal: ApiError | None,
        now: float,
    ) -> None:
        self.operation = operation
        self.pairs = pairs
        self.now = now
        self._paginator = paginator
        self._refusal = refusal

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

    def answer(self) -> ApiAnswer:
        """The true answer: the page, or the refusal."""
        asked = self._asked
        if isinstance(asked, ApiError):
            return answer_error(asked)
        return answer_json(self.page)

    @cached_property
    def _asked(self) -> PageRequest | ApiError:
        if self._refusal is not None:
            return self._refusal
        try:
            return self._paginator.request(self.operation, self.pairs, now=int(self.now))
        except ApiError as error:
            return error
