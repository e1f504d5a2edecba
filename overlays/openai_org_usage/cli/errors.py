"""What only the command line can go wrong with; each error knows its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from .._generated import OpenAIUsageError
from .exit_codes import Exit

if TYPE_CHECKING:
    from ..errors import LookbackExceededError


class CommandError(OpenAIUsageError):
    """The command cannot do what it was told.

    Attributes:
        exit_code: what the command exits with.
        remedy: a command that would do, to be shown on a line of its own; None if there is none.
    """

    exit_code: int = Exit.ERROR

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


class WrongUsageError(CommandError):
    """An option or a value, or how they go together, makes no sense."""

    exit_code = Exit.USAGE


class TooLongAgoError(CommandError):
    """The range begins before what the API keeps."""

    exit_code = Exit.TOO_LONG_AGO

    @classmethod
    def of(cls, error: LookbackExceededError, *, remedy: str | None) -> Self:
        """What `error` says, with the command for the part of the range that is kept, if there is any."""
        return cls(f"{str(error).rstrip('.')}; from there on:" if remedy else str(error), remedy=remedy)


class InterruptedQueryError(CommandError):
    """Ctrl-C, or a failure after part of the rows; the message says what is kept."""

    def __init__(self, message: str, *, exit_code: int, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.exit_code = exit_code
