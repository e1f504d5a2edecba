"""An organization taken out of an archive, such as one that is kept under two names."""

from __future__ import annotations

from contextlib import suppress

from ...errors import ArchiveError
from ..manifest import ArchiveManifest
from ..partition_paths import partition_key, partition_path
from ..storage.layout import ASIDE
from ..storage.storage import Storage
from .writer import ArchiveWriter


def set_aside(writer: ArchiveWriter, organization: str) -> int:
    """Move the files of `organization` to a folder that no table is read from; how many there are.

    All of it happens in one step. Files that are missing are left out.

    Raises:
        ArchiveLockedError: another process writes to the archive.
        ArchiveError: nothing is kept of it, or files of one that was called so lie there already.
    """
    with writer.begun(organization):
        state = writer.manifest.kept(organization, location=writer.storage.location)
        _refuse_second(writer.storage, organization)
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


def _refuse_second(storage: Storage, organization: str) -> None:
    """Refuse to write over what was set aside before.

    Raises:
        ArchiveError: there is something.
    """
    keys = (partition_key(path.removeprefix(f"{ASIDE}/")) for path in storage.sizes(ASIDE))
    if any(key is not None and key[1] == organization for key in keys):
        raise ArchiveError(
            f"{storage.location}/{ASIDE} has files of an organization called {organization} already: move "
            "them elsewhere first"
        )


__all__ = ["set_aside"]
