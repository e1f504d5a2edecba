"""Errors and warnings as people want to read them: a line each, no traceback unless asked for."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager

import click

from .._generated import OpenAIUsageError, UnknownFieldWarning, UnknownResultWarning
from .click_base import PROGRAM
from .console import in_words_of_the_command, say
from .error_lines import exit_code_of
from .errors import CommandError
from .exit_codes import Exit
from .parameters import suggestion


def explain(error: BaseException) -> int:
    """Say what `error` means, in a line; the exit code for it."""
    if isinstance(error, click.UsageError):
        return _explain_usage(error)
    if isinstance(error, KeyboardInterrupt):
        say("error: interrupted", style="red")
        return Exit.INTERRUPTED
    if isinstance(error, OpenAIUsageError):
        say(f"error: {in_words_of_the_command(str(error))}", style="red")
        if isinstance(error, CommandError) and error.remedy:
            say(f"  {error.remedy}")
        return exit_code_of(error)
    say(f"error: {type(error).__name__}: {error} (--debug shows where)", style="red")
    return Exit.ERROR


def _explain_usage(error: click.UsageError) -> int:
    """Of an unknown command the usage comes first; all else names the command whose help explains it."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show(sys.stderr)
        return Exit.USAGE
    context = error.ctx
    command = None if context is None else context.command_path
    if context is not None and command == PROGRAM:
        click.echo(context.get_usage(), err=True)
    say(f"error: {_usage_message(error)}", style="red")
    if command not in (None, PROGRAM):
        say(f"  {command} --help")
    return Exit.USAGE


def _usage_message(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        known = error.possibilities or []
        return f"there is no option {error.option_name}{suggestion(error.option_name, known)}"
    message = error.format_message().strip().rstrip(".")
    return message[:1].lower() + message[1:]


@contextmanager
def warnings_as_notes(*, quiet: bool) -> Generator[None]:
    """Say warnings as notes; of new fields and results only commands that show rows have to tell."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        if not quiet:
            say(f"note: {message}", style="yellow")

    with warnings.catch_warnings():
        for kind in (UnknownFieldWarning, UnknownResultWarning):
            warnings.simplefilter("ignore", kind)
        warnings.showwarning = show
        yield
