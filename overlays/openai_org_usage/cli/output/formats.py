"""Options that decide in which format rows are written, and to which file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, Literal, get_args

import attrs
import click

from ...tables.formats import BINARY, BY_SUFFIX, Dates, Format, require_library_of
from ...tables.special_files import descriptor, is_special
from ..click_base import Option
from ..errors import WrongUsageError
from ..tables.shortened_texts import cell_measure

OUTPUT = "Output"
_option = partial(Option, section=OUTPUT)
_STANDARD_OUTPUT = 1
OutputFormat = Format | Literal["table"]
FORMATS: Final = ("table", *get_args(Format))


@attrs.frozen(kw_only=True)
class FormOptions:
    """In which form rows are written, and where."""

    format: OutputFormat | None = None
    output: Path | None = None
    csv_safe: bool = False
    exact: bool = False
    dates: Dates = "iso"

    @property
    def is_to_terminal(self) -> bool:
        """Whether people read it as it comes."""
        return self.output is None and sys.stdout.isatty()

    def choose_format(self) -> OutputFormat:
        """The format: what was asked for, what the suffix of the file says, or what suits the reader.

        Options that are for CSV alone say so, too. What is no file, such as a named pipe, is read by a
        program: it gets what a pipe gets.

        Raises:
            WrongUsageError: the suffix says nothing, binary data would go to a terminal, or another format
                than CSV is to be one for spreadsheets.
            MissingExtraError: the format needs a library that is not installed.
        """
        chosen = self._wanted_format()
        if chosen in BINARY and self.is_to_terminal:
            raise WrongUsageError(f"{chosen} is no text: give --output FILE, or send it to a pipe or file")
        require_library_of(chosen)
        if chosen == "table":
            cell_measure()
        for option in self._csv_options():
            if chosen != "csv":
                raise WrongUsageError(f"{option} is for CSV, not for {chosen}")
        return chosen

    def _wanted_format(self) -> OutputFormat:
        if self.format is None and self.output is not None:
            suffix = known_suffix(self.output, tuple(BY_SUFFIX))
            return "csv" if suffix is None else BY_SUFFIX[suffix]
        is_table = sys.stdout.isatty() and not self._csv_options()
        return self.format or ("table" if is_table else "csv")

    def _csv_options(self) -> Sequence[str]:
        """The options that were given and are for CSV alone."""
        given = {"--csv-safe": self.csv_safe, f"--dates {self.dates}": self.dates != "iso"}
        return [option for option, is_given in given.items() if is_given]


def format_option() -> Option:
    """In which form a command writes rows."""
    return _option(["--format"], help=_FORMAT, type=click.Choice(FORMATS), metavar="FORMAT")


def text_or_json_option(*, section: str = OUTPUT) -> Option:
    """The form of what has no rows."""
    forms = click.Choice(["text", "json"])
    return Option(["--format"], section=section, help=_TEXT_OR_JSON, type=forms, default="text")


def spreadsheet_options() -> list[Option]:
    """Whether CSV is for a spreadsheet."""
    dates = click.Choice(get_args(Dates))
    return [
        _option(["--csv-safe"], help=_CSV_SAFE, is_flag=True),
        _option(["--dates"], help=_DATES, type=dates, default="iso", metavar="FORM"),
    ]


def exact_option() -> Option:
    """Whether tables show amounts with all their digits."""
    return _option(["--exact"], help=_EXACT, is_flag=True)


def output_option() -> Option:
    """Where a command writes to: a path, or None for standard output, also as `-` and `/dev/stdout`."""
    return _option(
        ["-o", "--output"],
        help=_OUTPUT,
        type=click.Path(readable=False),
        callback=_read_path,
        metavar="FILE",
    )


def _read_path(ctx: click.Context, option: click.Parameter, given: str | None) -> Path | None:
    if given is None or given == "-":
        return None
    if not given.strip():  # As from an unset variable.
        raise click.UsageError(f"{option.opts[-1]} is empty: name a file, or - for standard output", ctx)
    return None if descriptor(Path(given)) == _STANDARD_OUTPUT else Path(given)


def known_suffix(path: Path, known: Sequence[str]) -> str | None:
    """The suffix of `path`, which says the format; None for what is no file and may have none.

    Raises:
        WrongUsageError: it is none of `known`, or `path` is a folder.
    """
    suffix = path.suffix.lower()
    if suffix in known:
        return suffix
    if is_special(path):
        return None
    if os.path.isdir(path):
        raise WrongUsageError(
            f"--output: {str(path)!r} is a folder: name a file, such as {path / 'FILE'}{known[0]}"
        )
    raise WrongUsageError(
        f"--output: {path.name!r} does not say which format: end it in one of {', '.join(known)}, or give "
        "--format"
    )


_FORMAT = (
    f"One of: {', '.join(FORMATS)}.  [default: by FILE's suffix; else table on a terminal, csv elsewhere]"
)
_TEXT_OR_JSON = "For people or for programs.  [default: text]"
_EXACT = "Show all digits of amounts in a table, which are rounded to the cent; every other format has them."
_OUTPUT = "Where it goes; the file appears in one step, when it is complete.  [default: -, standard output]"
_CSV_SAFE = "In CSV, put ' before texts that a spreadsheet would run as a formula."
_DATES = (
    "How CSV has times: iso, or plain for spreadsheets: 2026-11-20 for whole days, 2026-11-20 08:00:00 for "
    "hours, in UTC; texts are then as with --csv-safe.  [default: iso]"
)
