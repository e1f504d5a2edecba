"""The manifest of an archive: which tables it has, and how far each organization's have been read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias
from zlib import crc32

import attrs
import msgspec

from ..errors import ArchiveDamagedError, ArchiveError
from .archive_table import ArchiveTable

MANIFEST: Final = "manifest.json"
"""Its path in the archive."""
FORMAT: Final = "openai-org-usage archive"
VERSION: Final = 1
_Content: TypeAlias = bytes
"""Within a class that has an attribute of that name."""


@attrs.define(kw_only=True)
class PartitionState:
    """What was last written to the file of a month. It tells whether the file is whole.

    Attributes:
        rows: how many it has.
        bytes: how long it is.
        crc32: of its content; None if an older version wrote it, or if it was damaged when it was found.
    """

    rows: int
    bytes: int
    crc32: int | None = None

    @classmethod
    def of(cls, content: _Content, *, rows: int) -> PartitionState:
        """That of a file with this content."""
        return cls(rows=rows, bytes=len(content), crc32=crc32(content))

    def is_of(self, content: _Content) -> bool:
        """Whether that is what was written, as far as is known."""
        return len(content) == self.bytes and self.crc32 in (None, crc32(content))


@attrs.define(kw_only=True)
class TableState:
    """How far a table of one organization has been read. Times are Unix seconds.

    Attributes:
        read_from: start of the first bucket.
        read_until: end of what has been read, which is the present if nothing went wrong.
        read_at: when the last reading that came to its end began: since then, nothing before `read_until`
            was read that is older.
        lookback: seconds that this reading went back behind the one before it.
        all_read_at: when a reading began that read all that is kept up to then; None if that is not known.
        gaps: ranges that the API had forgotten before they were read, and `unread`.
        unread: what an older start still lacks, as its reading was interrupted: the next one goes on there.
        unsettled: ranges that the API forgot after they were read, but before they had been over for the
            look-back; they begin where the last settled bucket ends.
        months: the partitions, by month such as `2026-10`.
        refused: why this organization does not give the table, as the API said it; None if it does.
    """

    read_from: int | None = None
    read_until: int | None = None
    read_at: float | None = None
    lookback: int | None = None
    all_read_at: float | None = None
    gaps: list[tuple[int, int]] = attrs.field(factory=list[tuple[int, int]])
    unread: tuple[int, int] | None = None
    unsettled: list[tuple[int, int]] = attrs.field(factory=list[tuple[int, int]])
    months: dict[str, PartitionState] = attrs.field(factory=dict[str, PartitionState])
    refused: str | None = None

    @property
    def settled_until(self) -> int | None:
        """Buckets that end by then, but for `unsettled`, had been over for the look-back when last read."""
        if self.read_at is None or self.lookback is None or self.read_until is None:
            return None
        return min(int(self.read_at) - self.lookback, self.read_until)


@attrs.define(kw_only=True)
class OrganizationState:
    """What is known of one organization.

    Attributes:
        id: as its answers name it; None if none did.
        names_read_at: when its lists were last read, in Unix seconds.
        tables: by the name of the table; also `restatements` and the lists, which have partitions only.
    """

    id: str | None = None
    names_read_at: float | None = None
    tables: dict[str, TableState] = attrs.field(factory=dict[str, TableState])


@attrs.define(kw_only=True)
class TableDefinition:
    """What a table is of."""

    operation: str
    bucket_width: str
    group_by: list[str]


@attrs.define(kw_only=True)
class ArchiveManifest:
    """What is written down of the whole archive."""

    tables: dict[str, TableDefinition] = attrs.field(factory=dict[str, TableDefinition])
    organizations: dict[str, OrganizationState] = attrs.field(factory=dict[str, OrganizationState])

    def table(self, name: str) -> ArchiveTable:
        """The table called `name`; KeyError if there is none."""
        found = self.tables[name]
        return ArchiveTable(name, found.operation, found.bucket_width, tuple(found.group_by))

    def kept(self, organization: str, *, location: str) -> OrganizationState:
        """What is known of `organization`.

        Raises:
            ArchiveError: nothing is.
        """
        if organization not in self.organizations:
            there = ", ".join(self.organizations) or "none yet"
            raise ArchiveError(
                f"{location} keeps nothing of an organization called {organization!r}; there are: {there}"
            )
        return self.organizations[organization]

    def state(self, organization: str, table: str) -> TableState:
        """How far a table of an organization has been read; made if there is none yet."""
        known = self.organizations.setdefault(organization, OrganizationState())
        return known.tables.setdefault(table, TableState())

    def define(self, tables: Iterable[ArchiveTable]) -> None:
        """Take `tables` in.

        Raises:
            ArchiveError: one is there under that name with another width or grouping.
        """
        for table in tables:
            new = TableDefinition(
                operation=table.operation, bucket_width=table.bucket_width, group_by=list(table.group_by)
            )
            if self.tables.setdefault(table.name, new) != new:
                raise ArchiveError(
                    f"the table {table.name} is kept with another width or grouping: "
                    "give this one another name"
                )


class _ManifestHeading(msgspec.Struct):
    format: str
    version: int


def encode_manifest(manifest: ArchiveManifest) -> bytes:
    """The manifest as JSON."""
    heading = {"format": FORMAT, "version": VERSION}
    kept = {"tables": manifest.tables, "organizations": manifest.organizations}
    data = msgspec.json.encode({**heading, **kept})
    return msgspec.json.format(data, indent=1) + b"\n"


def decode_manifest(data: bytes, *, location: str) -> ArchiveManifest:
    """The manifest in `data`.

    Raises:
        ArchiveDamagedError: it is damaged, or of something else.
        ArchiveError: it is of a newer version.
    """
    try:
        heading = msgspec.json.decode(data, type=_ManifestHeading)
        if heading.format == FORMAT and heading.version > VERSION:
            raise ArchiveError(
                f"{location} was written by a newer version of this library: install that to read or sync it"
            )
        if heading.format == FORMAT:
            return msgspec.json.decode(data, type=ArchiveManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise ArchiveDamagedError(
        f"{location}/{MANIFEST} is damaged, or none of an archive; if there are tables, sync --repair makes "
        "it anew from them",
        paths=(MANIFEST,),
    )


__all__ = [
    "MANIFEST",
    "ArchiveManifest",
    "OrganizationState",
    "PartitionState",
    "TableDefinition",
    "TableState",
    "decode_manifest",
    "encode_manifest",
]
