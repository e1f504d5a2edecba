"""The files of an archive: which columns they have, and how a month is read and written.

Columns are only ever added. In an older file a new one is null, and a column that this version does not know
stays in its file, after all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .._generated import FieldRole, Operation
from ..errors import ArchiveDamagedError, ArchiveError
from ..tables.columns import EXACT, START, Column, columns_of
from ..tables.optional_imports import ArrowArray, ArrowSchema, ArrowTable, require
from ..tables.schema import schema_of, without_dictionaries
from .manifest import PartitionState
from .storage import Storage

EXACT_SUFFIX: Final = "_exact"
"""What the column is called after that has a number as text which its decimals do not hold."""
ORGANIZATION: Final = "organization_id"
PULLED_AT: Final = "pulled_at"
_ROW_GROUP: Final = 131_072


def answer_schema(operation: Operation) -> ArrowSchema:
    """The columns that come from answers: those of the table of `operation`, and the organization.

    After each exact number stands its text, which is null where the decimal holds it.
    """
    pa = require("pyarrow")
    columns = columns_of(operation)
    plain = without_dictionaries(schema_of(columns))
    fields: list[object] = []
    for column in columns:
        fields.append(plain.field(column.name))
        if column.kind in EXACT:
            fields.append(pa.field(column.name + EXACT_SUFFIX, pa.string()))
    if ORGANIZATION not in plain.names:
        fields.append(pa.field(ORGANIZATION, pa.string()))
    return pa.schema(fields)


def file_schema(operation: Operation) -> ArrowSchema:
    """The columns of a file: those of answers, and when the bucket's content was read first or changed."""
    pa = require("pyarrow")
    return answer_schema(operation).append(pa.field(PULLED_AT, pa.timestamp("us", tz="UTC")))


def with_schema(table: ArrowTable, schema: ArrowSchema) -> ArrowTable:
    """`table` with the columns of `schema`, null where it has none, and then those that only it has.

    Raises:
        ArchiveError: a column has values that its type in `schema` does not hold.
    """
    pa = require("pyarrow")
    columns = {name: table.column(name) for name in table.column_names}
    fields = [*schema, *(field for field in table.schema if field.name not in schema.names)]
    try:
        arrays = [
            columns[field.name].cast(field.type)
            if field.name in columns
            else pa.nulls(table.num_rows, field.type)
            for field in fields
        ]
    except pa.ArrowException as error:
        raise ArchiveError(
            f"the archive has values of another kind than this version knows: {error}"
        ) from None
    return pa.table(arrays, schema=pa.schema(fields))


def in_order(table: ArrowTable, operation: Operation) -> ArrowTable:
    """The rows by start, then by all dimensions, then by all else; the order of answers says nothing."""
    pa = require("pyarrow")
    compute = require("pyarrow.compute")
    columns = columns_of(operation)
    dimensions = [column.name for column in columns if is_dimension(column)]
    own = [name for name in table.column_names if name != PULLED_AT]
    keys = list(dict.fromkeys([START, *dimensions, *own]))
    places = compute.sort_indices(table, sort_keys=[(key, "ascending") for key in keys])
    return pa.table(table.take(places)).combine_chunks()


def bucket_starts(rows: ArrowTable) -> ArrowArray:
    """The start of the bucket of each row, in Unix seconds."""
    pa = require("pyarrow")
    return rows.column(START).cast(pa.timestamp("s", tz="UTC")).cast(pa.int64())


def is_dimension(column: Column) -> bool:
    """Whether a column is one of those that results are grouped by."""
    return column.role == FieldRole.DIMENSION


def read_partition(
    storage: Storage, path: str, *, expected: PartitionState, columns: Sequence[str] | None = None
) -> ArrowTable:
    """The rows of a file; of the `columns` those that it has, all if not given.

    Raises:
        ArchiveDamagedError: it is missing, or not as it was written.
    """
    pa, parquet = require("pyarrow"), require("pyarrow.parquet")
    try:
        content = storage.read(path)
        if len(content) == expected.bytes:
            file = parquet.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
            chosen = None if columns is None else list(columns)
            table: ArrowTable = file.read(columns=chosen, use_threads=chosen is None)
            if table.num_rows == expected.rows:
                return table
        problem = "is not as it was written"
    except FileNotFoundError:
        problem = "is missing"
    except (pa.ArrowException, OSError, ValueError) as error:
        problem = f"cannot be read ({type(error).__name__})"
    raise ArchiveDamagedError(
        f"{storage.location}: {path} {problem}; sync --repair pulls it again", paths=(path,)
    )


def encoded_partition(table: ArrowTable) -> bytes:
    """The file of `table`: the same rows are the same bytes."""
    pa, parquet = require("pyarrow"), require("pyarrow.parquet")
    sink = pa.BufferOutputStream()
    parquet.write_table(
        table.combine_chunks(),
        sink,
        compression="zstd",
        row_group_size=_ROW_GROUP,
        write_page_checksum=True,
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content


__all__ = [
    "EXACT_SUFFIX",
    "ORGANIZATION",
    "PULLED_AT",
    "answer_schema",
    "bucket_starts",
    "encoded_partition",
    "file_schema",
    "in_order",
    "is_dimension",
    "read_partition",
    "with_schema",
]
