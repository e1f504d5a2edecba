"""Rows as a table for people: which columns are worth showing, and how they fit into a terminal. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

import attrs

from ...money import currency_of
from ...named_rows import NAMES_BESIDE
from ...printable import clean
from ...tables.columns import END, START, Column, Kind
from ...tables.records import Record
from ..rows.aggregate import CURRENCY, SUMMED, UNIT, is_description, is_unit, last_ends, sums
from .cell_texts import CellStyle
from .short_ids import with_short_ids
from .shortened_texts import Measure, shortened, telling_width

_NUMBERS = (*SUMMED, Kind.FLOAT)
_TOTAL, _LAST = "total", "last"


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
    measure: Measure,
    adds_up: bool = True,
    exact: bool = False,
) -> TableLayout:
    """The table of `records`, with `gap` between two columns; `totals` says that rows are added up over time.

    Below the numbers stand their sums, if it `adds_up` and they are of one currency or unit. Amounts are
    rounded to be read unless all digits are wanted (`exact`); sums are those of the exact ones.

    To be at most `width` wide by `measure`, it leaves out times that are the same in every row, shortens ids
    that have names, then all texts, and at last leaves out columns, the least needed first. If it is to be
    `complete`, it folds texts and does no more. It is wider where even that is not enough.
    """
    times = [column for column in columns if column.kind is Kind.TIME]
    style = CellStyle.of(_moments(records, times), exact=exact)
    make = partial(_column, style=style, totals=totals, measure=measure, adds_up=adds_up)
    whole = made = {column: make(records, column) for column in columns}
    if width is None or complete:
        return TableLayout(_fitted(tuple(made.values()), gap=gap, width=width), gap, (), ())
    same = _same_times(records, [time for time in times if time.name in (START, END)])
    gone = set(same) if _width([one.width for one in made.values()], gap) > width else set[Column]()
    if _width([one.width for column, one in made.items() if column not in gone], gap) > width:
        short = with_short_ids(records, columns)
        made = {c: make(short, c) if c.name in NAMES_BESIDE else one for c, one in made.items()}
        told = {c: one.told_apart(measure=measure) for c, one in made.items() if c not in gone}
        gone |= _without_room(told, _spared([*told]), gap=gap, width=width)
    named = {column.beside for column in columns if column.names is not None and column not in gone}
    long = [one if c.name in named else whole[c] for c, one in made.items() if c not in gone]
    kept = [one for column, one in made.items() if column not in gone]
    return TableLayout(
        _narrowed(long, kept, gap=gap, width=width, measure=measure),
        gap,
        left_out=tuple(column.name for column in columns if column in gone),
        times=tuple(whole[time].cells[0] for time in same if time in gone),
    )


def _moments(records: Sequence[Record], times: Sequence[Column]) -> list[datetime | None]:
    return [record[time.name] for record in records for time in times]


def _without_room(
    made: Mapping[Column, ColumnLayout], spared: Iterable[Sequence[Column]], *, gap: int, width: int
) -> set[Column]:
    """What goes of the columns that can be `spared`, and if that is not enough, of texts and times, too."""
    gone = set[Column]()
    for group in chain(spared, ((column,) for column in _last_resorts(list(made)))):
        if _width([one.least for column, one in made.items() if column not in gone], gap) <= width:
            break
        if len(gone | {*group}) < len(made):
            gone.update(group)
    return gone


def _same_times(records: Sequence[Record], times: Sequence[Column]) -> Sequence[Column]:
    """`times`, if they are the same in all of `records`."""
    return times if len({tuple(record[time.name] for time in times) for record in records}) == 1 else ()


def _spared(columns: Sequence[Column]) -> Iterator[tuple[Column, ...]]:
    """What can be spared, each time what goes together: descriptions, second names of ids, numbers but one.

    Numbers that not every row has to have go first, and a unit goes with its number. Names that were looked
    up are no descriptions.
    """
    for column in reversed(columns):
        if is_description(column) and column.names is None:
            yield (column,)
    first = {column.beside: column for column in reversed(columns) if column.names is not None}
    yield tuple(c for c in columns if c.names is not None and c is not first[c.beside])
    numbers = [column for column in reversed(columns) if column.kind in _NUMBERS]
    numbers.sort(key=lambda column: column.required or column.kind is Kind.MONEY)
    for number in numbers[:-1]:
        yield (number, *(column for column in columns if column.name == number.name + UNIT))


def _last_resorts(columns: Sequence[Column]) -> Iterator[Column]:
    """What goes where texts cannot be any shorter: names, then all texts but one, then the times.

    Of names those of the widest group go first, such as of projects: what is in it tells more.
    """
    texts = [column for column in columns if _folds(column) and not is_unit(column)]
    yield from (column for column in texts if column.names is not None)
    yield from reversed([column for column in texts if column.names is None][1:])
    yield from (column for column in reversed(columns) if column.kind is Kind.TIME)


def _narrowed(
    *choices: Sequence[ColumnLayout], gap: int, width: int, measure: Measure
) -> tuple[ColumnLayout, ...]:
    """The first of the `choices` whose texts have room without their middles; else the last, folded."""
    for columns in choices:
        told = _fitted([column.told_apart(measure=measure) for column in columns], gap=gap, width=width)
        if _width([column.width for column in told], gap) <= width:
            return tuple(column.shortened(measure=measure) for column in told)
    return _fitted(choices[-1], gap=gap, width=width)


def _fitted(columns: Sequence[ColumnLayout], *, gap: int, width: int | None) -> tuple[ColumnLayout, ...]:
    """`columns`, the widest made narrower until all have room, or none can be any more."""
    widths = [column.width for column in columns]
    while width is not None and _width(widths, gap) > width:
        wide = [n for n, column in enumerate(columns) if widths[n] > column.least]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
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
    style: CellStyle,
    totals: bool,
    measure: Measure,
    adds_up: bool,
) -> ColumnLayout:
    values = [record[column.name] for record in records]
    levels = last_ends(records, [column])
    can_be_added = adds_up and _can_be_added(records, column)
    total = [sums(records, [column], levels=levels)[column.name]] if can_be_added else []
    texts = style.texts([*values, *total], column.kind)
    cells, below = texts[: len(values)], texts[len(values) :]
    over_time = bool(levels) and len({record[START] for record in records}) > 1
    footers = dict[str, str]()
    if below:
        footers[_LAST if over_time else _TOTAL] = below[0]
    heading = f"{column.name}, {_LAST}" if levels and totals else _heading(records, column)
    width = max(map(measure, (heading, *texts)))
    least = max(len(heading), len(_TOTAL)) if _folds(column) else width
    return ColumnLayout(heading, column.kind in _NUMBERS, cells, footers, width, min(width, least))


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
