"""The archive asked by SQL: views of DuckDB over its files, with the names of what their ids stand for.

Nothing of a table is read before a query asks for it: what columns there are is known beforehand, and a file
that lacks some has nulls. Sums of `DECIMAL(38,30)` are exact, or DuckDB refuses them beyond 10^8.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import attrs

from ..._generated import OPERATIONS
from ...errors import ArchiveDamagedError, ArchiveLockedError
from ...named_rows import FixedNames
from ...tables.columns import EXACT, Column, Kind, columns_of, with_names
from ...tables.optional_imports import DuckConnection, require
from ..archive_table import ArchiveTable
from ..item_versions import list_columns
from ..manifest import ArchiveManifest, TableState
from ..partition_paths import LISTS, RESTATEMENTS, partition_path
from ..partitions import EXACT_SUFFIX, ORGANIZATION, PULLED_AT, file_columns
from ..storage.journal import is_changing
from ..storage.storage import Storage
from ..sync.restatements import RESTATEMENT_COLUMNS
from .sql_files import file_reader, literal, quoted, type_of

TABLES: Final = "archive_tables"
"""The view that says what is kept, how far, and how old it is."""
_KEYS: Final = {"organization": Kind.TEXT, "month": Kind.TEXT}
_LOOK_UPS: Final = {
    "project_name": ("projects", "name"),
    "user_name": ("users", "name"),
    "user_email": ("users", "email"),
    "api_key_name": ("api_keys", "name"),
}
"""Where each name is found that stands beside an id."""
_KEPT: Final = {
    "table_name": Kind.TEXT,
    "organization": Kind.TEXT,
    "organization_id": Kind.TEXT,
    "operation": Kind.TEXT,
    "bucket_width": Kind.TEXT,
    "group_by": Kind.TEXT,
    "read_from": Kind.TIME,
    "read_until": Kind.TIME,
    "read_at": Kind.TIME,
    "complete_until": Kind.TIME,
    "lookback_seconds": Kind.COUNT,
    "gaps": Kind.COUNT,
    "months": Kind.COUNT,
    "rows": Kind.COUNT,
    "bytes": Kind.COUNT,
    "refused": Kind.TEXT,
}


_OF_CATALOG: Final = re.compile(r"\b(show|information_schema|duckdb_|pg_|sqlite_)", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w.-]+")


def connect(storage: Storage, manifest: ArchiveManifest, *, query: str | None = None) -> DuckConnection:
    """A connection of its own, in memory, that has a view for each table and sees what is kept by now.

    Args:
        query: what it is for, if that is known: views that are not named there may be missing.

    Raises:
        MissingExtraError: duckdb is not installed.
        ArchiveDamagedError: a file is missing.
    """
    duckdb = require("duckdb")
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        _Views(connection, storage, manifest, _names_in(query)).make()
    except duckdb.Error:
        connection.close()
        check_whole(storage, manifest)
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def check_whole(storage: Storage, manifest: ArchiveManifest) -> None:
    """Make sure that all files are there, and as long as they were written.

    Raises:
        ArchiveDamagedError: some are not; the first is named.
        ArchiveLockedError: they are just being moved there.
    """
    damaged = [path for path, size in _files(manifest) if storage.size(path) != size]
    if damaged and is_changing(storage):
        raise ArchiveLockedError(f"{storage.location} is being written: ask again in a minute")
    if damaged:
        others = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        raise ArchiveDamagedError(
            f"{storage.location}: {damaged[0]}{others} is missing or not as it was written; "
            "sync --repair pulls it again",
            paths=tuple(damaged),
        )


def _files(manifest: ArchiveManifest) -> Iterator[tuple[str, int]]:
    for organization, state in manifest.organizations.items():
        for table, kept in state.tables.items():
            for month, partition in kept.months.items():
                yield partition_path(table, organization, month), partition.bytes


@attrs.frozen
class _Views:
    """Makes the views of a connection."""

    connection: DuckConnection
    storage: Storage
    manifest: ArchiveManifest
    wanted: Container[str]

    def make(self) -> None:
        """Make those that are wanted, and the lists, which others need."""
        self.connection.execute("CREATE SCHEMA directory")
        for name in LISTS:
            self._make_list(name)
        for name in self.manifest.tables:
            if name.lower() in self.wanted:
                self._make_table(self.manifest.table(name))
        if RESTATEMENTS in self.wanted:
            rows = self._rows(RESTATEMENTS, RESTATEMENT_COLUMNS)
            self._create("VIEW", RESTATEMENTS, f"SELECT * FROM {rows}")
        if TABLES in self.wanted:
            self._create("VIEW", TABLES, _values(_KEPT, list(self._kept())))

    def _make_list(self, name: str) -> None:
        """The versions of all items, and beside it the last of each, for joins: these are read at once."""
        rows = self._rows(name, list_columns(name))
        self._create(
            "TABLE", name, f"SELECT * EXCLUDE (month) FROM {rows} ORDER BY organization, id, first_seen"
        )
        last = f"SELECT DISTINCT ON (organization, id) * FROM {quoted(name)} ORDER BY first_seen DESC"
        self._create("TABLE", f"directory.{name}", last)

    def _make_table(self, table: ArchiveTable) -> None:
        columns = with_names(columns_of(OPERATIONS[table.operation]), FixedNames())
        kinds = file_columns(OPERATIONS[table.operation])
        shown = [*(f"r.{quoted(key)}" for key in _KEYS), *_shown(columns, kinds)]
        ids = {column.beside: _LOOK_UPS[column.name][0] for column in columns if column.names is not None}
        joins = [
            f"LEFT JOIN directory.{quoted(list)} ON {list}.organization = r.organization"
            f" AND {list}.id = r.{quoted(id)}"
            for id, list in ids.items()
        ]
        self._create(
            "VIEW",
            table.name,
            f"SELECT {', '.join(shown)}, {self._complete(table)} AS complete, r.{PULLED_AT} "
            f"FROM {self._rows(table.name, kinds)} AS r {' '.join(joins)}",
        )

    def _complete(self, table: ArchiveTable) -> str:
        """Whether the bucket had ended for the look-back when it was last read."""
        cases = [
            f"WHEN {literal(name)} THEN r.start_time <= {literal(_moment(until - table.seconds))}"
            f"{_outside(kept.unsettled, table.seconds)}"
            for name, state in self.manifest.organizations.items()
            if (kept := state.tables.get(table.name)) and (until := kept.settled_until) is not None
        ]
        return f"CASE r.organization {' '.join(cases)} ELSE false END" if cases else "false"

    def _rows(self, table: str, kinds: Mapping[str, Kind]) -> str:
        """What stands behind `FROM` for all rows of a table."""
        paths = [
            partition_path(table, organization, month)
            for organization, state in self.manifest.organizations.items()
            if table in state.tables
            for month in state.tables[table].months
        ]
        if not paths:
            return f"({_values({**_KEYS, **kinds}, [])})"
        return file_reader(self.connection, self.storage).rows(table, paths, kinds)

    def _kept(self) -> Iterator[Sequence[object]]:
        for organization, state in self.manifest.organizations.items():
            for table, kept in state.tables.items():
                defined = self.manifest.tables.get(table)
                yield (
                    table,
                    organization,
                    state.id,
                    defined.operation if defined else None,
                    defined.bucket_width if defined else None,
                    ",".join(defined.group_by) if defined else None,
                    *_read(state.names_read_at if table in LISTS else None, kept),
                    len(kept.gaps),
                    len(kept.months),
                    sum(partition.rows for partition in kept.months.values()),
                    sum(partition.bytes for partition in kept.months.values()),
                    kept.refused,
                )

    def _create(self, kind: str, name: str, query: str) -> None:
        schema, _, own = name.rpartition(".")
        self.connection.execute(f"CREATE {kind} {quoted(schema or 'main')}.{quoted(own)} AS {query}")


def _outside(ranges: Sequence[tuple[int, int]], width: int) -> str:
    """The condition that a bucket has nothing of any of `ranges`."""
    return "".join(
        f" AND (r.start_time <= {literal(_moment(start - width))} OR r.start_time >= {literal(_moment(end))})"
        for start, end in ranges
    )


class _AllNames(Container[str]):
    def __contains__(self, name: object) -> bool:
        return True


def _names_in(query: str | None) -> Container[str]:
    """The words of `query`, in lower case; all names if it may ask which tables there are."""
    if query is None or _OF_CATALOG.search(query):
        return _AllNames()
    return {word.lower() for word in _WORD.findall(query)}


def _read(names_read_at: float | None, kept: TableState) -> tuple[object, ...]:
    read_at = names_read_at if kept.read_at is None else kept.read_at
    moments = (kept.read_from, kept.read_until, read_at, kept.settled_until)
    return (*(None if moment is None else _moment(moment) for moment in moments), kept.lookback)


def _shown(columns: Sequence[Column], kinds: Mapping[str, Kind]) -> Iterator[str]:
    """The columns of a view, those of names after their ids: the listed name, else that of the row itself."""
    for column in columns:
        if column.names is not None:
            found = "{}.{}".format(*_LOOK_UPS[column.name])
            own = column.names.own
            yield f"{f'coalesce({found}, r.{quoted(own)})' if own else found} AS {quoted(column.name)}"
        else:
            yield f"r.{quoted(column.name)}"
            if column.kind in EXACT:
                yield f"r.{quoted(column.name + EXACT_SUFFIX)}"
    if ORGANIZATION in kinds and ORGANIZATION not in {column.name for column in columns}:
        yield f"r.{ORGANIZATION}"


def _values(kinds: Mapping[str, Kind], rows: Sequence[Sequence[object]]) -> str:
    """A query for `rows`."""
    names = ", ".join(
        f"CAST({quoted(name)} AS {type_of(kind)}) AS {quoted(name)}" for name, kind in kinds.items()
    )
    given = ", ".join(f"({', '.join(map(literal, row))})" for row in rows or [[None] * len(kinds)])
    condition = "" if rows else " WHERE false"
    return f"SELECT {names} FROM (VALUES {given}) AS kept({', '.join(map(quoted, kinds))}){condition}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


__all__ = ["TABLES", "check_whole", "connect"]
