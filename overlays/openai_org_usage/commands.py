"""What all commands share, also those without extras: how words are read, and an end in a line.

A reader that goes away (`| head`), Ctrl-C and a port that is taken are no reason for a traceback.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable
from typing import NoReturn, TextIO

from ._generated import OpenAIUsageError
from .display import clean, visible

CLOSED_PIPE = 141
"""The exit code where the reader of standard output went away, as shells expect it."""
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser that has `--debug`, and knows what a shell may complete."""

    def __init__(self, program: str, *, description: str, epilog: str) -> None:
        super().__init__(
            prog=program,
            description=textwrap.fill(description, shutil.get_terminal_size().columns - 2),
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.color = False  # Python 3.14's; ours are added after cleaning.
        self.add_argument("--debug", action="store_true", help="show the traceback of an error")

    def error(self, message: str) -> NoReturn:
        """Exit with 2; a complaint such as `is a whole number, not 'x'` makes a sentence with the option."""
        super().error(clean(re.sub("^argument (.+?): is ", r"\1 is ", message)))

    @property
    def option_names(self) -> list[str]:
        """All options."""
        return [name for action in self._actions for name in action.option_strings]


def carried_out(work: Callable[[], int], *, debug: bool = False) -> int:
    """What `work` returns; where it raises, the exit code, and a line on standard error."""
    try:
        code = _ended(work)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        silence_standard_output()
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        known = isinstance(error, OpenAIUsageError)
        said = str(error) if known else f"{type(error).__name__}: {error}"
        say(f"error: {said}{'' if known or debug else ' (--debug shows where)'}", to=sys.stderr)
        return int(getattr(error, "exit_code", 1))


def silence_standard_output() -> None:
    """Let nothing be written to it any more, not even by Python at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def say(text: str, *, to: TextIO | None = None) -> None:
    """Print `text`; what the stream cannot encode, such as an odd file name, is escaped."""
    stream = to or sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(visible(text).encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _ended(work: Callable[[], int]) -> int:
    """What `work` returns, or what it exits with, as argparse does after help and after wrong usage."""
    try:
        return work()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        return end.code
