"""Rows as a table for people: which columns are worth showing, and every value exact. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from functools import partial

import attrs

from ..money import currency_of
from ..named_rows import NAMES_BESIDE
from ..printable import clean
from ..tables.columns import END, START, Column, Kind
from ..tables.records import Record, as_json, digits
from .aggregate import CURRENCY, SUMMED, UNIT, is_description, is_unit, last_ends, sums
from .short_ids import with_short_ids

_NUMBERS = (*SUMMED, Kind.FLOAT)
_MONEY_PLACES = 2
_TOTAL, _LAST = "total", "last"


@attrs.frozen
class ColumnLayout:
    """A column as it is shown."""

    name: str
    is_number: bool
    folds: bool
    """Whether its cells may go over several lines: texts may; numbers, times and headings never do."""
    cells: tuple[str, ...]
    footers: Mapping[str, str]
    """What stands below it: under `total` the sum, or under `last` the last value of a level."""
    width: int
    """How many characters of a terminal it takes; some take two."""

    @property
    def least(self) -> int:
        """How many it takes at least."""
        return min(self.width, max(len(self.name), len(_TOTAL))) if self.folds else self.width

    def placed(self, cell: str) -> str:
        """`cell` where it stands in its column: numbers on the right, with the blanks at their end."""
        return cell.rjust(self.width) if self.is_number else cell


@attrs.frozen
class TableLayout:
    """What is shown."""

    columns: tuple[ColumnLayout, ...]
    gap: int
    """Characters between two columns."""
    left_out: tuple[str, ...]
    """Columns that have values but not enough room."""
    times: tuple[str, ...]
    """Those of every row, if they are among what is left out."""

    @property
    def footers(self) -> tuple[str, ...]:
        """The names of the lines below the rows."""
        return tuple(name for name in (_TOTAL, _LAST) if any(name in each.footers for each in self.columns))

    @property
    def width(self) -> int:
        """How many characters a line takes."""
        return _width([column.width for column in self.columns], self.gap)


def choose_columns(columns: Sequence[Column], records: Sequence[Record], *, ends: bool) -> tuple[Column, ...]:
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


def lay_out_table(
    records: Sequence[Record],
    columns: Sequence[Column],
    *,
    width: int | None,
    gap: int,
    totals: bool,
    complete: bool,
    measure: Callable[[str], int],
    adds_up: bool = True,
) -> TableLayout:
    """The table of `records`, with `gap` between two columns; `totals` says that rows are added up over time.

    Below the numbers stand their sums, if it `adds_up` and they are of one currency or unit.

    To be at most `width` wide by `measure`, it shortens ids that have names and leaves out columns, unless it
    is to be `complete`, the least needed first, and at last folds texts. It is wider where even that is not
    enough.
    """
    times = [column for column in columns if column.kind is Kind.TIME]
    whole_days = all(_is_midnight(record[time.name]) for record in records for time in times)
    make = partial(_column, whole_days=whole_days, totals=totals, measure=measure, adds_up=adds_up)
    whole = made = {column: make(records, column) for column in columns}
    same = _same_times(records, [time for time in times if time.name in (START, END)])
    gone = set[Column]()
    if width is not None and not complete:
        if _width([one.width for column, one in made.items() if column not in same], gap) > width:
            short = with_short_ids(records, columns)
            made = {c: make(short, c) if c.name in NAMES_BESIDE else one for c, one in made.items()}
        gone = _without_room(made, (same, *_spared(columns)), gap=gap, width=width)
        named = {column.beside for column in columns if column.names is not None and column not in gone}
        made = {c: one if c.name in named else whole[c] for c, one in made.items()}
    kept = _folded([made[c] for c in columns if c not in gone], gap=gap, width=width)
    left_out = tuple(column.name for column in columns if column in gone)
    shown = tuple(made[time].cells[0] for time in same if time in gone)
    return TableLayout(kept, gap, left_out, shown)


def _without_room(
    made: Mapping[Column, ColumnLayout], spared: Sequence[Sequence[Column]], *, gap: int, width: int
) -> set[Column]:
    """What goes of the columns that can be `spared`, and if that is not enough, of texts and times, too."""
    gone = set[Column]()
    for group in spared:
        if _width([one.width for column, one in made.items() if column not in gone], gap) <= width:
            return gone
        gone.update(group)
    for column in _last_resorts([column for column in made if column not in gone]):
        if _width([one.least for other, one in made.items() if other not in gone], gap) <= width:
            break
        gone.add(column)
    return gone


def _same_times(records: Sequence[Record], times: Sequence[Column]) -> Sequence[Column]:
    """`times`, if they are the same in all of `records`."""
    return times if len({tuple(record[time.name] for time in times) for record in records}) == 1 else ()


def _spared(columns: Sequence[Column]) -> Iterator[tuple[Column, ...]]:
    """What can be spared, each time what goes together: descriptions, numbers but one, second names of ids.

    Numbers that not every row has to have go first, and a unit goes with its number. Names that were looked
    up are no descriptions.
    """
    for column in reversed(columns):
        if is_description(column) and column.names is None:
            yield (column,)
    numbers = [column for column in reversed(columns) if column.kind in _NUMBERS]
    numbers.sort(key=lambda column: column.required or column.kind is Kind.MONEY)
    for number in numbers[:-1]:
        yield (number, *(column for column in columns if column.name == number.name + UNIT))
    first = {column.beside: column for column in reversed(columns) if column.names is not None}
    yield tuple(c for c in columns if c.names is not None and c is not first[c.beside])


def _last_resorts(columns: Sequence[Column]) -> Iterator[Column]:
    """What goes where texts cannot be folded any more: names, then all texts but one, then the times.

    Of names those of the widest group go first, such as of projects: what is in it tells more.
    """
    texts = [column for column in columns if _folds(column) and not is_unit(column)]
    yield from (column for column in texts if column.names is not None)
    yield from reversed([column for column in texts if column.names is None][1:])
    yield from (column for column in reversed(columns) if column.kind is Kind.TIME and len(columns) > 1)


def _folded(columns: Sequence[ColumnLayout], *, gap: int, width: int | None) -> tuple[ColumnLayout, ...]:
    """`columns`, the widest texts folded until all have room, or none can be folded any more."""
    widths = [column.width for column in columns]
    while width is not None and _width(widths, gap) > width:
        foldable = [n for n, column in enumerate(columns) if widths[n] > column.least]
        if not foldable:
            break
        widths[max(foldable, key=widths.__getitem__)] -= 1
    return tuple(attrs.evolve(column, width=wide) for column, wide in zip(columns, widths, strict=True))


def _folds(column: Column) -> bool:
    return column.kind not in (*_NUMBERS, Kind.TIME) and not column.on_bucket


def _says_something(records: Sequence[Record], column: Column) -> bool:
    if column.name == CURRENCY:  # One alone stands in the heading of the amounts.
        return len({record[CURRENCY] for record in records if record[CURRENCY]}) > 1
    if is_description(column) and column.names is None:
        return len({record[column.name] for record in records}) > 1
    return column.required or any(record[column.name] for record in records)


def _width(widths: Collection[int], gap: int) -> int:
    return sum(widths) + gap * (len(widths) - 1)


def _column(
    records: Sequence[Record],
    column: Column,
    *,
    whole_days: bool,
    totals: bool,
    measure: Callable[[str], int],
    adds_up: bool,
) -> ColumnLayout:
    values = [record[column.name] for record in records]
    levels = last_ends(records, [column])
    can_be_added = adds_up and _can_be_added(records, column)
    total = sums(records, [column], levels=levels)[column.name] if can_be_added else None
    # Points stand below each other, so that numbers compare at a glance.
    least = _MONEY_PLACES if column.kind is Kind.MONEY else 0
    places = max([least, *(_places(value) for value in [*values, total] if isinstance(value, Decimal))])
    zeros = column.kind is Kind.MONEY
    text = partial(_text, whole_days=whole_days, places=places, zeros=zeros)
    over_time = bool(levels) and len({record[START] for record in records}) > 1
    footers = {} if total is None else {_LAST if over_time else _TOTAL: text(total)}
    heading = f"{column.name}, {_LAST}" if levels and totals else _heading(records, column)
    cells = tuple(map(text, values))
    width = max(map(measure, (heading, *footers.values(), *cells)))
    return ColumnLayout(heading, column.kind in _NUMBERS, _folds(column), cells, footers, width)


def _heading(records: Sequence[Record], column: Column) -> str:
    """The name; of money with its currency, if there is one only."""
    if column.kind is not Kind.MONEY:
        return column.name
    currencies = {record.get(CURRENCY) for record in records if record[column.name] is not None}
    currency = currencies.pop() if len(currencies) == 1 else None
    return f"{column.name}, {clean(currency)}" if isinstance(currency, str) else column.name


def _can_be_added(records: Sequence[Record], column: Column) -> bool:
    """Whether there is more than one value, and all are in one currency or unit."""
    if column.kind not in _NUMBERS or len(records) < 2:
        return False
    unit = CURRENCY if column.kind is Kind.MONEY else column.name + UNIT
    units = {record.get(unit) for record in records if record[column.name] is not None}
    # Amounts without a currency may be of several.
    return len(units) == 1 and (column.kind is not Kind.MONEY or currency_of(*units) is not None)


def _text(value: object, *, whole_days: bool, places: int, zeros: bool) -> str:
    """`value` in full; a decimal filled up to `places` digits after the point, with blanks or `zeros`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return _decimal(value, places=places, zeros=zeros)
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else repr(value)
    return clean(value if isinstance(value, str) else as_json(value) or "")


def _decimal(value: Decimal, *, places: int, zeros: bool) -> str:
    plain = digits(value)
    if "E" in plain:
        return plain
    full = f"{value:,.{places}f}"
    return full if zeros or not places else full.rstrip("0").rstrip(".").ljust(len(full))


def _places(value: Decimal) -> int:
    """Digits after the point that are not zeros at the end; none where there is an exponent."""
    plain = digits(value)
    return 0 if "E" in plain else len(plain.partition(".")[2].rstrip("0"))


def _is_midnight(moment: datetime | None) -> bool:
    return moment is None or moment.time() == time.min
