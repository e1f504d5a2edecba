"""What has become of a copy: as it was made, edited, incomplete, or of another version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..tables.atomic_files import sha256
from .contents import CopySource, content_files
from .exit_codes import CopyState
from .manifest import FILE_NAME, Manifest, read_manifest

_NO_FILE = b"a symbolic link, or something special"


@attrs.frozen
class CopyComparison:
    """A copy beside its manifest and beside what is installed; paths are those in the copy."""

    recorded: Manifest
    """What was copied."""
    current: Manifest
    """What would be copied today."""
    edited: list[str]
    cut_short: list[str]
    """Files that end too early; known only while their version is the installed one."""
    missing: list[str]
    added: list[str]

    @property
    def states(self) -> list[CopyState]:
        """All that holds, the most serious first; never empty."""
        states: list[CopyState] = []
        if self.edited:
            states.append(CopyState.EDITED)
        if self.cut_short or self.missing or self.added:
            states.append(CopyState.INCOMPLETE)
        if self.recorded != self.current:
            newer = _release(self.recorded.version) > _release(self.current.version)
            states.append(CopyState.AHEAD if newer else CopyState.BEHIND)
        return states or [CopyState.UP_TO_DATE]

    @property
    def state(self) -> CopyState:
        """The most serious of the states."""
        return self.states[0]

    @property
    def would_lose(self) -> bool:
        """Whether an update would lose something: changes made here, or a newer version.

        A missing file is not lost by being put back.
        """
        return bool(self.edited or self.cut_short or self.added or CopyState.AHEAD in self.states)

    def lines(self) -> list[str]:
        """Every difference, a line each."""
        kinds = {
            "edited": self.edited,
            "cut short": self.cut_short,
            "missing": self.missing,
            "added": self.added,
        }
        lines = [f"{kind}: {path}" for kind, paths in kinds.items() for path in paths]
        return lines + [self._versions()] * (self.recorded != self.current)

    def _versions(self) -> str:
        old, new = self.recorded.files, self.current.files
        changed = sum(old.get(path) != new.get(path) for path in old.keys() | new.keys())
        word = "ahead" if CopyState.AHEAD in self.states else "behind"
        here, there = self.recorded.version, self.current.version
        return f"{word}: {here} is here, {there} installed; files that differ: {changed}"


def compare(copy: Path, source: CopySource) -> CopyComparison:
    """What has become of the copy in the folder `copy`, whatever its kind.

    Raises:
        NotACopyError, ManifestError: its manifest cannot be used.
    """
    recorded = read_manifest(copy)
    files = source.files(recorded.kind)
    found = {name: path for name, path in content_files(copy) if name != FILE_NAME}
    changed = {
        name: data
        for name in found.keys() & recorded.files.keys()
        if sha256(data := _content(found[name])) != recorded.files[name]
    }
    cut_short = {name for name, data in changed.items() if _is_beginning(data, name, files, recorded)}
    return CopyComparison(
        recorded=recorded,
        current=Manifest.of(source, recorded.kind, files),
        edited=sorted(changed.keys() - cut_short),
        cut_short=sorted(cut_short),
        missing=sorted(recorded.files.keys() - found.keys()),
        added=sorted(found.keys() - recorded.files.keys()),
    )


def _content(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():  # To read a named pipe would be to wait for ever.
        return _NO_FILE
    return path.read_bytes()


def _is_beginning(data: bytes, name: str, files: Mapping[str, bytes], recorded: Manifest) -> bool:
    whole = files.get(name, b"")
    return sha256(whole) == recorded.files[name] and whole.startswith(data)


def _release(version: str) -> tuple[int, ...]:
    """The numbers before any suffix: of `1.2.0rc1`, 1, 2 and 0."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
