"""What only tables can raise; `openai_org_usage.errors` has the rest of the tree."""

from __future__ import annotations

from .._generated import OpenAIUsageError


class MissingExtraError(OpenAIUsageError, ImportError):
    """A library that this call needs is not installed; the message has the command that installs it.

    Attributes:
        extra: the extra of this distribution that brings it, such as `arrow`.
    """

    def __init__(self, message: str, *, name: str | None = None, extra: str | None = None) -> None:
        super().__init__(message, name=name)
        self.extra = extra


class InexactValueError(OpenAIUsageError, ValueError):
    """A value has more digits than its column holds. Nothing was rounded; ask for wider `decimals`.

    Attributes:
        column: name of the column.
    """

    def __init__(self, message: str, *, column: str | None = None) -> None:
        super().__init__(message)
        self.column = column


__all__ = ["InexactValueError", "MissingExtraError"]
