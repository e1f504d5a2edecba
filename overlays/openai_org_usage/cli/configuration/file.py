"""The configuration file: defaults of options, organizations, budgets and names, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeGuard

import attrs
import msgspec

from ..._generated import holds_key
from ...errors import ConfigurationError
from ...money import currency_code
from ..errors import WrongUsageError

if TYPE_CHECKING:
    from ...directory.names import Names

_LARGEST: Final = 2**20
OptionValue = bool | int | float | str | list[str]
"""What an option may be given; lists are of options that may be repeated."""


class BudgetEntry(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A limit, as it stands below `[[budgets]]`."""

    limit: Decimal | int
    """What may be spent in the period; with more than two digits after the point, in quotes."""
    currency: str = "usd"
    period: Literal["day", "week", "month"] = "month"
    project: str | None = None
    """The name or the id of the project that it is for; without it, the organization."""

    def __post_init__(self) -> None:
        if currency_code(self.currency) is None:
            raise ValueError("a currency is a code of three letters, such as usd")
        if not Decimal(self.limit).is_finite() or self.limit < 0:
            raise ValueError("a limit is an amount of zero or more")


class OrganizationEntry(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An organization, as it stands below `[organizations.NAME]`; the key itself stands in no file."""

    key_env: str
    """The environment variable that holds its admin key."""
    base_url: str | None = None
    """Where its API is; without it, as everywhere."""

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Z_][A-Z0-9_]*", self.key_env):
            raise ValueError("key_env is the name of a variable in capitals, such as ACME_ADMIN_KEY")


class ConfigurationTables(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """All that the file may have."""

    defaults: dict[str, OptionValue] = {}
    """Options of every command that has them, such as `timeout = 30` and `names = true`."""
    commands: dict[str, dict[str, OptionValue]] = {}
    """Options of one command, below `[commands.costs]`; they win over `defaults`."""
    budgets: list[BudgetEntry] = []
    organizations: dict[str, OrganizationEntry] = {}
    names: dict[str, str | dict[str, str]] = {}
    """Names by id, as in names.toml."""


@attrs.frozen
class Configuration:
    """What the file says, and where it is."""

    path: Path | None = None
    """None without a file."""
    tables: ConfigurationTables = attrs.field(factory=ConfigurationTables, repr=False)
    text: str = attrs.field(default="", repr=False)

    def with_names(self, names: Names) -> Names:
        """`names`, and those of the file, which win over them.

        Raises:
            NamesFileError: the file has something else among its names.
        """
        if not self.tables.names or self.path is None:
            return names
        from ...directory.own_names import own_names_in

        return names.with_own_names(own_names_in(self.tables.names, self.path))

    def organization(self, name: str) -> OrganizationEntry:
        """The organization of that `name`.

        Raises:
            WrongUsageError: the file does not have it.
        """
        from ...terminal.suggestions import suggestion

        known = self.tables.organizations
        if name not in known:
            where = self.path or "there is no such file, and it"
            raise WrongUsageError(
                f"--organization goes with --archive, or names an organization of the configuration; "
                f"{where} has no {name!r}{suggestion(name, list(known))}"
            )
        return known[name]

    def keys_for(self, command: str) -> set[str]:
        """The options that the file has for `command`, and those for all, as they are written there."""
        of_commands = self.tables.commands.items()
        own = (table for name, table in of_commands if name.replace("_", "-") == command)
        return {key for table in (self.tables.defaults, *own) for key in table}

    def wrong(self, problem: str, *, word: str, earlier: int = 0) -> ConfigurationError:
        """The error for what is wrong about `word`, with the line of it that comes after `earlier` ones."""
        pattern = re.compile(rf"[\"']?{re.escape(word)}[\"']?\s*[=\]]|\.{re.escape(word)}\b")
        lines = enumerate(self.text.splitlines(), 1)
        found = [number for number, line in lines if pattern.search(line)]
        number = found[earlier] if earlier < len(found) else None
        where = "" if number is None else f", line {number}"
        return ConfigurationError(f"{self.path}{where}: {problem}")


def read_configuration(path: Path) -> Configuration:
    """What the file at `path` says.

    Raises:
        ConfigurationError: it cannot be read, has a key in it, or something that it may not have.
    """
    try:
        text = _text_of(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is no text in UTF-8") from None
    if holds_key(text):
        raise ConfigurationError(
            f"{path} has a key in it: whoever reads the file has it. Revoke it, put a new one into an "
            "environment variable, and name that as key_env"
        )
    return _checked(Configuration(path, text=text))


def _text_of(path: Path) -> str:
    """The text of the file, of which there is an end: a device has none."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ConfigurationError(f"{path} is too large to be a configuration: it has more than 1 MiB")
    return content.decode("utf-8-sig")


def _checked(configuration: Configuration) -> Configuration:
    """With what its text says."""
    import tomllib

    try:
        content = tomllib.loads(configuration.text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{configuration.path} is no TOML: {error}") from None
    try:
        tables = msgspec.convert(_plain(content), ConfigurationTables)
    except msgspec.ValidationError as error:
        raise _explained(configuration, str(error)) from None
    return attrs.evolve(configuration, tables=tables)


def _plain(content: Mapping[str, object]) -> dict[str, object]:
    """`content` with floats for decimals, but for the limits of budgets."""
    return {key: value if key == "budgets" else _with_floats(value) for key, value in content.items()}


def _with_floats(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return {key: _with_floats(each) for key, each in value.items()} if _is_table(value) else value


def _is_table(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]*)`")
_PLACE: Final = re.compile(r" - at `\$\.?(.*)`$")
_FORMS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "budgets": BudgetEntry,
    "organizations": OrganizationEntry,
}


def _explained(configuration: Configuration, message: str) -> ConfigurationError:
    """What msgspec says, as people would."""
    from ...terminal.suggestions import suggestion

    place = _PLACE.search(message)
    inside = place[1] if place else ""
    unknown = _UNKNOWN.search(message)
    if unknown:
        section = re.split(r"[.\[]", inside)[0]
        known = _FORMS.get(section, ConfigurationTables).__struct_fields__
        where = f" of {section}" if section else ""
        near = suggestion(unknown[1], known)
        problem = f"there is no {unknown[1]!r}{where}{near}; there are {', '.join(known)}"
        return configuration.wrong(problem, word=unknown[1])
    said, last = _PLACE.sub("", message), inside.rpartition(".")[2]
    word, _, earlier = last.rstrip("]").partition("[")
    problem = f"{inside or 'the file'}: {said[:1].lower()}{said[1:]}"
    return configuration.wrong(problem, word=word, earlier=int(earlier) if earlier.isdecimal() else 0)


__all__ = ["BudgetEntry", "Configuration", "OrganizationEntry", "read_configuration"]
