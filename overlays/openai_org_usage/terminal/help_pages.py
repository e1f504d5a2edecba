"""The help of commands that work without the extra `cli`, looking as that of all others does. Pure."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_WIDEST: Final = 100
_FIRST_COLUMN: Final = 30
_GAP: Final = 2


class HelpPage(NamedTuple):
    """What the help of a command consists of."""

    program: str
    description: str
    actions: Sequence[argparse.Action]
    closing: str

    def text(self, *, width: int) -> str:
        """The page, at most `width` wide; the closing stays as it is."""
        width = min(width, _WIDEST) - _GAP
        words = [action for action in self.actions if not action.option_strings]
        usage = " ".join(["[OPTIONS]", *map(_metavar, words)])
        lines = [f"usage: {self.program} {usage}", ""]
        lines += textwrap.wrap(self.description, width, initial_indent="  ", subsequent_indent="  ")
        for title, actions in (
            ("Arguments", words),
            ("Options", [action for action in self.actions if action.option_strings]),
        ):
            if actions:
                lines += ["", f"{title}:", *_columns(actions, width=width)]
        return "\n".join([*lines, *(["", self.closing.rstrip()] if self.closing else []), ""])


def _columns(actions: Sequence[argparse.Action], *, width: int) -> Iterator[str]:
    """What is typed, and beside it what it does."""
    typed = [_typed(action) for action in actions]
    first = min(max(map(len, typed)), _FIRST_COLUMN) + _GAP
    for name, action in zip(typed, actions, strict=True):
        said = textwrap.wrap(action.help or "", width - first - _GAP, break_on_hyphens=False)
        is_short = len(name) <= first - _GAP
        yield f"  {name:{first}}{said[0]}" if is_short and said else f"  {name}"
        yield from (" " * (first + _GAP) + line for line in said[1 if is_short else 0 :])


def _typed(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    takes_value = action.nargs != 0
    return " ".join(filter(None, [names, _metavar(action) if takes_value or not names else ""]))


def _metavar(action: argparse.Action) -> str:
    return action.metavar if isinstance(action.metavar, str) else action.dest.upper()


__all__ = ["HelpPage"]
