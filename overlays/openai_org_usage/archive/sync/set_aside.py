"""An organization taken out of an archive, such as one that is kept under two names."""

from __future__ import annotations

from contextlib import suppress

from ..manifest import ArchiveManifest
from ..partition_paths import partition_path
from ..storage.layout import ASIDE
from .writer import ArchiveWriter


def set_aside(writer: ArchiveWriter, organization: str) -> int:
    """Move the files of `organization` to a folder that no table is read from; how many there are.

    All of it happens in one step. Files that are missing are left out.

    Raises:
        ArchiveLockedError: another process writes to the archive.
        ArchiveError: nothing is kept of it.
    """
    with writer.begun(organization):
        state = writer.manifest.kept(organization, location=writer.storage.location)
        places = [
            partition_path(table, organization, month)
            for table, kept in state.tables.items()
            for month in kept.months
        ]
        contents = dict[str, bytes]()
        for path in places:
            with suppress(FileNotFoundError):
                contents[f"{ASIDE}/{path}"] = writer.storage.read(path)

        def without(manifest: ArchiveManifest) -> None:
            del manifest.organizations[organization]

        writer.commit(without, files=contents, removed=places)
    return len(contents)


__all__ = ["set_aside"]
