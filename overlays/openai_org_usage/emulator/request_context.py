"""One request to an operation and the true answer to it, which is made only if it is needed."""

from dataclasses import replace
from functools import cached_property

from .._generated import Operation
from .answer import Answer, answer_error, answer_json
from .errors import ApiError
from .page import Page, Pages, Question
from .parameters import Pairs


class Exchange:
    """What a planted fault sees of a request; `refusal` is for a request without the right key."""

    def __init__(
        self, pages: Pages, operation: Operation, pairs: Pairs, *, refusal: ApiError | None, now: float
    ) -> None:
        self.operation = operation
        self.pairs = pairs
        self.now = now
        self._pages = pages
        self._refusal = refusal

    @cached_property
    def question(self) -> Question | None:
        """What is asked; None where it is refused."""
        return self._asked if isinstance(self._asked, Question) else None

    @cached_property
    def page(self) -> Page | None:
        """The page that answers; None where the request is refused."""
        return None if self.question is None else self._pages.page(self.question)

    def page_by(self, group_by: tuple[str, ...]) -> Page | None:
        """Return the page as if the request had this grouping; its cursors go on with its own."""
        if self.question is None:
            return None
        query = replace(self.question.query, group_by=group_by)
        return self._pages.page(self.question._replace(query=query))

    def answer(self) -> Answer:
        """Return the true answer: the page, or the refusal."""
        asked = self._asked
        if isinstance(asked, ApiError):
            return answer_error(asked)
        return answer_json(self.page)

    @cached_property
    def _asked(self) -> Question | ApiError:
        if self._refusal is not None:
            return self._refusal
        try:
            return self._pages.question(self.operation, self.pairs, now=int(self.now))
        except ApiError as error:
            return error
