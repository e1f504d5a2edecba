"""The archive asked by SQL: views of DuckDB over its files, with the names of what their ids stand for.

Nothing of a table is read before a query asks for it: what columns there are is known beforehand, and a file
that lacks some has nulls. Sums of `DECIMAL(38,30)` are exact, or DuckDB refuses them beyond 10^8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

import attrs

from ..._generated import OPERATIONS
from ...named_rows import FixedNames
from ...tables.columns import EXACT, Column, Kind, columns_of, with_names
from ...tables.optional_imports import DuckConnection, require
from ...tables.schema import schema_of_kinds
from ..archive_table import ArchiveTable
from ..file_checks import check_sizes
from ..item_versions import list_columns
from ..manifest import ArchiveManifest, PartitionState, TableState
from ..partition_paths import LISTS, RESTATEMENTS
from ..partitions import EXACT_SUFFIX, ORGANIZATION, PULLED_AT, file_columns, read_partition, with_schema
from ..storage.storage import Storage
from ..sync.restatements import RESTATEMENT_COLUMNS
from .sql_files import file_reader, literal, quoted, type_of
from .table_files import TableFiles

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
_ITEM: Final = ("organization", "id")
"""What an item of a list is known by."""
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


_OF_CATALOG: Final = re.compile(
    r"\b(show|describe|query|information_schema|duckdb_|pg_|sqlite_)", re.IGNORECASE
)
"""What may ask for tables that it does not name."""


def connect(storage: Storage, manifest: ArchiveManifest, *, query: str | None = None) -> DuckConnection:
    """A connection of its own, in memory, that has a view for each table and sees what is kept by now.

    Args:
        query: what it is for, if that is known: views that are not named there may be missing.

    Raises:
        MissingExtraError: duckdb is not installed.
        ArchiveDamagedError: a file that a view is of is missing, or not what was written.
    """
    duckdb = require("duckdb")
    wanted = list(_wanted(manifest, query))
    with ThreadPoolExecutor(1) as beside:  # Each of the two takes as long as the other.
        opened = beside.submit(duckdb.connect, config={"autoinstall_known_extensions": False})
        files = [TableFiles.of(storage, manifest, name) for name in wanted if name != TABLES]
    connection = opened.result()
    try:
        connection.execute("SET TimeZone = 'UTC'")
        _Views(connection, storage, manifest, files).make(kept=TABLES in wanted)
    except duckdb.Error:
        connection.close()
        check_sizes(storage, manifest)
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _wanted(manifest: ArchiveManifest, query: str | None) -> Iterator[str]:
    """The views that `query` may ask for: the lists, which others need, and what it has as a word of it.

    They are all of them if it may ask for some without saying so.
    """
    yield from LISTS
    for name in (*manifest.tables, RESTATEMENTS, TABLES):
        word = rf"(?<!\w){re.escape(name)}(?!\w)"
        if query is None or _OF_CATALOG.search(query) or re.search(word, query, re.IGNORECASE):
            yield name


@attrs.frozen
class _Views:
    """Makes the views of a connection."""

    connection: DuckConnection
    storage: Storage
    manifest: ArchiveManifest
    files: Sequence[TableFiles]

    def make(self, *, kept: bool) -> None:
        """Make those of the tables, of which the lists come first, and that of what is `kept` if wanted."""
        self.connection.execute("CREATE SCHEMA directory")
        for files in self.files:
            if files.table in LISTS:
                self._make_list(files)
            elif files.table == RESTATEMENTS:
                rows = self._rows(files, RESTATEMENT_COLUMNS)
                self._create("VIEW", RESTATEMENTS, f"SELECT * FROM {rows}")
            else:
                self._make_table(self.manifest.table(files.table), files)
        if kept:
            self._create("VIEW", TABLES, _values(_KEPT, list(self._kept())))

    def _make_list(self, files: TableFiles) -> None:
        """The versions of all items, and beside it the last of each, for look-ups.

        Grouped rows are known to be one for each item, so DuckDB may leave a join out that a query does not
        need.
        """
        name, kinds = files.table, list_columns(files.table)
        rows = self._rows(files, kinds)
        self._create(
            "VIEW", name, f"SELECT * EXCLUDE (month) FROM {rows} ORDER BY organization, id, first_seen"
        )
        others = (quoted(column) for column in kinds if column not in _ITEM)
        last = [f"arg_max_null({column}, first_seen) AS {column}" for column in others]
        columns = ", ".join((*_ITEM, *last))
        self._create(
            "VIEW",
            f"directory.{name}",
            f"SELECT {columns} FROM main.{quoted(name)} GROUP BY {', '.join(_ITEM)}",
        )

    def _make_table(self, table: ArchiveTable, files: TableFiles) -> None:
        columns = with_names(columns_of(OPERATIONS[table.operation]), FixedNames())
        kinds = file_columns(OPERATIONS[table.operation])
        shown = [*(f"r.{quoted(key)}" for key in _KEYS), *_shown(columns, kinds)]
        self._create(
            "VIEW",
            table.name,
            f"SELECT {', '.join(shown)}, {self._complete(table)} AS complete, r.{PULLED_AT} "
            f"FROM {self._rows(files, kinds)} AS r{_joins(columns)}",
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

    def _rows(self, files: TableFiles, kinds: Mapping[str, Kind]) -> str:
        """What stands behind `FROM` for all rows of a table.

        What lies in its place is read when it is asked for. A file of another length is still to be put
        there, or has just been replaced: it is read at once, from where it is.
        """
        parts: list[str] = []
        if files.whole:
            reader = file_reader(self.connection, self.storage)
            parts.append(reader.rows(files.table, sorted(files.whole), kinds))
        parts += [
            self._read(path, key, kinds, expected=files.expected[key]) for key, path in files.others().items()
        ]
        rows = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for part in parts)
        return f"({rows or _values({**_KEYS, **kinds}, [])})"

    def _read(
        self, path: str, key: tuple[str, str], kinds: Mapping[str, Kind], *, expected: PartitionState
    ) -> str:
        rows = with_schema(read_partition(self.storage, path, expected=expected), schema_of_kinds(kinds))
        self.connection.register(path, rows.select(list(kinds)))
        organization, month = map(literal, key)
        return f"(SELECT {organization} AS organization, {month} AS month, * FROM {quoted(path)})"

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


def _read(names_read_at: float | None, kept: TableState) -> tuple[object, ...]:
    read_at = names_read_at if kept.read_at is None else kept.read_at
    moments = (kept.read_from, kept.read_until, read_at, kept.settled_until)
    return (*(None if moment is None else _moment(moment) for moment in moments), kept.lookback)


def _shown(columns: Sequence[Column], kinds: Mapping[str, Kind]) -> Iterator[str]:
    """The columns of a view, those of names after their ids: the listed name, else that of the row itself."""
    for column in columns:
        if column.names is not None:
            found, own = "{}.{}".format(*_LOOK_UPS[column.name]), column.names.own
            yield f"{f'coalesce({found}, r.{quoted(own)})' if own else found} AS {quoted(column.name)}"
        else:
            yield f"r.{quoted(column.name)}"
            if column.kind in EXACT:
                yield f"r.{quoted(column.name + EXACT_SUFFIX)}"
    if ORGANIZATION in kinds and ORGANIZATION not in {column.name for column in columns}:
        yield f"r.{ORGANIZATION}"


def _joins(columns: Sequence[Column]) -> str:
    """What joins the lists that have the names for the ids in `columns`.

    Subqueries for single values DuckDB would make all in every query, which takes up to five times as long.
    """
    lists = {column.beside: _LOOK_UPS[column.name][0] for column in columns if column.names is not None}
    return "".join(
        f" LEFT JOIN directory.{name} ON {name}.organization = r.organization AND {name}.id = r.{quoted(id)}"
        for id, name in lists.items()
    )


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


__all__ = ["TABLES", "connect"]
