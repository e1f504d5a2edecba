"""The file in which the figures of the screen are kept, so that it is there at once for a while."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import attrs
import msgspec

from ... import __version__
from ...tables.atomic_files import write_atomically
from ..names.name_options import cache_folder
from .figures import Overview

_PRIVATE: Final = 0o600


@attrs.frozen(kw_only=True)
class KeptOverview:
    """An overview as it was made.

    Attributes:
        made_of: what the figures follow from, as a digest.
        has_causes: whether what explains the changes was looked for, or nothing has to be explained.
    """

    overview: Overview
    made_of: str
    has_causes: bool


@attrs.frozen
class KeptFigures:
    """The figures of one organization: of its key and address, or of an archive."""

    path: Path | None
    """None for nowhere."""
    made_of: str

    @classmethod
    def of(cls, whose: tuple[object, ...], made_of: tuple[object, ...]) -> KeptFigures:
        """Those of `whose`, which the file's name tells from others and does not tell; of no use when what
        they are `made_of` is another."""
        folder = cache_folder()
        name = f"overview-{_digest(whose)}.json"
        return cls(None if folder is None else folder / name, _digest((__version__, *made_of)))

    def read(self) -> KeptOverview | None:
        """What is kept; None where there is nothing that is of use."""
        if self.path is None:
            return None
        try:
            kept = msgspec.json.decode(self.path.read_bytes(), type=KeptOverview)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None  # It is read anew.
        return kept if kept.made_of == self.made_of else None

    def keep(self, overview: Overview, *, has_causes: bool = True) -> None:
        """Keep `overview` for its owner's eyes alone; where that cannot be, it is read anew each time."""
        if self.path is None:
            return
        kept = KeptOverview(overview=overview, made_of=self.made_of, has_causes=has_causes)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self.path, msgspec.json.encode(kept), mode=_PRIVATE)
        except OSError:
            return


def _digest(values: tuple[object, ...]) -> str:
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()[:16]


__all__ = ["KeptFigures", "KeptOverview"]
