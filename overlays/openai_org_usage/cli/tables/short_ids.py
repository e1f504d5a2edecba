"""Ids by their ends, where a table has no room for them and their names stand beside. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ...directory.short_ids import id_end, telling_length
from ...tables.columns import Column
from ...tables.records import Record


def with_short_ids(records: Sequence[Record], columns: Sequence[Column]) -> Sequence[Record]:
    """`records` with the ends alone of ids whose names are known, as long as it takes to tell ids apart."""
    names = [column for column in columns if column.names is not None]
    short = list(records)
    for ids in {column.beside: None for column in names}:
        beside = [column.name for column in names if column.beside == ids]
        length = telling_length([record[ids] for record in records if record[ids]])
        short = [
            {**record, ids: id_end(record[ids], length)}
            if record[ids] and any(record[name] for name in beside)
            else record
            for record in short
        ]
    return short


__all__ = ["with_short_ids"]
