"""What of a report is shown: which of its sections, and what a column of its charts stands for. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Literal

import attrs

BarUnit = Literal["day", "week", "month", "year"]
"""What a column of a chart or a row of its table stands for; weeks begin on Monday."""


class Section(StrEnum):
    """A part of a report, in the order in which they stand; each form leaves out what it has nothing for.

    The title, what is incomplete and when it was made are always there.
    """

    SUMMARY = "summary"
    """The answer in sentences, and the figures that are read at a glance."""
    WHY = "why"
    """What explains the change, and what has changed most."""
    DAYS = "days"
    """What each day, week or month cost, and the running total."""
    BREAKDOWNS = "breakdowns"
    """By model, line item, project, user and key."""
    PRICES = "prices"
    """What a unit really cost."""
    TOKENS = "tokens"
    """What tokens were used for."""
    NOTES = "notes"
    """What a reader must know to read the figures rightly."""


EVERY_SECTION: frozenset[Section] = frozenset(Section)


@attrs.frozen
class View:
    """What is shown of a report."""

    sections: Collection[Section] = EVERY_SECTION
    by: BarUnit | None = None
    """What columns stand for; None for what suits the length of the period."""

    def __contains__(self, section: Section) -> bool:
        return section in self.sections

    def singles_out(self, section: Section) -> bool:
        """Whether `section` is one of a few that were asked for, so that it is shown at full length."""
        return section in self.sections and not EVERY_SECTION.issubset(self.sections)
