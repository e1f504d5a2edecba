"""Rows as a table for people: which columns are worth showing, and every value exact. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from functools import partial

import attrs

from ..tables.columns import END, START, Column, Kind
from ..tables.records import Record, as_json, digits
from .arranging import CURRENCY, SUMMED, UNIT, is_description, is_unit, last_ends, sums

_NUMBERS = SUMMED
_MONEY_PLACES = 2
_TOTAL, _LAST = "total", "last"


@attrs.frozen
class SheetColumn:
    """A column as it is shown."""

    name: str
    is_number: bool
    cells: tuple[str, ...]
    footers: Mapping[str, str]
    """What stands below it: under `total` the sum, or under `last` the last value of a level."""

    @property
    def width(self) -> int:
        """How many characters it takes."""
        return max(map(len, (self.name, *self.footers.values(), *self.cells)), default=0)


@attrs.frozen
class Sheet:
    """What is shown."""

    columns: tuple[SheetColumn, ...]
    left_out: tuple[str, ...]
    """Columns that have values but not enough room."""

    @property
    def footers(self) -> tuple[str, ...]:
        """The names of the lines below the rows."""
        return tuple(name for name in (_TOTAL, _LAST) if any(name in each.footers for each in self.columns))


def worth_showing(columns: Sequence[Column], records: Sequence[Record], *, ends: bool) -> tuple[Column, ...]:
    """Of `columns` those that say something, in an order that reads well: when, of what, how much.

    Left out are the tag, unknown members, columns without a value or with zeros alone, names that are the
    same in every row, what else buckets have than their times, and the end of the buckets unless `ends`
    are wanted.
    """
    names = {START, END} if ends else {START}
    own = [c for c in columns if not c.on_bucket]
    dimensions = [c for c in own if c.kind in (Kind.TEXT, Kind.FLAG) and not is_unit(c)]
    amounts = [c for c in own if c.kind in _NUMBERS or is_unit(c)]
    return (
        *(column for column in columns if column.name in names),
        *(column for column in (*dimensions, *amounts) if _says_something(records, column)),
    )


def make_sheet(
    records: Sequence[Record], columns: Sequence[Column], *, width: int | None, gap: int, totals: bool
) -> Sheet:
    """The table of `records`, with `gap` between two columns; `totals` says that rows are added up over time.

    To be at most `width` characters wide, it leaves out the last numbers that have no room, first
    those that not every row has to have; a unit goes with its number.
    """
    times = [column.name for column in columns if column.kind is Kind.TIME]
    whole_days = all(_is_midnight(record[name]) for record in records for name in times)
    made = {column: _column(records, column, whole_days=whole_days, totals=totals) for column in columns}
    left_out: list[str] = []
    while width is not None and _width(made.values(), gap) > width:
        column = _least_needed(list(made))
        if column is None:
            break
        gone = _with_unit(column, list(made))
        for one in gone:
            del made[one]
        left_out[:0] = [one.name for one in gone]
    return Sheet(tuple(made.values()), tuple(left_out))


def _least_needed(columns: Sequence[Column]) -> Column | None:
    """The last number that not every row has to have, else the last of all; None if there is but one."""
    numbers = [column for column in columns if column.kind in _NUMBERS]
    optional = [column for column in numbers if not column.required and column.kind is not Kind.MONEY]
    return (optional or numbers)[-1] if len(numbers) > 1 else None


def _with_unit(number: Column, columns: Sequence[Column]) -> tuple[Column, ...]:
    """`number`, and its unit if it has one."""
    return (number, *(column for column in columns if column.name == number.name + UNIT))


def _says_something(records: Sequence[Record], column: Column) -> bool:
    if column.name == CURRENCY:  # One alone stands in the heading of the amounts.
        return len({record[CURRENCY] for record in records if record[CURRENCY]}) > 1
    if is_description(column):
        return len({record[column.name] for record in records}) > 1
    return column.required or any(record[column.name] for record in records)


def _width(columns: Collection[SheetColumn], gap: int) -> int:
    return sum(column.width for column in columns) + gap * (len(columns) - 1)


def _column(records: Sequence[Record], column: Column, *, whole_days: bool, totals: bool) -> SheetColumn:
    values = [record[column.name] for record in records]
    levels = last_ends(records, [column])
    total = sums(records, [column], levels=levels)[column.name] if _can_be_added(records, column) else None
    places = None
    if column.kind is Kind.MONEY:  # Points stand below each other, so that amounts compare at a glance.
        places = max([_MONEY_PLACES, *(_places(value) for value in [*values, total] if value is not None)])
    text = partial(_text, whole_days=whole_days, places=places)
    over_time = bool(levels) and len({record[START] for record in records}) > 1
    footers = {} if total is None else {_LAST if over_time else _TOTAL: text(total)}
    heading = f"{column.name}, {_LAST}" if levels and totals else _heading(records, column)
    return SheetColumn(heading, column.kind in _NUMBERS, tuple(map(text, values)), footers)


def _heading(records: Sequence[Record], column: Column) -> str:
    """The name; of money with its currency, if there is one only."""
    if column.kind is not Kind.MONEY:
        return column.name
    currencies = {record[CURRENCY] for record in records if record[column.name] is not None}
    return f"{column.name}, {currencies.pop()}" if len(currencies) == 1 else column.name


def _can_be_added(records: Sequence[Record], column: Column) -> bool:
    """Whether there is more than one value, and all are in one currency or unit."""
    if column.kind not in _NUMBERS or len(records) < 2:
        return False
    unit = CURRENCY if column.kind is Kind.MONEY else column.name + UNIT
    return len({record.get(unit) for record in records if record[column.name] is not None}) == 1


def _text(value: object, *, whole_days: bool, places: int | None) -> str:
    """`value` in full; a decimal with `places` digits after the point, or as many as it needs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        plain = digits(value)
        return plain if "E" in plain else f"{value:,.{_places(value) if places is None else places}f}"
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else as_json(value) or ""


def _places(value: Decimal) -> int:
    """Digits after the point that are not zeros at the end; none where there is an exponent."""
    plain = digits(value)
    return 0 if "E" in plain else len(plain.partition(".")[2].rstrip("0"))


def _is_midnight(moment: datetime) -> bool:
    return moment.time() == time.min
