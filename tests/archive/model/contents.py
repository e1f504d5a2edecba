"""Rows of an archive as any engine would read them, those of a full pull, and what differs between two."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs
import pytest

from openai_org_usage import UsageClient
from openai_org_usage._generated import OPERATIONS
from openai_org_usage.archive.archive_table import ArchiveTable
from openai_org_usage.tables.columns import Column, Kind, columns_of

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")

Group = tuple[object, ...]
"""Values of the dimensions that a table is grouped by."""
Row = Mapping[str, object]
Difference = tuple[int, Group, str, Decimal | None, Decimal | None]
"""Start of the bucket, group, field, what it is in one and in the other: None for no such row."""
Noted = Counter[tuple[Difference, int, int]]
"""Differences, each with when it had been read before, and when it was seen."""
_SECONDS = pa.timestamp("s", tz="UTC")
_NUMBERS = (Kind.COUNT, Kind.MONEY, Kind.DECIMAL)


@attrs.frozen
class Contents:
    """The rows of a table, by the start of their bucket and by their group."""

    table: ArchiveTable
    buckets: Mapping[int, Mapping[Group, Row]]
    pulled_at: Mapping[int, int] = attrs.field(factory=dict[int, int])
    """Of each bucket, if they are an archive's."""

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(map(len, self.buckets.values()))

    def among(self, starts: Callable[[int], bool]) -> Contents:
        """Only the buckets for whose start `starts` holds."""
        return attrs.evolve(
            self, buckets={start: rows for start, rows in self.buckets.items() if starts(start)}
        )

    def differences(self, other: Contents) -> Counter[Difference]:
        """Each number that is not the same in `other`."""
        found: Counter[Difference] = Counter()
        fields = [column.name for column in _columns(self.table) if column.kind in _NUMBERS]
        for start in self.buckets.keys() | other.buckets.keys():
            before, after = self.buckets.get(start, {}), other.buckets.get(start, {})
            for group in () if before == after else before.keys() | after.keys():
                rows = before.get(group, {}), after.get(group, {})
                for field in () if rows[0] == rows[1] else fields:
                    one, two = (_number(row.get(field)) for row in rows)
                    if one != two:
                        found[start, group, field, one, two] += 1
        return found


def pulled(client: UsageClient, table: ArchiveTable, *, start: int) -> Contents:
    """All that the API says of a table from `start` on."""
    columns = _columns(table)
    buckets: dict[int, dict[Group, Row]] = {}
    for bucket in client.query(table.request(start_time=start)):
        for result in bucket.results:
            row = {column.name: _value(bucket if column.on_bucket else result, column) for column in columns}
            _add(buckets, table, row)
    return Contents(table, buckets)


def archived(files: Mapping[str, bytes], table: ArchiveTable) -> Contents:
    """All that the files of a table have."""
    buckets: dict[int, Mapping[Group, Row]] = {}
    pulled_at: dict[int, int] = {}
    for content in files.values():
        month = _month(content, table)
        assert not month.buckets.keys() & buckets.keys()
        buckets |= month.buckets
        pulled_at |= month.pulled_at
    return Contents(table, buckets, pulled_at)


@lru_cache(maxsize=60)
def _month(content: bytes, table: ArchiveTable) -> Contents:
    """The rows of one file."""
    read = pq.ParquetFile(pa.BufferReader(content)).read()
    exact = [name for name in read.column_names if name.endswith("_exact")]
    assert all(read.column(name).null_count == len(read) for name in exact)
    columns = {column.name: _values(read.column(column.name)) for column in _columns(table)}
    buckets: dict[int, dict[Group, Row]] = {}
    for values in zip(*columns.values(), strict=True):
        _add(buckets, table, dict(zip(columns, values, strict=True)))
    moments = set(zip(_values(read.column("start_time")), _values(read.column("pulled_at")), strict=True))
    assert len(moments) == len(buckets)
    return Contents(table, buckets, dict(moments))


def partitions(folder: Path, table: str, *, organization: str) -> dict[str, bytes]:
    """The files of a table, by their months."""
    found = folder.glob(f"table={table}/organization={organization}/month=*/*.parquet")
    return {file.parent.name: file.read_bytes() for file in found}


def restated(files: Iterable[bytes], table: ArchiveTable) -> Noted:
    """What restatements of a table are noted."""
    noted: Noted = Counter()
    for content in files:
        noted.update(_noted(content, table))
    return noted


@lru_cache(maxsize=60)
def _noted(content: bytes, table: ArchiveTable) -> Noted:
    """What one file notes of a table."""
    rows = pq.ParquetFile(pa.BufferReader(content)).read().to_pylist()
    own = [row for row in rows if row["source_table"] == table.name]
    return Counter(
        (difference_of(row, table), int(row["read_before_at"].timestamp()), int(row["seen_at"].timestamp()))
        for row in own
    )


def difference_of(row: Mapping[str, Any], table: ArchiveTable) -> Difference:
    """A row of restatements, or of an audit."""
    dimensions = json.loads(row["dimensions"])
    group = tuple(dimensions.get(name) for name in table.group_by)
    return (
        int(row["start_time"].timestamp()),
        group,
        row["field"],
        _number(row["before"]),
        _number(row["after"]),
    )


def audited(rows: Iterable[Mapping[str, Any]], table: ArchiveTable) -> Counter[Difference]:
    """The numbers that an audit has found to differ."""
    fields = {column.name for column in _columns(table) if column.kind in _NUMBERS}
    own = [row for row in rows if row["source_table"] == table.name and row["field"] in fields]
    return Counter(difference_of(row, table) for row in own)


def _columns(table: ArchiveTable) -> tuple[Column, ...]:
    return columns_of(OPERATIONS[table.operation])


def _add(buckets: dict[int, dict[Group, Row]], table: ArchiveTable, row: Row) -> None:
    start = row["start_time"]
    assert isinstance(start, int)
    group = tuple(row[name] for name in table.group_by)
    assert group not in buckets.setdefault(start, {}), f"{table.name}: {group} twice in {start}"
    buckets[start][group] = row


def _value(holder: object, column: Column) -> object:
    value: Any = holder
    for name in column.path:
        value = None if value is None else getattr(value, name)
    if column.kind == Kind.OTHER:
        assert not value
        return None
    return value


def _values(column: Any) -> list[Any]:
    moments = pa.types.is_timestamp(column.type)
    values: list[Any] = (column.cast(_SECONDS).cast(pa.int64()) if moments else column).to_pylist()
    return values


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
