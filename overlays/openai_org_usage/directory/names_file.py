"""The file that names are kept in: JSON with its format and version, for the eyes of its owner alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs
import msgspec

from ..errors import NamesFileError
from ..tables.atomic_files import write_atomically
from .named_items import NamedKey, NamedProject, NamedUser

FORMAT: Final = "openai-org-usage names"
VERSION: Final = 1
_PRIVATE: Final = 0o600
_ANEW: Final = "move it away, and the names are read anew"


_OWN: Final = (
    "is no file of names that were read: names of your own go beside that file as names.toml, "
    "or are added by Names.with_own"
)


class _Heading(msgspec.Struct):
    """What says whether the rest can be read."""

    format: str
    version: int


@attrs.frozen(kw_only=True)
class NamesFile:
    """What is in the file besides its format and version."""

    projects: list[NamedProject] = attrs.field(factory=list[NamedProject], repr=False)
    users: list[NamedUser] = attrs.field(factory=list[NamedUser], repr=False)
    api_keys: list[NamedKey] = attrs.field(factory=list[NamedKey], repr=False)
    read_at: float | None = None
    problems: list[str] = attrs.field(factory=list[str], repr=False)
    organization: str | None = None
    read_with: str | None = None


def read_names_file(path: Path) -> NamesFile:
    """What is in the file at `path`; nothing where there is none yet.

    Raises:
        NamesFileError: the file cannot be read, is damaged, or is none of names, or of a newer version.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return NamesFile()
    except OSError as error:
        raise NamesFileError(f"cannot be read: {error.strerror}", path=path) from None
    _check_heading(path, data)
    try:
        return msgspec.json.decode(data, type=NamesFile)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _damaged(path) from None


def _check_heading(path: Path, data: bytes) -> None:
    try:
        heading = msgspec.json.decode(data, type=_Heading)
    except msgspec.ValidationError:
        raise NamesFileError("is no file of names: give another path", path=path) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if path.suffix == ".toml":
            raise NamesFileError(_OWN, path=path) from None
        raise _damaged(path) from None
    if heading.format != FORMAT:
        raise NamesFileError("is no file of names: give another path", path=path)
    if heading.version != VERSION:
        raise NamesFileError(
            "was written by a newer version of this library: install that, or give another path",
            path=path,
        )


def write_names_file(path: Path, content: NamesFile) -> None:
    """Put `content` at `path`, which only its owner may read, in one step.

    Raises:
        OSError: it cannot be written; what stood there still does.
    """
    heading = {"format": FORMAT, "version": VERSION}
    data = msgspec.json.encode({**heading, **attrs.asdict(content, recurse=False)})
    write_atomically(path, msgspec.json.format(data, indent=1) + b"\n", mode=_PRIVATE)


def _damaged(path: Path) -> NamesFileError:
    return NamesFileError(f"is damaged: {_ANEW}; names of deleted keys were only there", path=path)
