"""What lies where in an archive beside its tables, and how a folder is known that is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from typing import Final

from ...errors import ArchiveDamagedError, ArchiveError
from ..manifest import MANIFEST

JOURNAL: Final = "_journal"
"""The folder of what is being written."""
LEASE: Final = "_lock"
"""The file that says who writes, where nothing else can."""
DAMAGED: Final = "_damaged"
"""The folder for what is left of files that were lost."""
ASIDE: Final = "_aside"
"""The folder for files of organizations that were taken out."""


def refuse_other_contents(location: str, names: Iterable[str]) -> None:
    """Refuse to write into what holds `names` and is no archive; hidden files do not count.

    Raises:
        ArchiveError: something else lies there.
    """
    shown = {name for name in names if not name.startswith(".")}
    if shown and shown.isdisjoint((MANIFEST, JOURNAL, LEASE)) and not any(map(_is_of_table, shown)):
        raise ArchiveError(f"{location} is no archive, and is not empty: give an empty or a new folder")


def place_for_damaged(path: str, *, taken: Collection[str]) -> str:
    """Where to put what is left of a file: in a place that is none of `taken`, so nothing is written over."""
    place = PurePosixPath(DAMAGED, path)
    stem, number = place.stem, 2
    while str(place) in taken:
        place = place.with_stem(f"{stem}-{number}")
        number += 1
    return str(place)


def refuse_lost_manifest(location: str, names: Iterable[str]) -> None:
    """Where there is no manifest, refuse `names` of tables: without it nobody knows how far these go.

    Raises:
        ArchiveDamagedError: there is one.
    """
    if any(map(_is_of_table, names)):
        raise ArchiveDamagedError(
            f"{location} has tables, but {MANIFEST} is missing: put it back from a backup, or have "
            "sync --repair make it anew from the files",
            paths=(MANIFEST,),
        )


def _is_of_table(name: str) -> bool:
    return name.startswith("table=")


__all__ = [
    "ASIDE",
    "DAMAGED",
    "JOURNAL",
    "LEASE",
    "place_for_damaged",
    "refuse_lost_manifest",
    "refuse_other_contents",
]
