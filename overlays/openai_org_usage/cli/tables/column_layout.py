"""A column as it is shown: its heading, its cells, what stands below them, and how narrow it can be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Self

import attrs

from ..._generated import OverTime
from ...money import currency_of, exact_sum
from ...named_rows import NAMES_BESIDE
from ...printable import clean
from ...sums.summed_columns import CURRENCY, UNIT
from ...tables.columns import END, START, Column, Kind
from ...tables.records import Record
from .cell_texts import CellStyle
from .column_choice import NUMBERS, folds
from .shortened_texts import Measure, shortened, telling_width
from .table_style import TableStyle

TOTAL: Final = "total"
LAST: Final = "last"


@attrs.frozen
class ColumnLayout:
    """A column as it is shown."""

    name: str
    is_number: bool
    cells: tuple[str, ...]
    footers: Mapping[str, str]
    """What stands below it: under `total` the sum, or under `last` the last value of a level."""
    width: int
    """How many characters of a terminal it takes; some take two."""
    least: int
    """How many it takes at least: numbers, times and headings stay whole, texts go over several lines."""

    def placed(self, cell: str) -> str:
        """`cell` where it stands in its column: numbers on the right, with the blanks at their end."""
        return cell.rjust(self.width) if self.is_number else cell

    def told_apart(self, *, measure: Measure) -> ColumnLayout:
        """The same, no narrower than it takes to tell its texts apart with their middles left out."""
        if self.least == self.width:
            return self
        return attrs.evolve(self, least=max(self.least, telling_width(self.cells, measure=measure)))

    def shortened(self, *, measure: Measure) -> ColumnLayout:
        """The same with its texts as short as its width."""
        cells = tuple(shortened(cell, self.width, measure=measure) for cell in self.cells)
        return attrs.evolve(self, cells=cells)


@attrs.frozen
class ColumnMaker:
    """Makes the columns of one table."""

    style: TableStyle
    cells: CellStyle

    @classmethod
    def of(cls, records: Iterable[Record], columns: Iterable[Column], style: TableStyle) -> Self:
        """What makes those of a table with these `records`."""
        times = [column.name for column in columns if column.kind is Kind.TIME]
        moments: list[datetime | None] = [record[time] for record in records for time in times]
        return cls(style, CellStyle.of(moments, exact=style.exact))

    def made(self, records: Sequence[Record], column: Column, *, whole_ids: int = 0) -> ColumnLayout:
        """The `column` of `records`; ids of up to `whole_ids` characters are not shortened any more."""
        last = _last_end(records, column)
        has_total = self.style.adds_up and _can_be_added(records, column)
        total = [_total(records, column, last=last)] if has_total else []
        texts = self.cells.texts([*(record[column.name] for record in records), *total], column.kind)
        over_time = last is not None and len({record[START] for record in records}) > 1
        below = dict.fromkeys([LAST if over_time else TOTAL], texts[-1]) if total else dict[str, str]()
        is_level = last is not None and self.style.is_summed
        heading = f"{column.name}, {LAST}" if is_level else _heading(records, column)
        least = width = max(map(self.style.measure, (heading, *texts)))
        cells = texts[: len(records)]
        if folds(column):
            least = min(width, max(len(heading), len(TOTAL), _longest_id(column, cells, whole_ids)))
        return ColumnLayout(heading, column.kind in NUMBERS, cells, below, width, least)


def _longest_id(column: Column, cells: Iterable[str], whole: int) -> int:
    """How many characters the longest id has of those with up to `whole`."""
    ids = cells if column.name in NAMES_BESIDE else ()
    return max((len(id) for id in ids if len(id) <= whole), default=0)


def _last_end(records: Iterable[Record], column: Column) -> datetime | None:
    """Of a level, the end of the last bucket that has a value of it; None for all other columns."""
    if column.over_time != OverTime.LAST:
        return None
    return max((record[END] for record in records if record[column.name] is not None), default=None)


def _total(records: Iterable[Record], column: Column, *, last: datetime | None) -> int | Decimal:
    """The exact sum; of a level that of the bucket that ends `last`, as levels do not add up over time."""
    values: list[int | Decimal] = [
        value
        for record in records
        if (value := record[column.name]) is not None and last in (None, record[END])
    ]
    total = exact_sum(values)
    return int(total) if all(isinstance(value, int) for value in values) else total


def _heading(records: Iterable[Record], column: Column) -> str:
    """The name; of money with its currency, if there is one only."""
    if column.kind is not Kind.MONEY:
        return column.name
    currencies = {record.get(CURRENCY) for record in records if record[column.name] is not None}
    currency = currencies.pop() if len(currencies) == 1 else None
    return f"{column.name}, {clean(currency)}" if isinstance(currency, str) else column.name


def _can_be_added(records: Sequence[Record], column: Column) -> bool:
    """Whether there is more than one value, and all are in one currency or unit."""
    if column.kind not in NUMBERS or len(records) < 2:
        return False
    unit = CURRENCY if column.kind is Kind.MONEY else column.name + UNIT
    units = {record.get(unit) for record in records if record[column.name] is not None}
    # Amounts without a currency may be of several.
    return len(units) == 1 and (column.kind is not Kind.MONEY or currency_of(*units) is not None)


__all__ = ["LAST", "TOTAL", "ColumnLayout", "ColumnMaker"]
