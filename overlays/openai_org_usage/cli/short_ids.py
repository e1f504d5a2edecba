"""Ids by their ends, where a table has no room for them and their names stand beside. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..tables.columns import Column
from ..tables.records import Record

_LEAST: Final = 6
"""Characters of an id that are shown at least."""


def with_short_ids(records: Sequence[Record], columns: Sequence[Column]) -> Sequence[Record]:
    """`records` with the ends alone of ids whose names are known, as long as it takes to tell ids apart."""
    names = [column for column in columns if column.names is not None]
    short = list(records)
    for ids in {column.beside: None for column in names}:
        beside = [column.name for column in names if column.beside == ids]
        length = _telling_length([record[ids] for record in records if record[ids]])
        short = [
            {**record, ids: _end(record[ids], length)} if any(record[name] for name in beside) else record
            for record in short
        ]
    return short


def _telling_length(ids: Sequence[str]) -> int:
    """How many characters at the end tell different `ids` apart."""
    different = set(ids)
    longest = max(map(len, different), default=0)
    lengths = range(_LEAST, longest)
    return next((n for n in lengths if len({id[-n:] for id in different}) == len(different)), longest)


def _end(id: str | None, length: int) -> str | None:
    return id if id is None or len(id) <= length + 1 else f"…{id[-length:]}"


__all__ = ["with_short_ids"]
