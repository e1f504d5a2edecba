"""Which columns are worth showing, and which go first where there is no room for all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ...named_rows import NAMES_BESIDE
from ...sums.summed_columns import CURRENCY, SUMMED, UNIT, is_description, is_unit
from ...tables.columns import END, START, Column, Kind
from ...tables.records import Record

NUMBERS: Final = (*SUMMED, Kind.FLOAT)


def choose_columns(columns: Sequence[Column], records: Sequence[Record], *, ends: bool) -> tuple[Column, ...]:
    """Of `columns` those that say something, in an order that reads well: when, of what, how much.

    Left out are the tag, unknown members, columns without a value or with zeros alone, names that are the
    same in every row, what else buckets have than their times, and the end of the buckets unless `ends`
    are wanted.
    """
    names = {START, END} if ends else {START}
    own = [c for c in columns if not c.on_bucket]
    dimensions = [c for c in own if c.kind in (Kind.TEXT, Kind.FLAG) and not is_unit(c)]
    amounts = [c for c in own if c.kind in NUMBERS or is_unit(c)]
    return (
        *(column for column in columns if column.name in names),
        *(column for column in (*dimensions, *amounts) if _says_something(records, column)),
    )


def _says_something(records: Sequence[Record], column: Column) -> bool:
    if column.name == CURRENCY:  # One alone stands in the heading of the amounts.
        return len({record[CURRENCY] for record in records if record[CURRENCY]}) > 1
    if is_description(column) and column.names is None:
        return len({record[column.name] for record in records}) > 1
    return column.required or any(record[column.name] for record in records)


def columns_to_spare(columns: Sequence[Column], records: Sequence[Record]) -> Iterator[tuple[Column, ...]]:
    """What goes first, each time what goes together: descriptions, second names of ids, numbers but one.

    Where that is not enough, texts and times go, too. Numbers that not every row has to have go before
    others, and a unit goes with its number. Names that were looked up are no descriptions.
    """
    for column in reversed(columns):
        if is_description(column) and column.names is None:
            yield (column,)
    yield tuple(filter(is_second_name, columns))
    numbers = [column for column in reversed(columns) if column.kind in NUMBERS]
    numbers.sort(key=lambda column: column.required or column.kind is Kind.MONEY)
    for number in numbers[:-1]:
        yield (number, *(column for column in columns if column.name == number.name + UNIT))
    yield from ((column,) for column in _last_resorts(columns, records))


def is_second_name(column: Column) -> bool:
    """Whether it is the second name of an id, such as an e-mail address, that was looked up."""
    return column.names is not None and column.name not in NAMES_BESIDE[column.beside][:1]


def _last_resorts(columns: Sequence[Column], records: Sequence[Record]) -> Iterator[Column]:
    """What goes where texts cannot be any shorter: ids or names, then all texts but one, then the times.

    Ids go where their names tell them apart, as names were asked for, else the names. Those of the widest
    group go first, such as of projects: what is in it tells more.
    """
    texts = [column for column in columns if folds(column) and not is_unit(column)]
    names = [column for column in texts if column.names is not None]
    named = {c.beside for c in names if not is_second_name(c) and _tell_apart(c, records)}
    spared = [c for c in texts if c.name in named or (c in names and c.beside not in named)]
    yield from spared
    yield from reversed([column for column in texts if column not in spared][1:])
    yield from (column for column in reversed(columns) if column.kind is Kind.TIME)


def _tell_apart(names: Column, records: Sequence[Record]) -> bool:
    """Whether every row with an id has its name, and no other id that one."""
    named = {(record[names.beside], record[names.name]) for record in records if record[names.beside]}
    return all(name for _, name in named) and len({name for _, name in named}) == len(named)


def folds(column: Column) -> bool:
    """Whether its cells are texts, which may be shortened, or go over several lines."""
    return column.kind not in (*NUMBERS, Kind.TIME) and not column.on_bucket


__all__ = ["NUMBERS", "choose_columns", "columns_to_spare", "folds", "is_second_name"]
