"""What a query of SQL gave: its columns by their kinds, its rows, and the same as Arrow."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import attrs

from ..._generated import InvalidParameterError
from ...tables.columns import Column, Kind
from ...tables.optional_imports import ArrowReader, DuckConnection, DuckRelation, require
from ...tables.schema import SCALES, shortest

_KINDS: Final = {
    **dict.fromkeys(
        (
            "tinyint",
            "smallint",
            "integer",
            "bigint",
            "hugeint",
            "utinyint",
            "usmallint",
            "uinteger",
            "ubigint",
            "uhugeint",
        ),
        Kind.COUNT,
    ),
    **dict.fromkeys(("timestamp", "timestamp_s", "timestamp_ms", "timestamp with time zone"), Kind.TIME),
    **dict.fromkeys(("float", "double"), Kind.FLOAT),
    **dict.fromkeys(("list", "array", "struct", "map", "union"), Kind.OTHER),
    "boolean": Kind.FLAG,
}
"""Of DuckDB's types; all others are texts."""
_MONEY_SCALE: Final = SCALES["decimal128"][Kind.MONEY][1]
_AS_TEXT: Final = (time, timedelta, UUID)
_SPELLED: Final = frozenset({"date", "interval", "timestamp_ns"})
"""Types of which Python has not all values: DuckDB spells them."""
_NOT_IN_ARROW_FILES: Final = frozenset({"interval"})
_UNBOUNDED: Final = (datetime.min, datetime.max)
"""What DuckDB gives for moments that are infinite."""
_AT_ONCE: Final = 2048
"""Rows, as many as DuckDB has in a vector."""


@attrs.frozen(eq=False)
class SqlResult:
    """The rows of one query. Each way of reading them asks anew.

    Columns have different names, whatever the query calls them.
    """

    columns: tuple[Column, ...]
    _connection: DuckConnection
    _statement: object
    _relation: DuckRelation

    @classmethod
    def of(cls, connection: DuckConnection, statement: object) -> SqlResult:
        """The rows of `statement`, which is one that gives some."""
        relation = connection.sql(statement)
        names = _different(relation.columns)
        kinds = [_kind_of(kind) for kind in relation.types]
        columns = [Column(name, kind, (), False) for name, kind in zip(names, kinds, strict=True)]
        return cls(tuple(columns), connection, statement, relation)

    def rows(self) -> Iterator[Sequence[object]]:
        """The rows. Decimals have no more digits than they need."""
        spelled = self._spelled(_SPELLED)
        cursor = self._connection.execute(
            self._statement if spelled is self._relation else spelled.sql_query()
        )
        while rows := cursor.fetchmany(_AT_ONCE):
            for row in rows:
                yield [_plain(value, column) for value, column in zip(row, self.columns, strict=True)]

    def reader(self) -> ArrowReader:
        """A `pyarrow.RecordBatchReader` of the rows."""
        pa = require("pyarrow")
        reader = pa.RecordBatchReader.from_stream(self._spelled(_NOT_IN_ARROW_FILES))
        names = [column.name for column in self.columns]
        fields = [field.with_name(name) for field, name in zip(reader.schema, names, strict=True)]
        schema = pa.schema(fields)
        renamed = (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in reader)
        return pa.RecordBatchReader.from_batches(schema, renamed)

    def _spelled(self, types: Container[str]) -> DuckRelation:
        """The same with columns of `types` as text."""
        places = [kind.id in types for kind in self._relation.types]
        if not any(places):
            return self._relation
        shown = [
            f"#{number}::VARCHAR AS c{number}" if wanted else f"#{number} AS c{number}"
            for number, wanted in enumerate(places, 1)
        ]
        return self._relation.project(", ".join(shown))


def _kind_of(kind: Any) -> Kind:
    if kind.id == "decimal":
        scale = dict(kind.children)["scale"]
        return Kind.MONEY if scale == _MONEY_SCALE else Kind.DECIMAL
    return _KINDS.get(kind.id, Kind.TEXT)


def _different(names: Sequence[str]) -> list[str]:
    """`names`, with a number after those that come again."""
    different: dict[str, None] = {}
    for name in names:
        number, own = 1, name
        while own in different:
            own = f"{name}_{number}"
            number += 1
        different[own] = None
    return list(different)


def _plain(value: Any, column: Column) -> Any:
    """`value` as the formats take it."""
    if isinstance(value, Decimal):
        return shortest(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (dict, list)):
        return _nested(value, column)
    if isinstance(value, datetime) or (column.kind is Kind.TIME and value is not None):
        return _bounded(value, column)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, _AS_TEXT) else value


def _nested(value: Any, column: Column) -> Any:
    """`value` as JSON takes it, which has texts alone as keys."""
    kind = value.__class__
    if kind is dict:
        return {str(_plain(key, column)): _nested(each, column) for key, each in value.items()}
    if kind is list:
        return [_nested(each, column) for each in value]
    return _bounded(value, column) if isinstance(value, datetime) else value


def _bounded(value: datetime | str, column: Column) -> datetime:
    """A moment; DuckDB gives text for those beyond the years that Python has."""
    if isinstance(value, str) or value.replace(tzinfo=None) in _UNBOUNDED:
        raise InvalidParameterError(
            f"the column {column.name} has a time that is infinite, or not of the years 1 to 9999: "
            "have it as text, with ::varchar",
            parameter="query",
        )
    return value


__all__ = ["SqlResult"]
