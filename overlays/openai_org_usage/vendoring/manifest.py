"""What is written down in a copy about itself: `VENDORED.json`.

It is for people and for `--check`; the copied code never reads it. Its last member is a digest of
the others, so that an edit by hand shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs
import msgspec

from ..tables.atomic_files import sha256
from .contents import CopyKind, CopySource
from .errors import ManifestError, NotACopyError

FILE_NAME: Final = "VENDORED.json"
FORMAT: Final = 1
_MADE_BY: Final = "openai-org-usage vendor; do not edit"
_REPAIR: Final = "`--update --force` makes the copy anew"


@attrs.frozen
class Manifest:
    """What a copy was made from, and the SHA-256 of each of its files by path."""

    version: str
    kind: CopyKind
    spec: dict[str, str]
    requires_python: str
    requirements: list[str]
    license: str
    files: dict[str, str]

    @classmethod
    def of(cls, source: CopySource, kind: CopyKind, files: Mapping[str, bytes]) -> Manifest:
        """The manifest of a copy of `files`."""
        return cls(
            version=source.version,
            kind=kind,
            spec=dict(source.spec),
            requires_python=source.requires_python,
            requirements=list(source.requirements),
            license=source.license,
            files={name: sha256(files[name]) for name in sorted(files)},
        )

    def to_bytes(self) -> bytes:
        """The content of the file."""
        members = {"made by": _MADE_BY, "format": FORMAT, **attrs.asdict(self)}
        members["sha256"] = _digest(members)
        return (json.dumps(members, indent=2, ensure_ascii=False) + "\n").encode()


def read_manifest(copy: Path) -> Manifest:
    """The manifest of the copy in the folder `copy`.

    Raises:
        NotACopyError: there is none, or it is somebody else's.
        ManifestError: it was edited by hand, is cut short, or of a later format.
    """
    path = copy / FILE_NAME
    if path.is_symlink() or not path.is_file():
        raise NotACopyError(f"{copy} has no {FILE_NAME}: it is no vendored copy, or a truncated one")
    data = path.read_bytes()
    if _MADE_BY.encode() not in data:
        raise NotACopyError(f"{path} was not made by `openai-org-usage vendor`")
    return _manifest(data, path)


def _manifest(data: bytes, path: Path) -> Manifest:
    try:
        members: dict[str, object] = msgspec.json.decode(data, type=dict[str, object])
        digest = _digest(members)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ManifestError(f"{path} is cut short or no JSON ({error}); {_REPAIR}") from error
    if members.get("sha256") != digest:
        raise ManifestError(f"{path} was edited by hand: its digest is not its content's; {_REPAIR}")
    if members.get("format") != FORMAT:
        raise ManifestError(f"{path} is of format {members.get('format')!r}: use the version that made it")
    try:
        return msgspec.convert(members, Manifest)
    except msgspec.ValidationError as error:
        raise ManifestError(f"{path} lacks something: {error}; {_REPAIR}") from error


def _digest(members: Mapping[str, object]) -> str:
    """Of what the manifest says, not of how it is laid out."""
    content = {name: value for name, value in members.items() if name != "sha256"}
    return sha256(json.dumps(content, sort_keys=True).encode())
