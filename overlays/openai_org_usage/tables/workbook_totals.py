"""The totals below the rows of a sheet: formulas, each with its exact result. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from .._generated import Operation, OverTime
from ..money import currency_of, exact_sum
from .cells import Formula, as_text, is_number, letters_of
from .columns import EXACT, Column, Kind, columns_of

_SUMMED: Final = (Kind.COUNT, Kind.MONEY)
"""Not quantities: those of two line items may be of different things."""
_CURRENCY: Final = "currency"
_CODE: Final = re.compile("[a-z]{1,9}")
"""Currencies that a formula can ask for."""


class SheetTotals:
    """What the rows of one sheet add up to; amounts by currency.

    Args:
        columns: those of the sheet.
        currency: where rows have the currency of their amounts, be it beyond `columns`.
    """

    def __init__(self, columns: Sequence[Column], *, currency: int | None) -> None:
        self._columns, self._currency = columns, currency
        self._summed = [
            place
            for place, column in enumerate(columns)
            if column.kind in _SUMMED and column.over_time is OverTime.SUM
        ]
        self._sums: dict[tuple[int, str | None], Decimal] = {}
        self._currencies: dict[str | None, None] = {}
        self._have_texts: set[int] = set()
        self._is_spelled_plainly = True

    def add(self, row: Sequence[object]) -> None:
        """Add the numbers of `row`."""
        spelled = None if self._currency is None else row[self._currency]
        currency = currency_of(spelled if isinstance(spelled, str) else None)
        for place in self._summed:
            value, is_money = row[place], self._columns[place].kind is Kind.MONEY
            if not isinstance(value, (int, Decimal)):
                continue
            if is_money:
                self._currencies[currency] = None
                self._is_spelled_plainly &= spelled is None or str(spelled).lower() == currency
            if not is_number(value):
                self._have_texts.add(place)
            key = (place, currency if is_money else None)
            self._sums[key] = exact_sum((self._sums.get(key, Decimal(0)), value))

    def rows(self, *, last: int) -> Iterator[list[object]]:
        """A row of cells for each currency; `last` is the last row of those added, counted from 1."""
        if not self._summed:
            return
        several = len(self._currencies) > 1
        for number, currency in enumerate(self._currencies or [None]):
            label = f"Total {currency or 'without currency'}" if several else "Total"
            cells = [
                cell
                for place, start in enumerate(starts_of_cells(self._columns))
                for cell in self._cells(place, start, currency, last=last, has_counts=number == 0)
            ]
            yield [label if cells[0] is None else cells[0], *cells[1:]]

    def _cells(
        self, place: int, start: int, currency: str | None, *, last: int, has_counts: bool
    ) -> list[object]:
        """The cells of the column at `place`, whose first is the one at `start`."""
        is_money = self._columns[place].kind is Kind.MONEY
        empty: list[object] = [None] * width_of(self._columns[place])
        if place not in self._summed or not (is_money or has_counts):
            return empty
        result = self._sums.get((place, currency if is_money else None))
        if result is None:
            return empty
        numbers = f"{letters_of(start)}2:{letters_of(start)}{last}"
        condition = self._condition(currency, last=last) if is_money else ""
        is_certain = condition is not None and place not in self._have_texts
        formula = f"=SUMIF({condition},{numbers})" if condition else f"=SUM({numbers})"
        total: object = Formula(formula, result) if is_certain else result
        cells: list[object] = [total, as_text(result)]
        return cells[: len(empty)]

    def _condition(self, currency: str | None, *, last: int) -> str | None:
        """Which rows are of `currency`, as SUMIF has it: empty for all, None where it cannot be said."""
        if len(self._currencies) == 1:
            return ""
        is_shown = self._currency is not None and self._currency < len(self._columns)
        if not (is_shown and self._is_spelled_plainly and currency and _CODE.fullmatch(currency)):
            return None
        letters = letters_of(starts_of_cells(self._columns)[self._currency or 0])
        return f'{letters}2:{letters}{last},"{currency}"'


def currency_column(columns: Sequence[Column], operation: Operation) -> Column | None:
    """The column of `operation` that has the currency of the amounts in `columns`."""
    paths = {column.path[:-1] for column in columns if column.kind is Kind.MONEY}
    known = {column.path: column for column in columns_of(operation)}
    return next((known[*path, _CURRENCY] for path in paths if (*path, _CURRENCY) in known), None)


def width_of(column: Column) -> int:
    """How many cells a column takes: exact numbers are there as number and as text."""
    return 2 if column.kind in EXACT else 1


def starts_of_cells(columns: Sequence[Column]) -> list[int]:
    """The first cell of each column."""
    return [sum(map(width_of, columns[:place])) for place in range(len(columns))]


__all__ = ["SheetTotals", "currency_column", "starts_of_cells", "width_of"]
