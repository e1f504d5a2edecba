"""What an error means to whoever typed the command: one line and an exit code."""

from __future__ import annotations

from .._generated import OpenAIUsageError
from ..errors import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    ConfigurationError,
    InexactValueError,
    InvalidParameterError,
    LookbackExceededError,
    MissingExtraError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    ResponseDecodeError,
    ResponseTooLargeError,
    ServerError,
)
from ..report.errors import ReportError
from .exit_codes import Exit

_CODES: tuple[tuple[type[OpenAIUsageError], Exit], ...] = (
    (ConfigurationError, Exit.CONFIGURATION),
    (InvalidParameterError, Exit.USAGE),
    (ReportError, Exit.USAGE),
    (AuthenticationError, Exit.NOT_PERMITTED),
    (PermissionDeniedError, Exit.NOT_PERMITTED),
    (LookbackExceededError, Exit.TOO_LONG_AGO),
    (RateLimitError, Exit.THROTTLED),
    (ServerError, Exit.NO_ANSWER),
    (APIStatusError, Exit.REFUSED),
    (APIConnectionError, Exit.NO_ANSWER),
    (ResponseDecodeError, Exit.BAD_ANSWER),
    (PaginationError, Exit.BAD_ANSWER),
    (ResponseTooLargeError, Exit.BAD_ANSWER),
    (MissingExtraError, Exit.MISSING_EXTRA),
    (InexactValueError, Exit.NOT_WRITTEN),
)
"""The first that an error is one of counts."""


def exit_code_of(error: OpenAIUsageError | KeyboardInterrupt) -> int:
    """The exit code for `error`."""
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED
    own = getattr(error, "exit_code", None)
    if isinstance(own, int):
        return own
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.ERROR)
