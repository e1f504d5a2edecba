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
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TextIO

from ._generated import OpenAIUsageError, holds_key, redacted

CLOSED_PIPE = 141
"""The exit code where the reader of standard output went away, as shells expect it."""
INTERRUPTED = 130


class KeyAmongWordsError(OpenAIUsageError):
    """A word of a command holds a key. Nothing was done."""

    exit_code = 2


class KeylessParser(argparse.ArgumentParser):
    """A parser that takes no word with a key, and says none."""

    def parse_known_args(self, *args: Any, **named: Any) -> Any:
        """As argparse does; words with a key are wrong usage."""
        words = args[0] if args else named.get("args")
        try:
            refuse_keys(sys.argv[1:] if words is None else words)
        except KeyAmongWordsError as error:
            self.error(str(error))
        return super().parse_known_args(*args, **named)

    def error(self, message: str) -> NoReturn:
        """Exit with 2; a complaint such as `is a whole number, not 'x'` makes a sentence with the option."""
        super().error(redacted(re.sub("^argument (.+?): is ", r"\1 is ", message)))


class Parser(KeylessParser):
    """A parser that has `--debug`, and knows what a shell may complete."""

    def __init__(self, program: str, *, description: str, epilog: str) -> None:
        super().__init__(
            prog=program,
            description=textwrap.fill(description, shutil.get_terminal_size().columns - 2),
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.add_argument("--debug", action="store_true", help="show the traceback of an error")

    @property
    def option_names(self) -> list[str]:
        """All options."""
        return [name for action in self._actions for name in action.option_strings]


def refuse_keys(words: Sequence[str]) -> None:
    """Nothing takes a key by a word: it would show in the list of processes, the shell's history, and files.

    Raises:
        KeyAmongWordsError: one of `words` holds one, by mistake.
    """
    for number, word in enumerate(words, start=1):
        if holds_key(word):
            option, sign, _ = word.partition("=")
            where = option if sign and option.startswith("-") and not holds_key(option) else f"word {number}"
            raise KeyAmongWordsError(
                f"{where} holds a key, which the list of processes and the shell's history show to others: "
                "keys are read from OPENAI_ADMIN_KEY alone; replace this one"
            )


def tell_traceback(error: BaseException) -> None:
    """Print the traceback of `error`, without keys."""
    import traceback

    say("".join(traceback.format_exception(error)).rstrip(), to=sys.stderr)


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
            tell_traceback(error)
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
    """Print `text` without keys; what the stream cannot encode, such as an odd file name, is escaped."""
    stream = to or sys.stdout
    encoding = stream.encoding or "utf-8"
    text = redacted(text)
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _ended(work: Callable[[], int]) -> int:
    """What `work` returns, or what it exits with, as argparse does after help and after wrong usage."""
    try:
        return work()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        return end.code
