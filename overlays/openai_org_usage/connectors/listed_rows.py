"""Small tables for the sources: the items of an organization's lists, and notes on readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import attrs

from ..directory.named_items import NamedKey, NamedProject, NamedUser
from ..directory.names import Names
from ..tables.optional_imports import ArrowTable, require
from .bucket_rows import CALLED, READ_AT

LISTS: Final = {"projects": NamedProject, "users": NamedUser, "api_keys": NamedKey}
LAST_SEEN_AT: Final = "last_seen_at"
_NOTE: Final = {
    CALLED: "string",
    "source_table": "string",
    READ_AT: "time",
    "read_from": "time",
    "row_count": "count",
    "problem": "string",
}


def listed_rows(names: Names, *, list_name: str, organization: str) -> ArrowTable:
    """The items of one of the `LISTS`, with when they were seen in it."""
    seen = {CALLED: organization, LAST_SEEN_AT: _moment(names.read_at or 0.0)}
    items = getattr(names, list_name).values()
    own = {
        field.name: "flag" if field.name.startswith("is_") else "string"
        for field in attrs.fields(LISTS[list_name])
    }
    types = {CALLED: "string", **own, LAST_SEEN_AT: "time"}
    return _table([attrs.asdict(item) | seen for item in items], types)


def reading_note(
    organization: str,
    table: str,
    *,
    read_at: float,
    read_from: float | None = None,
    row_count: int | None = None,
    problems: Iterable[str] = (),
) -> ArrowTable:
    """A row that says what was read, and what was out of the ordinary."""
    row = {
        CALLED: organization,
        "source_table": table,
        READ_AT: _moment(read_at),
        "read_from": None if read_from is None else _moment(read_from),
        "row_count": row_count,
        "problem": "; ".join(problems) or None,
    }
    return _table([row], _NOTE)


def _moment(seconds: float) -> datetime:
    """A moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _table(rows: Sequence[Mapping[str, object]], types: Mapping[str, str]) -> ArrowTable:
    pa = require("pyarrow")
    time = pa.timestamp("us", tz="UTC")
    known = {"string": pa.string(), "flag": pa.bool_(), "time": time, "count": pa.int64()}
    fields = [
        pa.field(name, known[kind], nullable=name not in (CALLED, "id")) for name, kind in types.items()
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


__all__ = ["LISTS", "listed_rows", "reading_note"]
