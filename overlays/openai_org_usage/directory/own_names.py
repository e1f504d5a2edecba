"""The names that a person gives to what no list knows: TOML with lines such as `proj_abc = "Search"`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs
import msgspec

from ..errors import NamesFileError

_SECTION_OF: Final = {
    "proj_": "projects",
    "user-": "users",
    "user_": "users",
    "svc_acct_": "users",
    "sa_": "users",
    "key_": "api_keys",
}
"""What the ids begin with that the API gives, and that its documentation shows."""
_PLACE: Final = re.compile(r"at line \d+")


@attrs.frozen(kw_only=True)
class OwnNames:
    """The names by id, by section of the file."""

    projects: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    users: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    api_keys: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)


def read_own_names(path: Path) -> OwnNames:
    """The names in the file at `path`.

    Raises:
        NamesFileError: the file is missing, is no TOML, or has something else in it. What that is stands
            in no message, as it may be a name or a secret.
    """
    return own_names_in(_table_in(path), path)


def own_names_in(table: Mapping[str, object], path: Path) -> OwnNames:
    """The names in `table`, which is of the file at `path`.

    Raises:
        NamesFileError: it has something else in it.
    """
    own = OwnNames()
    sections = {"projects": own.projects, "users": own.users, "api_keys": own.api_keys}
    for place, (key, value) in enumerate(table.items(), 1):
        found = _names_in(value)
        if isinstance(found, str):
            sections[_section_of(key, path, place)][key] = found
        elif found is not None and key in sections:
            sections[key].update(found)
        else:
            raise NamesFileError(
                f'has something else than names in quotes as entry {place}: write proj_abc = "Search"',
                path=path,
            )
    return own


def _table_in(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NamesFileError(f"cannot be read: {error.strerror}", path=path) from None
    except (ValueError, RecursionError) as error:  # As those of tomllib and of decoding are.
        place = _PLACE.search(str(error))
        where = f" {place[0]}" if place else ""
        raise NamesFileError(
            f'is no TOML{where}: write one name to a line, as proj_abc = "Search"', path=path
        ) from None


def _names_in(value: object) -> str | dict[str, str] | None:
    """A name, or those of a section by id; None for anything else, and for names of nothing but blanks."""
    try:
        found = msgspec.convert(value, type=str | dict[str, str])
    except msgspec.ValidationError:
        return None
    if isinstance(found, str):
        return found.strip() or None
    names = {id: name.strip() for id, name in found.items()}
    return names if all(names.values()) else None


def _section_of(id: str, path: Path, place: int) -> str:
    for beginning, section in _SECTION_OF.items():
        if id.startswith(beginning):
            return section
    raise NamesFileError(
        f"has an entry ({place}) that does not begin as the id of a project, user or key does:"
        " write it below [projects], [users] or [api_keys]",
        path=path,
    )
