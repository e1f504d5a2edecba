"""What the API has of one table: its months, from where the API begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from ..._generated import OPERATIONS
from ...errors import APIStatusError, BadRequestError, LookbackExceededError, PermissionDeniedError
from ...tables.optional_imports import ArrowTable
from ...times import readable
from ..archive_table import ArchiveTable
from ..partitions import answer_schema
from .answer_rows import answer_rows, with_organization
from .monthly_rows import by_month
from .organization_answers import OrganizationAnswers
from .reading_plan import ReadingPlan

_DAYS_AT_ONCE: Final = 31
"""Days on a page. Costs have 180 if one lets them, which are six months in memory for each page under way."""
_ATTEMPTS: Final = 4
"""How often a table is asked for that the API says to begin later: for what it has forgotten, at midnight
twice, and for a grouping that it has for a shorter time."""


@attrs.define(eq=False)
class TableReading:
    """What the API has of a table by a plan, which changes if the API begins later.

    Attributes:
        plan: as it is by now.
        notes: what is out of the ordinary.
    """

    _answers: OrganizationAnswers
    _table: ArchiveTable
    plan: ReadingPlan
    notes: list[str] = attrs.field(factory=list[str])

    def months(self) -> Iterator[tuple[str, ArrowTable]]:
        """Each month with its rows, as soon as it is complete.

        Raises:
            OpenAIUsageError: as the query.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                yield from self._months()
            except LookbackExceededError as error:
                if attempt == _ATTEMPTS:
                    raise
                self._answers.requests += error.attempts
                self._begin_later(error)
            else:
                return

    def _months(self) -> Iterator[tuple[str, ArrowTable]]:
        answers, plan = self._answers, self.plan
        request = self._table.request(start_time=plan.start, end_time=plan.end)
        if self._table.bucket_width == "1d":
            request = request.replace(limit=_DAYS_AT_ONCE)
        query = answers.client.query(request)
        rows = (with_organization(part, answers.id) for part in answer_rows(answers.client, query))
        empty = answer_schema(OPERATIONS[self._table.operation]).empty_table()
        end = plan.now if plan.end is None else plan.end - 1
        yield from by_month(rows, empty=empty, start=plan.start, end=end)

    def _begin_later(self, error: LookbackExceededError) -> None:
        self.plan = self.plan.begun_later(error)
        gap = self.plan.gap()
        if gap is not None:
            self.notes.append(
                f"the API has forgotten what was from {readable(gap[0])} to {readable(gap[1])}, "
                "before it was read"
            )


def is_refusal(error: APIStatusError) -> bool:
    """Whether an organization does not give what was asked for, as opposed to not now."""
    if isinstance(error, LookbackExceededError):
        return False
    return isinstance(error, (BadRequestError, PermissionDeniedError)) or error.status == 404


__all__ = ["TableReading", "is_refusal"]
