"""Tables of a report on sheets of a workbook: numbers beside all their digits, totals as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import attrs

from ...money import exact_sum
from ...tables.cells import COUNT, DAY, MONEY, PERCENT, PLAIN, Formula, Style, letters_of
from ...tables.workbook import LONGEST_TEXT, Workbook
from .. import formatting

_SHEET_NAME: Final = 31
"""Characters that the name of a sheet has at most."""


@attrs.frozen
class FigureColumn:
    """A column of figures or texts."""

    head: str
    style: Style = PLAIN
    is_exact: bool = False
    """Whether all digits of each figure stand beside it, as text."""
    is_summed: bool = False
    """Whether there is a total below it."""

    @property
    def heads(self) -> list[str]:
        """The heads of its cells."""
        return [self.head, f"{self.head}, all digits"] if self.is_exact else [self.head]

    def cells(self, value: object) -> list[object]:
        """The cells of one row."""
        if not self.is_exact:
            return [_fitting(value) if isinstance(value, str) else value]
        return [value, formatting.plain(value) if isinstance(value, Decimal) else None]


def text_column(head: str) -> FigureColumn:
    """A column of texts."""
    return FigureColumn(head)


def day_column(head: str) -> FigureColumn:
    """A column of UTC days."""
    return FigureColumn(head, DAY)


def count_column(head: str, *, is_summed: bool = True) -> FigureColumn:
    """A column of whole numbers."""
    return FigureColumn(head, COUNT, is_summed=is_summed)


def share_column(head: str) -> FigureColumn:
    """A column of ratios, shown as percent."""
    return FigureColumn(head, PERCENT)


def amount_column(head: str, *, is_summed: bool = True) -> FigureColumn:
    """A column of money, shown to the cent."""
    return FigureColumn(head, MONEY, is_exact=True, is_summed=is_summed)


def number_column(head: str) -> FigureColumn:
    """A column of numbers that show the digits that they have."""
    return FigureColumn(head, is_exact=True)


@attrs.frozen
class FigureTable:
    """A table that has a sheet of its own."""

    name: str
    """Of the sheet."""
    columns: Sequence[FigureColumn]
    rows: Sequence[Sequence[object]]
    """A value for each column; None where there is none."""

    def write(self, workbook: Workbook) -> None:
        """Add the sheet; the total is below the rows, if any column has one."""
        sheet = workbook.sheet(self.name[:_SHEET_NAME])
        styles = [style for column in self.columns for style in [column.style, PLAIN][: len(column.heads)]]
        heads = [head for column in self.columns for head in column.heads]
        sheet.freeze_head(heads)
        for row in self.rows:
            cells = [
                cell for column, value in zip(self.columns, row, strict=True) for cell in column.cells(value)
            ]
            sheet.append(cells, styles)
        sheet.filter_rows(0, columns=len(heads))
        if self.rows and any(column.is_summed for column in self.columns):
            total = list(self._total())
            sheet.append(
                ["Total" if total[0] is None else total[0], *total[1:]],
                [attrs.evolve(style, bold=True) for style in styles],
            )

    def _total(self) -> Iterator[object]:
        place, last = 0, len(self.rows) + 1
        for number, column in enumerate(self.columns):
            values = [value for row in self.rows if isinstance(value := row[number], (int, Decimal))]
            total: list[object] = [None] * len(column.heads)
            if column.is_summed and values:
                result, letters = exact_sum(values), letters_of(place)
                formula = Formula(f"=SUM({letters}2:{letters}{last})", result)
                cells: list[object] = [formula, formatting.plain(result)]
                total = cells[: len(total)]
            yield from total
            place += len(column.heads)


def _fitting(text: str) -> str:
    """`text`, cut to what a cell holds."""
    most = LONGEST_TEXT // 2  # A character may take two units.
    return text if len(text) <= most else f"{text[: most - 1]}…"


__all__ = [
    "FigureColumn",
    "FigureTable",
    "amount_column",
    "count_column",
    "day_column",
    "number_column",
    "share_column",
    "text_column",
]
