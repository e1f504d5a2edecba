"""Ids by their ends, where a table has no room for them and their names stand beside. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...directory.short_ids import id_end, telling_length
from ...tables.columns import Column
from ...tables.records import Record

SHORT: Final = 16
"""Characters of an id that stays whole where there is room: people know those by sight."""


def with_short_ids(records: Sequence[Record], columns: Sequence[Column], *, whole: int) -> Sequence[Record]:
    """`records` with the ends alone of ids whose names are known and that have more than `whole` characters.

    The ends are as long as it takes to tell ids apart, or as the longest id that stays whole.
    """
    names = [column for column in columns if column.names is not None]
    short = list(records)
    for ids in {column.beside: None for column in names}:
        beside = [column.name for column in names if column.beside == ids]
        every = {record[ids] for record in records if record[ids]}
        kept = max((len(id) for id in every if len(id) <= whole), default=0)
        length = max(telling_length(every), kept - 1)
        short = [
            {**record, ids: id_end(record[ids], length)}
            if len(record[ids] or "") > whole and any(record[name] for name in beside)
            else record
            for record in short
        ]
    return short


__all__ = ["SHORT", "with_short_ids"]
