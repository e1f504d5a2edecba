"""The files of an archive: which columns they have, and how a month is read and written.

Columns are only ever added. In an older file a new one is null, and a column that this version does not know
stays in its file, after all others.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from .._generated import FieldRole, Operation
from ..errors import ArchiveDamagedError, ArchiveError
from ..tables.columns import EXACT, START, Column, Kind, columns_of
from ..tables.optional_imports import ArrowArray, ArrowSchema, ArrowTable, ParquetFile, require
from ..tables.schema import schema_of_kinds
from .manifest import MANIFEST, OrganizationState, PartitionState, TableState, decode_manifest
from .partition_paths import partition_key, repair_words
from .storage.journal import CommittedFiles
from .storage.storage import Storage

EXACT_SUFFIX: Final = "_exact"
"""What the column is called after that has a number as text which its decimals do not hold."""
ORGANIZATION: Final = "organization_id"
PULLED_AT: Final = "pulled_at"
_ROW_GROUP: Final = 131_072


def answer_columns(operation: Operation) -> dict[str, Kind]:
    """The columns that come from answers: those of the table of `operation`, and the organization.

    After each exact number stands its text, which is null where the decimal holds it.
    """
    kinds: dict[str, Kind] = {}
    for column in columns_of(operation):
        kinds[column.name] = column.kind
        if column.kind in EXACT:
            kinds[column.name + EXACT_SUFFIX] = Kind.TEXT
    return kinds if ORGANIZATION in kinds else {**kinds, ORGANIZATION: Kind.TEXT}


def file_columns(operation: Operation) -> dict[str, Kind]:
    """The columns of a file: those of answers, and when the bucket's content was read first or changed."""
    return {**answer_columns(operation), PULLED_AT: Kind.TIME}


@cache
def answer_schema(operation: Operation) -> ArrowSchema:
    """The schema of `answer_columns`."""
    return schema_of_kinds(answer_columns(operation))


@cache
def file_schema(operation: Operation) -> ArrowSchema:
    """The schema of `file_columns`."""
    return schema_of_kinds(file_columns(operation))


def with_schema(table: ArrowTable, schema: ArrowSchema) -> ArrowTable:
    """`table` with the columns of `schema`, null where it has none, and then those that only it has.

    Raises:
        ArchiveError: a column has values that its type in `schema` does not hold.
    """
    pa = require("pyarrow")
    columns = {name: table.column(name) for name in table.column_names}
    fields = [*schema, *(field for field in table.schema if field.name not in schema.names)]
    for field in fields:
        if field.name not in columns:
            columns[field.name] = pa.nulls(table.num_rows, field.type)
    held = ((columns[field.name], field.type) for field in fields)
    try:
        arrays = [column if column.type == wanted else column.cast(wanted) for column, wanted in held]
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


def read_partition(storage: Storage, path: str, *, expected: PartitionState) -> ArrowTable:
    """The rows of a file, as `opened_partition`.

    Raises:
        ArchiveDamagedError: it is missing, or not as it was written.
    """
    return opened_partition(storage, path, expected=expected).read()


def opened_partition(storage: Storage, path: str, *, expected: PartitionState) -> ParquetFile:
    """A file that is whole, as a manifest expects it; where it was replaced since then, the new one.

    Raises:
        ArchiveDamagedError: it is missing, or not as it was written.
    """
    found, known = _read(storage, path, expected), None
    while isinstance(found, str) and known != expected:
        committed, known = CommittedFiles(storage), expected
        expected = _state_of(path, committed, location=storage.location) or expected
        found = _read(committed, path, expected)
    if isinstance(found, str):
        raise ArchiveDamagedError(
            f"{storage.location}: {path} {found}; {repair_words([path])} pulls it again", paths=(path,)
        )
    return found


def _read(files: Storage | CommittedFiles, path: str, expected: PartitionState) -> ParquetFile | str:
    """A file, or what is wrong with it."""
    pa = require("pyarrow")
    try:
        content = files.read(path)
    except FileNotFoundError:
        return "is missing"
    try:
        if expected.is_of(content):
            if expected.crc32 is None:
                decoded_partition(content)  # Its pages have checksums of their own.
            file = _opened(content)
            if file.metadata.num_rows == expected.rows:
                return file
        return "is not as it was written"
    except (pa.ArrowException, OSError, ValueError) as error:
        return f"cannot be read ({type(error).__name__})"


def decoded_partition(content: bytes) -> ArrowTable:
    """The rows of a file, by its checksums.

    Raises:
        pyarrow.ArrowException, OSError, ValueError: it is damaged.
    """
    table: ArrowTable = _opened(content, page_checksum_verification=True).read()
    return table


def _opened(content: bytes, *, page_checksum_verification: bool = False) -> ParquetFile:
    source = require("pyarrow").BufferReader(content)
    return require("pyarrow.parquet").ParquetFile(
        source, page_checksum_verification=page_checksum_verification
    )


def _state_of(path: str, files: CommittedFiles, *, location: str) -> PartitionState | None:
    """What the manifest says of a file by now; None if that is nothing."""
    try:
        manifest = decode_manifest(files.read(MANIFEST), location=location)
    except FileNotFoundError:
        return None
    key = partition_key(path)
    if key is None:
        return None
    table, organization, month = key
    known = manifest.organizations.get(organization, OrganizationState())
    return known.tables.get(table, TableState()).months.get(month)


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
    "answer_columns",
    "answer_schema",
    "bucket_starts",
    "decoded_partition",
    "encoded_partition",
    "file_columns",
    "file_schema",
    "in_order",
    "is_dimension",
    "opened_partition",
    "read_partition",
    "with_schema",
]
