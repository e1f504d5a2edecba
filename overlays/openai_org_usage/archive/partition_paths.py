"""Where things stand in an archive: a file for each table, organization and UTC month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Final

from .._generated import InvalidParameterError
from ..times import month_after

RESTATEMENTS: Final = "restatements"
"""The table of what has changed after it had been read."""
LISTS: Final = ("projects", "users", "api_keys")
"""The tables of names, with a single partition each."""
WHOLE: Final = "all"
"""The month of a partition that is not one of a month."""
_PARTITION: Final = re.compile(r"table=([^/]+)/organization=([^/]+)/month=([^/]+)/data\.parquet")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")


def partition_path(table: str, organization: str, month: str) -> str:
    """The file of one month, in the archive."""
    return f"table={table}/organization={organization}/month={month}/data.parquet"


def partition_key(path: str) -> tuple[str, str, str] | None:
    """Table, organization and month of a file; None if it is not one of a month."""
    found = _PARTITION.fullmatch(path)
    return None if found is None else (found[1], found[2], found[3])


def repair_words(paths: Iterable[str]) -> str:
    """What pulls files of tables again, as far as can be: the words after the program's name."""
    keys = [key for path in paths if (key := partition_key(path)) is not None]
    tables = dict.fromkeys(table for table, _, _ in keys if table not in (*LISTS, RESTATEMENTS))
    return f"sync --repair --table {','.join(tables)}" if tables else "sync --repair"


def month_of(seconds: float) -> str:
    """The UTC month of a moment in Unix seconds: `2026-10`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")


def month_bounds(month: str) -> tuple[int, int]:
    """Where `month` begins and ends, in Unix seconds."""
    first = date.fromisoformat(f"{month}-01")
    return _midnight(first), _midnight(month_after(first))


def months_between(first: str, last: str) -> Iterator[str]:
    """The months from `first` to `last`, both included."""
    while first <= last:
        yield first
        first = month_of(month_bounds(first)[1])


def checked_name(name: str, *, parameter: str) -> str:
    """`name`, which becomes part of a path.

    Raises:
        InvalidParameterError: it has other characters than those that every store and engine takes.
    """
    if not _NAME.fullmatch(name):
        raise InvalidParameterError(
            f"{parameter}: {name!r} cannot be part of a path: take letters, digits, dots, hyphens and "
            "underscores, and begin with a letter or digit, and end with no dot",
            parameter=parameter,
        )
    return name


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())


__all__ = [
    "LISTS",
    "RESTATEMENTS",
    "WHOLE",
    "checked_name",
    "month_bounds",
    "month_of",
    "months_between",
    "partition_key",
    "partition_path",
    "repair_words",
]
