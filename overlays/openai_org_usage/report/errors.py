"""What making a report or checking a budget raises beyond the client's own errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._generated import OpenAIUsageError

if TYPE_CHECKING:
    from .omissions import LeftOut


class ReportError(OpenAIUsageError, ValueError):
    """A report or budget cannot be made so; the message says what to change."""


class UnsummableError(ReportError):
    """What the API sent cannot be added up: an amount without a currency, or a kind yet unknown.

    Attributes:
        left_out: the results of unknown kinds; empty if that is not the reason.
    """

    def __init__(self, message: str, *, left_out: Sequence[LeftOut] = ()) -> None:
        super().__init__(message)
        self.left_out = tuple(left_out)
