"""Errors as people who have typed a command read them: a line each, and an exit code."""

from __future__ import annotations

import click

from .._generated import OpenAIUsageError
from ..errors import (
    APIConnectionError,
    APIStatusError,
    ArchiveCoverageError,
    ArchiveDamagedError,
    ArchiveError,
    ArchiveLockedError,
    AuthenticationError,
    ConfigurationError,
    InexactValueError,
    InvalidParameterError,
    LookbackExceededError,
    OtherOrganizationError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    ResponseDecodeError,
    ResponseTooLargeError,
    ServerError,
)
from ..report.errors import PartRefusedError, ReportError
from ..terminal import commands
from .console import in_command_words, say
from .errors import CommandError
from .exit_codes import Exit
from .typed_options import as_typed
from .usage_messages import usage_message

_CODES: tuple[tuple[type[OpenAIUsageError], Exit], ...] = (
    (ConfigurationError, Exit.CONFIGURATION),
    (InvalidParameterError, Exit.USAGE),
    (PartRefusedError, Exit.REFUSED),
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
    (InexactValueError, Exit.NOT_WRITTEN),
    (ArchiveLockedError, Exit.ARCHIVE_LOCKED),
    (ArchiveDamagedError, Exit.ARCHIVE_DAMAGED),
    (ArchiveCoverageError, Exit.NOT_COVERED),
    (OtherOrganizationError, Exit.OTHER_ORGANIZATION),
    (ArchiveError, Exit.ARCHIVE),
)
"""Of the library's errors, which have none; the first that an error is one of counts."""


def exit_code_of(error: BaseException) -> int:
    """The exit code for `error`."""
    own = commands.exit_code_of(error)
    if own != Exit.ERROR:
        return own
    if isinstance(error, ArchiveError) and isinstance(error.__cause__, OSError):
        return Exit.NOT_WRITTEN
    return next((code for kind, code in _CODES if isinstance(error, kind)), own)


def handle_error(error: BaseException) -> int:
    """Say what `error` means; the exit code for it."""
    if isinstance(error, click.UsageError):
        return _handle_usage_error(error)
    say(f"error: {in_command_words(commands.message_of(error))}", style="red")
    if isinstance(error, CommandError) and error.remedy:
        say(f"  {error.remedy}")
    return exit_code_of(error)


def _handle_usage_error(error: click.UsageError) -> int:
    """A line, and the command whose help explains it."""
    message, context = usage_message(error), error.ctx
    say(f"error: {message if context is None else as_typed(message, context)}", style="red")
    if context is not None:
        say(f"  {context.command_path} --help")
    return Exit.USAGE
