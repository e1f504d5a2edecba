"""A Delta table in which months are overwritten, and an archive: are they the same, row for row?"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from openai_org_usage.tables.optional_imports import ArrowTable, require

PARTITIONS = ("organization", "month")
_OF_THE_ARCHIVE = "pulled_at"
"""When the archive read a row; Spark knows no such thing."""


def overwrite_months(path: Path, rows: ArrowTable, *, months: Iterable[str]) -> int:
    """Replace `months` of the Delta table at `path` by what `rows` have of them; how many versions it has.

    A month is one commit: a reader sees it as it was or as it is.
    """
    deltalake: Any = importlib.import_module("deltalake")
    if not deltalake.DeltaTable.is_deltatable(str(path)):
        deltalake.DeltaTable.create(str(path), schema=rows.schema, partition_by=list(PARTITIONS))
    for month in sorted(months):
        deltalake.write_deltalake(
            str(path),
            rows.filter(require("pyarrow.compute").equal(rows.column("month"), month)),
            mode="overwrite",
            predicate=f"month = '{month}'",
        )
    versions: int = deltalake.DeltaTable(str(path)).version()
    return versions


def delta_rows(path: Path) -> ArrowTable:
    """All rows of the Delta table."""
    deltalake: Any = importlib.import_module("deltalake")
    return deltalake.DeltaTable(str(path)).to_pyarrow_table()


def archive_rows(archive: Path, table: str) -> ArrowTable:
    """All rows of a table of an archive, with organization and month from the paths of its files."""
    pa, ds = require("pyarrow"), require("pyarrow.dataset")
    text = pa.schema([(name, pa.string()) for name in PARTITIONS])
    partitioning = ds.partitioning(text, flavor="hive")
    return ds.dataset(archive / f"table={table}", format="parquet", partitioning=partitioning).to_table()


@attrs.frozen
class RowDifference:
    """Between a table and what it should be."""

    rows: int
    missing: int
    extra: int

    def __str__(self) -> str:
        return f"{self.rows:,} rows, {self.missing:,} missing, {self.extra:,} too many"

    @property
    def is_none(self) -> bool:
        """Whether there are rows, and all of them the same."""
        return self.rows > 0 and not self.missing and not self.extra


def difference(found: ArrowTable, expected: ArrowTable) -> RowDifference:
    """Row for row, in all columns, a row that is there twice counted twice; the order says nothing."""
    names: list[str] = sorted(set(expected.column_names) - {_OF_THE_ARCHIVE})
    if sorted(found.column_names) != names:
        raise ValueError(f"other columns: {sorted({*found.column_names} ^ {*names})}")
    schema = require("pyarrow").schema([expected.schema.field(name) for name in names])
    here, there = (
        Counter(
            zip(*(column.to_pylist() for column in table.select(names).cast(schema).columns), strict=True)
        )
        for table in (found, expected)
    )
    return RowDifference(found.num_rows, (there - here).total(), (here - there).total())


__all__ = ["RowDifference", "archive_rows", "delta_rows", "difference", "overwrite_months"]
