"""What lies where in an archive beside its tables, and how a folder is known that is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...errors import ArchiveError
from ..manifest import MANIFEST

JOURNAL: Final = "_journal"
"""The folder of what is being written."""
LEASE: Final = "_lock"
"""The file that says who writes, where nothing else can."""


def refuse_other_contents(location: str, names: Iterable[str]) -> None:
    """Refuse to write into what holds `names` and is no archive; hidden files do not count.

    Raises:
        ArchiveError: something else lies there, or an archive whose manifest is missing.
    """
    shown = {name for name in names if not name.startswith(".")}
    if shown.isdisjoint((MANIFEST, JOURNAL)):
        refuse_lost_manifest(location, shown)
    if shown and shown.isdisjoint((MANIFEST, JOURNAL, LEASE)):
        raise ArchiveError(f"{location} is no archive, and is not empty: give an empty or a new folder")


def refuse_lost_manifest(location: str, names: Iterable[str]) -> None:
    """Where there is no manifest, refuse `names` of tables: without it nobody knows how far these go.

    Raises:
        ArchiveError: there is one.
    """
    if any(name.startswith("table=") for name in names):
        raise ArchiveError(f"{location} has tables, but {MANIFEST} is missing: put it back from a backup")


__all__ = ["JOURNAL", "LEASE", "refuse_lost_manifest", "refuse_other_contents"]
