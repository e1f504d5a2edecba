"""The organizations of an archive, as `organizations.toml` lists them; keys stand in the environment only."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Final

import attrs
import msgspec

from .._generated import InvalidParameterError, holds_key
from ..credentials import AdminKey, checked_base_url
from ..errors import ConfigurationError
from .partition_paths import checked_name

_FORM: Final = 'write [organizations.NAME], and below it key_env = "THE_VARIABLE_THAT_HOLDS_ITS_KEY"'
_FIELDS: Final = ("key_env", "base_url")
_KEY_FOUND: Final = (
    "has a key in it: whoever reads the file has it, so revoke it, put a new one into an environment "
    "variable, and name that as key_env"
)
_LARGEST: Final = 2**20
VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
"""The name of a variable, in capitals, as is usual: hardly any key is written so."""


@attrs.frozen(kw_only=True)
class ArchiveOrganization:
    """An organization, and where its key is.

    Attributes:
        name: under which it is kept; part of the paths of its files.
        key_env: the environment variable that holds its admin key.
        base_url: where its API is; None for OPENAI_BASE_URL, else OpenAI's.
    """

    name: str
    key_env: str
    base_url: str | None = None

    def admin_key(self) -> str:
        """The key.

        Raises:
            ConfigurationError: the variable is not set, or holds a key of another kind.
        """
        return AdminKey.from_environment(self.key_env).reveal()


def read_organizations(path: str | os.PathLike[str]) -> tuple[ArchiveOrganization, ...]:
    """The organizations that the file at `path` lists, in its order::

        [organizations.acme]
        key_env = "ACME_OPENAI_ADMIN_KEY"

        [organizations.acme-eu]
        key_env = "ACME_EU_OPENAI_ADMIN_KEY"
        base_url = "https://eu.api.openai.com/v1"

    Whether the variables are set is not asked here.

    Raises:
        ConfigurationError: the file cannot be read, is not in this form, holds a key, or lists one twice.
    """
    try:
        return _organizations_in(_read(Path(path)))
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = "is no text in UTF-8"
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = f"is no TOML, or has a name twice: {error}"
    except ConfigurationError as error:
        problem = str(error)
    raise ConfigurationError(f"{os.fspath(path)} {problem}")


def _read(path: Path) -> str:
    """The text of the file, of which there is an end: a device has none."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ConfigurationError("is too large to be a list of organizations")
    return content.decode()


def _organizations_in(text: str) -> tuple[ArchiveOrganization, ...]:
    if holds_key(text):
        raise ConfigurationError(_KEY_FOUND)
    content = tomllib.loads(text)
    tables = _members(content.pop("organizations", None))
    if content or not tables:
        raise ConfigurationError(f"is no list of organizations: {_FORM}")
    found = tuple(_organization(name, table) for name, table in tables.items())
    _refuse_same(found)
    return found


def _organization(name: str, table: object) -> ArchiveOrganization:
    """The organization in `table`. What stands there is not shown: it may be a key of an unknown form."""
    _check_name(name)
    fields = _members(table)
    key_env, base_url = fields.get("key_env"), fields.get("base_url")
    if not isinstance(key_env, str):
        raise ConfigurationError(f"does not say where the key of {name} is: {_FORM}")
    if any(field not in _FIELDS for field in fields):
        raise ConfigurationError(f"has something else than {' and '.join(_FIELDS)} for {name}: take it out")
    if not VARIABLE.fullmatch(key_env):
        raise ConfigurationError(
            f"has a key_env of {name} that is no name of a variable in capitals, such as ACME_ADMIN_KEY: "
            "is it the key itself? Then revoke that, and name a variable that holds a new one"
        )
    address = None if base_url is None else _checked_address(name, base_url)
    return ArchiveOrganization(name=name, key_env=key_env, base_url=address)


def _check_name(name: str) -> None:
    """Refuse what cannot be part of paths: on every system, and in every engine that reads a glob."""
    try:
        checked_name(name, parameter="organizations")
    except InvalidParameterError as error:
        raise ConfigurationError(str(error)) from None


def _members(value: object) -> dict[str, object]:
    """The members of a table of TOML; of anything else, none."""
    try:
        return msgspec.convert(value, dict[str, object])
    except msgspec.ValidationError:
        return {}


def _checked_address(name: str, base_url: object) -> str:
    if not isinstance(base_url, str) or not base_url:
        raise ConfigurationError(f"has a base_url of {name} that is no text")
    try:
        return checked_base_url(base_url)
    except ConfigurationError as error:
        raise ConfigurationError(f"has a base_url of {name} that cannot be: {error}") from None


def _refuse_same(organizations: tuple[ArchiveOrganization, ...]) -> None:
    """Refuse two of one name where a file system does not tell cases apart, and two with one key."""
    names: dict[str, str] = {}
    variables: dict[tuple[str, str | None], str] = {}
    for each in organizations:
        if (other := names.setdefault(each.name.lower(), each.name)) != each.name:
            raise ConfigurationError(f"has {other} and {each.name}, which are one folder on some systems")
        where = (each.key_env, each.base_url)
        if (other := variables.setdefault(where, each.name)) != each.name:
            raise ConfigurationError(
                f"has the same key_env for {other} and {each.name}: one organization would be kept twice"
            )


__all__ = ["VARIABLE", "ArchiveOrganization", "read_organizations"]
