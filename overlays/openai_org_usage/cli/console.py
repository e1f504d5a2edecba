"""What is said on standard error: notes, and with --verbose each page and retry. Never the key."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
import click

from .._generated import OPERATIONS, redacted
from ..printable import clean, shorten, visible
from ..terminal.streams import StyledText
from .click_base import Option

if TYPE_CHECKING:
    from ..hooks import PageEvent, RetryEvent

MESSAGES = "Messages"


def wrap(text: str, *, indent: str = "") -> str:
    """`text` as wide as the terminal, below `indent`; what is to be copied from it stays whole."""
    return textwrap.fill(
        text,
        max(shutil.get_terminal_size().columns, 60),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,  # Such as an address.
        break_on_hyphens=False,  # Such as `sk-admin-…` and options.
    )


def say(text: str, *, style: str | None = None) -> None:
    """A line on standard error, cleaned; colours only on a terminal, and not against NO_COLOR.

    On a terminal it is broken between words, unless it is indented: those lines are to be copied.
    """
    if text.startswith(" "):
        shown = visible(redacted(text)).replace("\n", "\\n")
    else:
        line = shorten(clean(text))
        shown = wrap(line) if sys.stderr.isatty() else line
    label, _, rest = shown.partition(" ")
    styled = f"{click.style(label, fg=style, bold=True)} {rest}" if style else shown
    tell(styled, err=True)


def tell(styled: str, *, err: bool = False) -> None:
    """Print what was cleaned before it got its colours, which stay away if they are not wanted."""
    colour = False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None
    click.echo(StyledText(styled + "\n"), nl=False, err=err, color=colour)


def writable(text: str) -> str:
    """`text` in what standard output can encode, such as Latin-1, which has no `…`."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def counted(number: int, what: str) -> str:
    """As `1 row read`, of `rows read`."""
    noun, blank, rest = what.partition(" ")
    return f"{number:,} {noun.removesuffix('s') if number == 1 else noun}{blank}{rest}"


_ARGUMENTS = (
    ("pass admin_key or set OPENAI_ADMIN_KEY", "set OPENAI_ADMIN_KEY, or try --emulator"),
    ("pass the key as admin_key instead", "put the key into OPENAI_ADMIN_KEY instead"),
)
"""What the library tells programs to do, and what it means on a command line."""


def in_command_words(text: str) -> str:
    """An explanation by the library, for people who have a command and no arguments."""
    for argument, option in _ARGUMENTS:
        text = text.replace(argument, option)
    return text


def debug_option() -> Option:
    """The option that every command has."""
    return Option(["--debug"], section=MESSAGES, is_flag=True, help="Show the traceback of an error.")


@attrs.define
class Console:
    """How much is said."""

    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    waiting: Callable[[str], object] | None = None
    """Is told why nothing comes for a while, instead of a line: the progress display."""
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    @classmethod
    def options(cls, *, pages: bool = True) -> list[Option]:
        """The options for it; without `pages`, there are none to tell of."""
        verbose = Option(["-v", "--verbose"], section=MESSAGES, is_flag=True, help=_VERBOSE)
        return [
            Option(["-q", "--quiet"], section=MESSAGES, is_flag=True, help="Say nothing but errors."),
            *([verbose] if pages else []),
            debug_option(),
        ]

    def note(self, text: str) -> None:
        """Something that the reader should know."""
        if not self.quiet:
            self._say(f"note: {text}", style="yellow")

    def tell_page(self, event: PageEvent) -> None:
        """A page has come."""
        if self.verbose:
            windows = f", window {event.windows_done} of {event.windows_planned}"
            is_list = event.operation not in OPERATIONS
            held = f"{event.items} items" if is_list else f"{event.buckets} buckets"
            self._say(
                f"page {event.page} of {event.operation}: {held}, {event.bytes:,} bytes, "
                f"{_attempts(event.attempts)}, request id {event.request_id or 'none'}"
                f"{windows if event.windows_planned > 1 else ''}"
            )

    def tell_retry(self, event: RetryEvent) -> None:
        """A request failed and is tried again; called on the thread of the connections."""
        again = f"trying again in {event.delay:.1f} s"
        if self.verbose:
            self._say(
                f"retry: attempt {event.attempt} failed, {again}: {event.error} "
                f"(request id {event.request_id or 'none'})"
            )
        elif self.waiting is not None:
            self.waiting(again)

    def _say(self, text: str, *, style: str | None = None) -> None:
        with self._lock:
            say(text, style=style)


def _attempts(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts"


_VERBOSE = "Tell of each page and each retry, with the request ids that OpenAI's support asks for."
