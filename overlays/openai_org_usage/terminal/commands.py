"""What all commands share, also those without extras: that no word holds a key, and how they end.

A reader that goes away (`| head`), a full disk, Ctrl-C, a closed terminal and a port that is taken are no
reason for a traceback.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from types import FrameType
from typing import TextIO

from .._generated import OpenAIUsageError, holds_key, redacted
from ..printable import shorten, visible
from . import standard_streams
from .streams import sanitized_streams

NOT_WRITTEN = 27
"""The exit code where standard output, or a file, cannot be written."""
MISSING_EXTRA = 28
INTERRUPTED = 130
CLOSED_PIPE = 141
"""The exit code where the reader of standard output went away, as shells expect it."""
_ENDING = ("SIGTERM", "SIGHUP")
"""Signals that end a command; Windows lacks the second."""


class NotWrittenError(OpenAIUsageError):
    """The output cannot be written there."""

    exit_code = NOT_WRITTEN


ErrorHandler = Callable[[BaseException], int]
"""Says on standard error what an error means; gives its exit code."""


class KeyAmongWordsError(OpenAIUsageError):
    """A word of a command holds a key. Nothing was done."""

    exit_code = 2


def refuse_keys(words: Sequence[str]) -> None:
    """Nothing takes a key by a word: it would show in the list of processes, the shell's history, and files.

    Raises:
        KeyAmongWordsError: one of `words` holds one, by mistake.
    """
    for number, word in enumerate(words):
        if holds_key(word):
            option, sign, _ = word.partition("=")
            before = words[number - 1] if number else ""
            named = option if sign else before
            where = named if named.startswith("-") and not holds_key(named) else f"word {number + 1}"
            raise KeyAmongWordsError(
                f"{where} holds a key, or what looks like one. Others could read it in the list of processes "
                "and in the shell's history: set OPENAI_ADMIN_KEY, to a new key; a file needs another name"
            )


def tell_traceback(error: BaseException) -> None:
    """Print the traceback of `error`, without keys."""
    import traceback

    print_line("".join(traceback.format_exception(error)).rstrip(), to=sys.stderr)


def run_command(work: Callable[[], int], *, debug: bool = False, handle: ErrorHandler | None = None) -> int:
    """What `work` returns; where it raises, the exit code that `handle` gives.

    Whatever becomes of it, standard output was written or the exit code says that it was not.
    """
    handle = handle or handle_error
    code: int | None = None
    try:
        with (
            standard_streams.secured() as output,
            sanitized_streams(),
            _ended_by_signals(),
        ):
            code = _outcome(work, debug=debug, handle=handle, output=output)
            if output is not None and output.failure is not None:
                code = _code_of_failure(output.failure, handle)
    except KeyboardInterrupt as interrupt:  # Before the work, while something was said, or when all was done.
        if code is None:
            code = handle(interrupt) if sys.stderr is not None else INTERRUPTED
    return code


def _code_of_failure(failure: OSError, handle: ErrorHandler) -> int:
    """The exit code where standard output could not be written."""
    if isinstance(failure, BrokenPipeError):
        return CLOSED_PIPE
    return handle(NotWrittenError(f"standard output cannot be written: {failure.strerror}"))


def _outcome(
    work: Callable[[], int],
    *,
    debug: bool,
    handle: ErrorHandler,
    output: standard_streams.StandardFile | None,
) -> int:
    try:
        code = _ended(work)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        return CLOSED_PIPE
    except (Exception, KeyboardInterrupt) as error:
        if output is not None and output.failure is not None:
            return NOT_WRITTEN  # The error is that, or follows from it.
        if debug:
            tell_traceback(error)
        return handle(error)


def handle_error(error: BaseException) -> int:
    """Say what `error` means on standard error, nothing of Ctrl-C; the exit code for it."""
    if not isinstance(error, KeyboardInterrupt):
        # In this order: half a key is not known as one.
        print_line(f"error: {shorten(redacted(message_of(error)))}", to=sys.stderr)
    return exit_code_of(error)


def message_of(error: BaseException) -> str:
    """What `error` says; of one that is not the project's own, its type, too."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OpenAIUsageError):
        return str(error)
    return f"{type(error).__name__}: {error} (--debug shows where)"


def exit_code_of(error: BaseException) -> int:
    """The exit code that `error` has, or 1."""
    from ..errors import MissingExtraError

    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return MISSING_EXTRA if isinstance(error, MissingExtraError) else int(getattr(error, "exit_code", 1))


def print_line(text: str, *, to: TextIO | None = None) -> None:
    """Print `text` without keys; what the stream cannot encode, such as an odd file name, is escaped."""
    stream = to or sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(visible(redacted(text)).encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _ended(work: Callable[[], int]) -> int:
    """What `work` returns, or what it exits with, as argparse does after help and after wrong usage."""
    try:
        return work()
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            raise
        return end.code or 0


@contextlib.contextmanager
def _ended_by_signals() -> Generator[None]:
    """Undo what is half done where a signal ends the process; not where it is to be ignored (`nohup`).

    Whatever a command has Ctrl-C do is over with it.
    """
    handled: list[int] = []
    interrupt = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is threading.main_thread():
        numbers = [int(getattr(signal, name)) for name in _ENDING if hasattr(signal, name)]
        handled = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in handled:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in handled:
            if signal.getsignal(number) == _end:
                signal.signal(number, signal.SIG_DFL)
        if signal.getsignal(signal.SIGINT) != interrupt:
            signal.signal(signal.SIGINT, interrupt)


def _end(number: int, _: FrameType | None) -> None:
    """End by the signal itself, so that whoever waits for the process sees what it was.

    Nothing is raised, as Python loses what is raised while it calls a finalizer.
    """
    from ..tables.atomic_files import undo_all

    undo_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
