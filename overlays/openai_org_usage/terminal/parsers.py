"""How the words of commands are read that work without the extra `cli`: by argparse, said as all others."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NoReturn

from ..printable import clean, shorten
from .commands import KeyAmongWordsError, print_line, refuse_keys
from .help_pages import HelpPage
from .suggestions import suggestion

_NUMBER: Final = re.compile(r"-\d")
_SENTENCES: Final[Mapping[str, str]] = {
    "argument (.+?): is ": r"\1 is ",
    "the following arguments are required: ": "missing: ",
    "argument (.+?): expected one argument": r"\1 needs a value",
    "argument (.+?): ignored explicit argument .*": r"\1 takes no value",
    "argument (.+?): not allowed with argument ": r"\1 does not go with ",
    "unrecognized arguments: ": "unexpected: ",
}
"""What argparse says, and how the other commands put it."""


class KeylessParser(argparse.ArgumentParser):
    """A parser that takes no word with a key, and says none."""

    def read(self, words: Sequence[str] | None = None) -> argparse.Namespace:
        """What `words` say, or those of the process; argparse dies of the value `--`, as in `--name=--`."""
        words = list(sys.argv[1:] if words is None else words)
        try:
            refuse_keys(words)
        except KeyAmongWordsError as error:
            self.error(str(error))
        for option, sign, value in _options_among(words):
            if sign and value == "--":
                self.error(f"{option} cannot be '--'")
        return self.parse_args(words)

    def error(self, message: str) -> NoReturn:
        """Exit with 2; a complaint such as `is a whole number, not 'x'` makes a sentence with the option."""
        for pattern, sentence in _SENTENCES.items():
            message = re.sub(f"^{pattern}", sentence, message)
        print_line(f"error: {shorten(clean(message))}\n  {self.prog} --help", to=sys.stderr)
        raise SystemExit(2)


class Parser(KeylessParser):
    """A parser that has `--debug`, takes options whole, and knows what a shell may complete."""

    def __init__(self, program: str, *, description: str, epilog: str) -> None:
        super().__init__(
            prog=program, description=description, epilog=epilog, add_help=False, allow_abbrev=False
        )
        self.add_argument("-h", "--help", action="help", help="Show this message and exit.")
        self.add_argument("--debug", action="store_true", help="Show the traceback of an error.")

    def read(self, words: Sequence[str] | None = None) -> argparse.Namespace:
        """As every such parser; argparse would complain of missing words before unknown options."""
        words = _with_dashes(list(sys.argv[1:] if words is None else words))
        known = self.option_names
        for option, _, _ in _options_among(words):
            if option not in known:
                self.error(f"there is no option {option}{suggestion(option, known)}")
        return super().read(words)

    def format_help(self) -> str:
        """The help, as that of all commands looks."""
        page = HelpPage(self.prog, self.description or "", self._actions, self.epilog or "")
        return page.text(width=shutil.get_terminal_size().columns)

    @property
    def option_names(self) -> list[str]:
        """All options."""
        return [name for action in self._actions for name in action.option_strings]


def _with_dashes(words: Sequence[str]) -> list[str]:
    """`words` with dashes for the underscores of options, which are accepted everywhere."""
    end = words.index("--") if "--" in words else len(words)
    parted = (word.partition("=") if word.startswith("--") else ("", "", word) for word in words[:end])
    return [option.replace("_", "-") + sign + value for option, sign, value in parted] + [*words[end:]]


def _options_among(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The options in `words`, each with the sign and the value behind it, if they are in one word."""
    for word in words[: words.index("--") if "--" in words else None]:
        if word.startswith("-") and word != "-" and not _NUMBER.match(word):
            yield word.partition("=")


__all__ = ["KeylessParser", "Parser"]
