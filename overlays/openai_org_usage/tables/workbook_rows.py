"""Rows of a table in a workbook: a head, exact digits beside rounded numbers, totals as formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from .._generated import Operation
from ..errors import InexactValueError
from .cells import COUNT, DAY, MOMENT, MONEY, PLAIN, Style, as_text
from .columns import EXACT, Column, Kind
from .literals import as_json
from .records import RecordMaker
from .targets import Stream
from .whole_days import are_midnights, is_of_whole_days
from .workbook import CellTextError, Sheet, Workbook, workbook_on
from .workbook_totals import SheetTotals, currency_column, width_of

if TYPE_CHECKING:
    from ..pagination.rules import Bucket

ROWS_AT_MOST: Final = 1_048_000
"""Of one sheet, which holds 1,048,576 with its head and totals."""
_STYLES: Final[Mapping[Kind, Style]] = {Kind.COUNT: COUNT, Kind.MONEY: MONEY, Kind.TIME: MOMENT}
EXACT_SUFFIX: Final = "_exact"
"""What the column with all digits has after the name of that with numbers."""


class WorkbookSink:
    """Writes the rows of each bucket of `operation` as it comes."""

    def __init__(self, stream: Stream, columns: Sequence[Column], operation: Operation) -> None:
        self.rows = 0
        self._book = Workbook(stream)
        currency = currency_column(columns, operation)
        read = list(columns) if currency is None or currency in columns else [*columns, currency]
        place = None if currency is None else read.index(currency)
        self._maker = RecordMaker(read)
        self._table = SheetTable(
            self._book, operation.name, columns, totals=lambda: SheetTotals(columns, currency=place)
        )

    def add(self, bucket: Bucket) -> None:
        """Write the rows of `bucket`."""
        whole_days = is_of_whole_days(bucket)
        for row in self._maker.rows(bucket):
            self._table.add(row, whole_days=whole_days)
            self.rows += 1

    def finish(self) -> None:
        """Write the totals, and the file."""
        self._table.finish()
        self._book.close()

    def abandon(self) -> None:
        """Write nothing."""
        self._book.abandon()


class SheetTable:
    """Rows with `columns` on a sheet called `name`, or on as many as they need.

    Args:
        workbook: gets the sheets.
        name: of the first one; the others have a number behind it.
        columns: the columns.
        totals: makes the totals of a sheet; none by default.
    """

    def __init__(
        self,
        workbook: Workbook,
        name: str,
        columns: Sequence[Column],
        *,
        totals: Callable[[], SheetTotals] | None = None,
    ) -> None:
        self._book, self._name, self._columns, self._make_totals = workbook, name, columns, totals
        self._heads = [head for column in columns for head in _heads(column)]
        self._styles = [style for column in columns for style in _styles(column)]
        self._day_styles = [DAY if style is MOMENT else style for style in self._styles]
        self._sheets = 0
        self._sheet, self._totals = self._begun()

    def add(self, row: Sequence[object], *, whole_days: bool) -> None:
        """Write a row, which may be longer than the table is; the times of one of whole days are dates.

        Raises:
            InexactValueError: a text is too long for a cell.
        """
        if self._sheet.rows > ROWS_AT_MOST:
            self.finish()
            self._sheet, self._totals = self._begun()
        values = [
            cell for column, value in zip(self._columns, row, strict=False) for cell in _cells(column, value)
        ]
        try:
            self._sheet.append(values, self._day_styles if whole_days else self._styles)
        except CellTextError as error:
            name = self._heads[error.place]
            reason = f"{name}: {error} does not fit into a cell, which holds 32,767; CSV and JSON hold it"
            raise InexactValueError(reason, column=name) from None
        if self._totals is not None:
            self._totals.add(row)

    def finish(self) -> None:
        """Write the totals of the sheet."""
        rows = self._sheet.rows
        self._sheet.filter_rows(0, columns=len(self._heads))
        styles = [attrs.evolve(PLAIN if style is MOMENT else style, bold=True) for style in self._styles]
        if self._totals is not None and rows > 1:
            for values in self._totals.rows(last=rows):
                self._sheet.append(values, styles)

    def _begun(self) -> tuple[Sheet, SheetTotals | None]:
        self._sheets += 1
        sheet = self._book.sheet(self._name if self._sheets == 1 else f"{self._name} ({self._sheets})")
        sheet.freeze_head(self._heads)
        return sheet, None if self._make_totals is None else self._make_totals()


def write_workbook_rows(
    rows: Iterable[Sequence[object]], stream: Stream, *, columns: Sequence[Column], name: str
) -> int:
    """Write `rows`, which may be of anything, to a sheet called `name`; how many there were."""
    count = 0
    with workbook_on(stream) as workbook:
        table = SheetTable(workbook, name, columns)
        for row in rows:
            table.add(row, whole_days=are_midnights(row))
            count += 1
        table.finish()
    return count


def _heads(column: Column) -> list[str]:
    head = f"{column.name} (UTC)" if column.kind is Kind.TIME else column.name
    return [head, head + EXACT_SUFFIX][: width_of(column)]


def _styles(column: Column) -> list[Style]:
    return [_STYLES.get(column.kind, PLAIN), PLAIN][: width_of(column)]


def _cells(column: Column, value: object) -> list[object]:
    """The cells for `value`; what no cell can be is text."""
    if column.kind in EXACT:
        return [value, value if value is None else as_text(value)]
    if column.kind is Kind.OTHER:
        return [as_json(value)]
    return [value]


__all__ = ["ROWS_AT_MOST", "SheetTable", "WorkbookSink", "write_workbook_rows"]
