"""Rows as a table for people: what is shortened, folded and left out to fit into a terminal. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from ...named_rows import NAMES_BESIDE
from ...tables.columns import END, START, Column
from ...tables.records import Record
from .column_choice import columns_to_spare, is_second_name
from .column_layout import LAST, TOTAL, ColumnLayout, ColumnMaker
from .short_ids import SHORT, with_short_ids
from .shortened_texts import Measure
from .table_style import TableStyle

GAP: Final = 2
"""Characters between two columns."""


@attrs.frozen
class TableLayout:
    """What is shown."""

    columns: tuple[ColumnLayout, ...]
    left_out: tuple[str, ...] = ()
    """Columns that have values but not enough room."""
    times: tuple[str, ...] = ()
    """Those of every row, if they are among what is left out."""

    @property
    def footers(self) -> tuple[str, ...]:
        """The names of the lines below the rows."""
        return tuple(name for name in (TOTAL, LAST) if any(name in each.footers for each in self.columns))

    @property
    def width(self) -> int:
        """How many characters a line takes."""
        return _width([column.width for column in self.columns])


def lay_out_table(records: Sequence[Record], columns: Sequence[Column], style: TableStyle) -> TableLayout:
    """The table of `records`.

    To have room, it leaves out times that are the same in every row, shortens ids that have names, then all
    texts, and at last leaves out columns, the least needed first. It is wider where even that is not enough.
    """
    maker, width = ColumnMaker.of(records, columns, style), style.width
    whole = {column: maker.made(records, column) for column in columns}
    if width is None or style.is_complete:
        return TableLayout(_fitted([*whole.values()], width=width))
    same = _same_times(records, [column for column in columns if column.name in (START, END)])
    gone = set[Column]() if _fits(whole.values(), width) else {*same}
    made: Mapping[Column, ColumnLayout] = whole
    if not _fits(_kept(whole, gone).values(), width):
        made, lost = _with_short_ids(_kept(whole, gone), records, maker, width=width)
        gone |= lost
    kept = _kept(made, gone)
    return TableLayout(
        _narrowed(_with_lone_ids(kept, whole), [*kept.values()], width=width, measure=style.measure),
        left_out=tuple(column.name for column in columns if column in gone),
        times=tuple(whole[time].cells[0] for time in same if time in gone),
    )


def _same_times(records: Sequence[Record], times: Sequence[Column]) -> Sequence[Column]:
    """`times`, if they are the same in all of `records`."""
    return times if len({tuple(record[time.name] for time in times) for record in records}) == 1 else ()


def _kept(made: Mapping[Column, ColumnLayout], gone: Collection[Column]) -> dict[Column, ColumnLayout]:
    return {column: one for column, one in made.items() if column not in gone}


def _with_short_ids(
    whole: Mapping[Column, ColumnLayout], records: Sequence[Record], maker: ColumnMaker, *, width: int
) -> tuple[Mapping[Column, ColumnLayout], set[Column]]:
    """The columns with ids shortened beside their names, and those of them for which there is no room.

    Short ids stay whole, unless a column had to go for them that is none of e-mail addresses.
    """
    attempts: list[tuple[dict[Column, ColumnLayout], set[Column]]] = []
    for kept in (SHORT, 0):
        short = with_short_ids(records, [*whole], whole=kept)
        ids = {c: maker.made(short, c, whole_ids=kept) for c in whole if c.name in NAMES_BESIDE}
        made = {**whole, **ids}
        attempts.append((made, _without_room(made, records, width=width, measure=maker.style.measure)))
    (_, lost), (_, least) = attempts
    return attempts[0] if all(map(is_second_name, lost - least)) else attempts[1]


def _with_lone_ids(
    kept: Mapping[Column, ColumnLayout], whole: Mapping[Column, ColumnLayout]
) -> Sequence[ColumnLayout]:
    """Those that are kept, with whole ids where no name is left beside."""
    named = {column.beside for column in kept if column.names is not None}
    return [one if column.name in named else whole[column] for column, one in kept.items()]


def _without_room(
    made: Mapping[Column, ColumnLayout], records: Sequence[Record], *, width: int, measure: Measure
) -> set[Column]:
    """What goes of the columns, one of which always stays."""
    least = {column: one.told_apart(measure=measure).least for column, one in made.items()}
    gone = set[Column]()
    for group in columns_to_spare([*made], records):
        if _width([each for column, each in least.items() if column not in gone]) <= width:
            break
        if len(gone | {*group}) < len(made):
            gone.update(group)
    return gone


def _narrowed(*choices: Sequence[ColumnLayout], width: int, measure: Measure) -> tuple[ColumnLayout, ...]:
    """The first of the `choices` whose texts have room without their middles; else the last, folded."""
    for columns in choices:
        told = _fitted([column.told_apart(measure=measure) for column in columns], width=width)
        if _fits(told, width):
            return tuple(column.shortened(measure=measure) for column in told)
    return _fitted(choices[-1], width=width)


def _fitted(columns: Sequence[ColumnLayout], *, width: int | None) -> tuple[ColumnLayout, ...]:
    """`columns`, the widest made narrower until all have room, or none can be any more."""
    widths = [column.width for column in columns]
    while width is not None and _width(widths) > width:
        wide = [n for n, column in enumerate(columns) if widths[n] > column.least]
        if not wide:
            break
        widths[max(wide, key=widths.__getitem__)] -= 1
    return tuple(attrs.evolve(column, width=wide) for column, wide in zip(columns, widths, strict=True))


def _fits(columns: Iterable[ColumnLayout], width: int) -> bool:
    return _width([column.width for column in columns]) <= width


def _width(widths: Collection[int]) -> int:
    """How many characters a line of columns that are so wide takes."""
    return sum(widths) + GAP * (len(widths) - 1)


__all__ = ["GAP", "TableLayout", "lay_out_table"]
