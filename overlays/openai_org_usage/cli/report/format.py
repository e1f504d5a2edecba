"""In which form a report is written, and what of it: the one place that knows every form."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

import attrs
import click

from ...tables.formats import require_library_of
from ...terminal.suggestions import suggestion
from ..click_base import Option
from ..errors import WrongUsageError
from ..output.formats import OUTPUT, known_suffix, output_option

if TYPE_CHECKING:
    from ...report import BarUnit, Report, Section

_option = partial(Option, section=OUTPUT)
ReportFormat = Literal["terminal", "json", "markdown", "html", "xlsx"]
_SUFFIXES: Final[dict[str, ReportFormat]] = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".txt": "terminal",
    ".xlsx": "xlsx",
}
_BAR_UNITS: Final = ("day", "week", "month", "year")


@attrs.frozen(kw_only=True)
class ReportOutput:
    """The form, the parts and the file."""

    format: ReportFormat | None = None
    output: Path | None = None
    sections: tuple[str, ...] = ()
    by: BarUnit | None = None

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        return [
            _option(["--format"], help=_FORMAT, type=click.Choice(get_args(ReportFormat)), metavar="FORMAT"),
            output_option(),
            _option(["--sections"], help=_SECTIONS, metavar="LIST", multiple=True, callback=_read_list),
            _option(["--by"], help=_BY, type=click.Choice(_BAR_UNITS)),
        ]

    def form(self) -> ReportFormat:
        """The format: what was asked for, else what the suffix of the file says.

        Raises:
            WrongUsageError: the suffix says nothing, or a workbook would go to a terminal.
        """
        if self.format == "xlsx" and self.output is None and sys.stdout.isatty():
            raise WrongUsageError("xlsx is no text: give --output FILE, or send it to a pipe or file")
        if self.format is not None or self.output is None:
            return self.format or "terminal"
        suffix = known_suffix(self.output, tuple(_SUFFIXES))
        return "terminal" if suffix is None else _SUFFIXES[suffix]

    def check(self) -> None:
        """Refuse what no report can be written as, before anything is read.

        Raises:
            WrongUsageError: there is no such section, the suffix of the file says nothing, or a workbook
                would go to a terminal.
            MissingExtraError: a workbook needs the extra `xlsx`.
        """
        self.shown_sections()
        require_library_of(self.form())

    def shown_sections(self) -> frozenset[Section]:
        """The parts that are wanted, all if none was named.

        Raises:
            WrongUsageError: there is no such part.
        """
        from ...report import Section

        known = [str(section) for section in Section]
        for name in self.sections:
            if name not in known:
                meant = suggestion(name, known)
                raise WrongUsageError(
                    f"--sections: there is no section {name!r}{meant}; there are {', '.join(known)}"
                )
        return frozenset(map(Section, self.sections)) or frozenset(Section)

    def rendered(self, report: Report) -> bytes:
        """The report as the file has it.

        Raises:
            MissingExtraError: what writes workbooks is not installed.
        """
        from ... import report as reports

        if self.form() == "xlsx":
            return reports.render_workbook(report, sections=self.shown_sections(), by=self.by)
        return self._text(report).encode()

    def _text(self, report: Report) -> str:
        from ... import report as reports

        sections, by, form = self.shown_sections(), self.by, self.form()
        if form == "terminal":
            color = sys.stdout.isatty() and self.output is None
            width = shutil.get_terminal_size().columns
            return reports.render_terminal(report, width=width, color=color, sections=sections, by=by)
        if form == "json":  # One alone is imported: the charts of a page take their time.
            text = reports.render_json(report, sections=sections, by=by)
        elif form == "markdown":
            text = reports.render_markdown(report, sections=sections, by=by)
        else:
            text = reports.render_html(report, sections=sections, by=by)
        return text.rstrip("\n") + "\n"


def _read_list(context: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The words of all `texts`, which commas and blanks divide."""
    del context, option
    return tuple(dict.fromkeys(word.lower() for text in texts for word in text.replace(",", " ").split()))


_FORMAT: Final = f"One of: {', '.join(get_args(ReportFormat))}.  [default: by FILE's suffix; else terminal]"
_SECTIONS: Final = (
    "Only these parts: summary, why, days, breakdowns, prices, tokens, notes; several with commas between.  "
    "[default: all]"
)
_BY: Final = "What a column of the charts stands for.  [default: what suits the number of days]"
