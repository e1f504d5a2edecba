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


@attrs.frozen
class KeptFigures:
    """The figures of one organization: of its key and address, or of an archive as it is."""

    path: Path | None
    """None for nowhere."""

    @classmethod
    def of(cls, *what: object) -> KeptFigures:
        """Those that are told from others by `what`, which the file's name does not tell."""
        folder = cache_folder()
        whose = "\n".join(map(str, (__version__, *what)))
        name = f"overview-{hashlib.sha256(whose.encode()).hexdigest()[:16]}.json"
        return cls(None if folder is None else folder / name)

    def read(self) -> Overview | None:
        """What is kept; None where there is nothing that can be read."""
        if self.path is None:
            return None
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Overview)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None  # It is read anew.

    def keep(self, overview: Overview) -> None:
        """Keep `overview` for its owner's eyes alone; where that cannot be, it is read anew each time."""
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self.path, msgspec.json.encode(overview), mode=_PRIVATE)
        except OSError:
            return


__all__ = ["KeptFigures"]
