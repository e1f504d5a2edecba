"""How DuckDB reads the files of an archive: in a folder by itself, in an object store through pyarrow.

It would need an extension for object stores, and secrets of its own. Which organization and month a row is
of stands in the path alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import attrs

from ...tables.columns import Kind
from ...tables.literals import iso
from ...tables.optional_imports import ArrowFileSystem, DuckConnection, require
from ...tables.schema import SCALES, schema_of_kinds
from ..storage.local_folder import LocalFolder
from ..storage.storage import Storage

_TYPES: Final = {
    Kind.TIME: "TIMESTAMP WITH TIME ZONE",
    Kind.COUNT: "BIGINT",
    Kind.FLAG: "BOOLEAN",
    Kind.FLOAT: "DOUBLE",
}
_KEYS: Final = r"organization=([^/\\]+)[/\\]month=([^/\\]+)[/\\]data\.parquet$"
_PATH: Final = re.compile(r"organization=([^/]+)/month=([^/]+)/")
_GLOB: Final = re.compile(r"[*?\[]")


class FileReader(Protocol):
    """Reads files."""

    def rows(self, table: str, paths: Sequence[str], kinds: Mapping[str, Kind]) -> str:
        """What stands behind `FROM` for the rows of files that have columns of these kinds.

        There are `organization` and `month` as well.
        """
        ...


def file_reader(connection: DuckConnection, storage: Storage) -> FileReader:
    """What reads the files of `storage` for a connection."""
    if isinstance(storage, LocalFolder):
        return _FolderReader(storage.folder.as_posix())
    return _StoreReader(connection, *storage.dataset_filesystem())


@attrs.frozen
class _FolderReader:
    """DuckDB itself reads the files, without those of months and organizations that are not asked for."""

    folder: str

    def rows(self, table: str, paths: Sequence[str], kinds: Mapping[str, Kind]) -> str:
        folder = _GLOB.sub(r"[\g<0>]", self.folder)
        files = ", ".join(literal(f"{folder}/{path}") for path in paths)
        columns = ", ".join(
            f"{literal(name)}: {{name: {literal(name)}, type: {literal(type_of(kind))}, default_value: NULL}}"
            for name, kind in kinds.items()
        )
        keys = ", ".join(
            f"regexp_extract(filename, {literal(_KEYS)}, {group}) AS {key}"
            for group, key in enumerate(("organization", "month"), 1)
        )
        source = f"read_parquet([{files}], schema=MAP {{{columns}}}, filename=true)"
        return f"(SELECT {keys}, * EXCLUDE (filename) FROM {source})"


@attrs.frozen
class _StoreReader:
    """pyarrow reads the files when they are asked for, each page by its checksum."""

    connection: DuckConnection
    file_system: ArrowFileSystem
    root: str

    def rows(self, table: str, paths: Sequence[str], kinds: Mapping[str, Kind]) -> str:
        dataset = require("pyarrow.dataset")
        checked = dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
        keys = [_PATH.findall(path)[-1] for path in paths]
        found = dataset.FileSystemDataset.from_paths(
            [f"{self.root}/{path}" for path in paths],
            schema=schema_of_kinds({"organization": Kind.TEXT, "month": Kind.TEXT, **kinds}),
            format=dataset.ParquetFileFormat(default_fragment_scan_options=checked),
            filesystem=self.file_system,
            partitions=[
                (dataset.field("organization") == organization) & (dataset.field("month") == month)
                for organization, month in keys
            ],
        )
        name = f"files of {table}"
        self.connection.register(name, found)
        return quoted(name)


def type_of(kind: Kind) -> str:
    """The type of a column in SQL."""
    if kind in SCALES["decimal128"]:
        return "DECIMAL({}, {})".format(*SCALES["decimal128"][kind])
    return _TYPES.get(kind, "VARCHAR")


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"{}"'.format(name.replace('"', '""'))


def literal(value: object) -> str:
    """A value in SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ '{iso(value)}'"
    return str(value) if isinstance(value, int) else "'{}'".format(str(value).replace("'", "''"))


__all__ = ["FileReader", "file_reader", "literal", "quoted", "type_of"]
