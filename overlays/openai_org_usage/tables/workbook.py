"""Workbooks for spreadsheets (xlsx), written row by row; no text is ever run, whatever it begins with.

A spreadsheet keeps 15 digits of a number. What has to be exact stands beside it as text.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, Protocol

from .atomic_files import undone
from .cells import HEAD, PLAIN, Formula, Style, as_text, is_number, shown, utc
from .formula_texts import may_run
from .optional_imports import require
from .outlet import Outlet
from .targets import Stream

LONGEST_TEXT: Final = 32_767
"""Units of UTF-16 that a cell holds."""
_FIRST_YEAR: Final = 1901
"""Spreadsheets know no dates before 1900, and take that year for a leap year."""
_WIDTH_AT_LEAST, _WIDTH_AT_MOST = 8, 60
_MEASURED_ROWS: Final = 1000
_MADE_AT: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""The same rows make the same bytes, whenever they are written; files in a zip begin in this year, too."""
_RICH: Final = ("<r>", "</r>")
"""XlsxWriter takes text between these for XML that it has made itself."""


class CellTextError(Exception):
    """A text is longer than a cell."""

    def __init__(self, place: int, length: int) -> None:
        super().__init__(f"a text of {length:,} characters")
        self.place = place
        """The number of the column, from 0."""


class Worksheet(Protocol):
    """What is used of XlsxWriter's worksheets."""

    def write_string(self, row: int, column: int, text: str, style: object) -> int: ...
    def write_rich_string(self, row: int, column: int, *parts: object) -> int: ...
    def write_number(self, row: int, column: int, number: float, style: object) -> int: ...
    def write_boolean(self, row: int, column: int, flag: bool, style: object) -> int: ...
    def write_datetime(self, row: int, column: int, moment: date, style: object) -> int: ...
    def write_formula(self, row: int, column: int, text: str, style: object, value: float, /) -> int: ...
    def set_column(self, first: int, last: int, width: float) -> int: ...
    def freeze_panes(self, row: int, column: int) -> None: ...
    def autofilter(self, row: int, column: int, last_row: int, last_column: int) -> int: ...
    def ignore_errors(self, ranges: Mapping[str, str]) -> int: ...


class Workbook:
    """Sheets, filled one after another, and written to a stream when the workbook is closed."""

    def __init__(self, stream: Stream) -> None:
        xlsxwriter = require("xlsxwriter")
        self._outlet = Outlet(stream)
        self._is_open = True
        self._folder = contextlib.ExitStack()
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._folder.enter_context(undone(folder.cleanup))
        options = {
            "constant_memory": True,
            "remove_timezone": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "tmpdir": self._folder.enter_context(folder),
        }
        self._book = xlsxwriter.Workbook(self._outlet, options)
        self._book.set_properties({"created": _MADE_AT})
        self._formats: dict[tuple[Style, bool], object] = {}
        self._sheets: list[Sheet] = []
        self._refused = xlsxwriter.exceptions.FileCreateError

    def sheet(self, name: str) -> Sheet:
        """A new sheet; the one before is not written to any more. `name` has 31 characters at most."""
        sheet = Sheet(self._book.add_worksheet(name), self._format)
        self._sheets.append(sheet)
        return sheet

    def close(self) -> None:
        """Write it all.

        Raises:
            OSError: it cannot be written.
        """
        for sheet in self._sheets:
            sheet.set_widths()
        self._is_open = False
        with self._folder:
            try:
                self._book.close()
            except BaseException as error:
                self._outlet.shut()  # The zip file writes its end when it is collected.
                if isinstance(error, self._refused):
                    raise error.args[0] from None
                raise

    def abandon(self) -> None:
        """Write no more, and clear away what was prepared."""
        self._outlet.shut()
        if self._is_open:
            with self._folder:
                self._book.close()

    def _format(self, style: Style, is_quoted: bool) -> object:
        if (style, is_quoted) not in self._formats:
            made = self._book.add_format({"num_format": style.number_format, "bold": style.bold})
            if style.wraps:
                made.set_text_wrap()
                made.set_align("top")
            if is_quoted:
                made.set_quote_prefix()
            self._formats[style, is_quoted] = made
        return self._formats[style, is_quoted]


class Sheet:
    """One sheet, filled from the top.

    Attributes:
        rows: how many there are so far.
    """

    def __init__(self, worksheet: Worksheet, format_of: Callable[[Style, bool], object]) -> None:
        self.rows = 0
        self._worksheet = worksheet
        self._format_of = format_of
        self._widths: list[int] = []
        # Digits that are texts on purpose are no mistake.
        worksheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def append(self, values: Sequence[object], styles: Sequence[Style] = ()) -> None:
        """Add a row; without `styles`, all cells are plain.

        Raises:
            CellTextError: a text is too long for a cell.
        """
        for place, value in enumerate(values):
            if value is not None:
                self._write(place, value, styles[place] if styles else PLAIN)
        self.rows += 1

    def freeze_head(self, columns: Sequence[str]) -> None:
        """Add a row of heads that stays in sight."""
        self.append(columns, [HEAD] * len(columns))
        self._worksheet.freeze_panes(self.rows, 0)

    def filter_rows(self, first: int, *, columns: int) -> None:
        """Let readers filter all rows that there are; `first` is the number of that with the heads."""
        if columns:
            self._worksheet.autofilter(first, 0, self.rows - 1, columns - 1)

    def set_widths(self) -> None:
        """Make each column as wide as the first of its texts are."""
        for place, width in enumerate(self._widths):
            self._worksheet.set_column(place, place, min(max(width + 2, _WIDTH_AT_LEAST), _WIDTH_AT_MOST))

    def _write(self, place: int, value: object, style: Style) -> None:
        row, sheet, made = self.rows, self._worksheet, self._format_of(style, False)
        match value:
            case bool():
                sheet.write_boolean(row, place, value, made)
            case int() | float() | Decimal() if is_number(value):
                sheet.write_number(row, place, float(value), made)
            case datetime() | date() if value.year >= _FIRST_YEAR:
                sheet.write_datetime(row, place, utc(value), made)
            case Formula():
                sheet.write_formula(row, place, value.text, made, float(value.result))
            case _:
                self._write_text(place, as_text(value), style)
        if row < _MEASURED_ROWS and not style.wraps:
            self._measure(place, shown(value, style))

    def _write_text(self, place: int, text: str, style: Style) -> None:
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT:
            raise CellTextError(place, len(text))
        made = self._format_of(style, may_run(text))
        if text.startswith(_RICH[0]) and text.endswith(_RICH[1]):
            plain = self._format_of(PLAIN, False)
            self._worksheet.write_rich_string(self.rows, place, plain, text[:1], plain, text[1:], made)
        else:
            self._worksheet.write_string(self.rows, place, text, made)

    def _measure(self, place: int, text: str) -> None:
        self._widths += [0] * (place + 1 - len(self._widths))
        self._widths[place] = max(self._widths[place], len(text))


@contextlib.contextmanager
def workbook_on(stream: Stream) -> Generator[Workbook]:
    """A workbook to fill, which is written to `stream` in the end, unless there is an exception."""
    workbook = Workbook(stream)
    try:
        yield workbook
    except BaseException:
        workbook.abandon()
        raise
    workbook.close()


__all__ = ["CellTextError", "Sheet", "Workbook", "workbook_on"]
