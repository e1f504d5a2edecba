"""Defaults of options, as the configuration file gives them: checked against the commands that have them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import click

from ...errors import ConfigurationError
from ...terminal.suggestions import suggestion
from ..click_base import Option, dashed
from .file import Configuration

_NEVER: Final = ("debug", "dry-run", "help", "version")
"""Options that make no sense for every run."""
_FROM_ENVIRONMENT: Final[Mapping[str, str]] = {"base-url": "OPENAI_BASE_URL"}
"""Options for which the environment has something to say, which wins over the file."""
EXCLUSIVE: Final = ("Range",)
"""Sections of options of which those of the command line replace all of the file's."""

CommandOf = Callable[[str], click.Command | None]


def defaults_of(
    name: str, command: click.Command, configuration: Configuration, *, others: Iterable[str], make: CommandOf
) -> dict[str, object]:
    """The values for the options of `command`, by the names that click has for them.

    Raises:
        ConfigurationError: the file names an option that the command does not have, or no command has.
    """
    tables = configuration.tables
    for given in tables.commands:
        if dashed(given) not in (known := list(others)):
            problem = f"there is no command {given!r}{suggestion(dashed(given), known)}"
            raise configuration.wrong(problem, word=given)
    own = option_names(command)
    values = _of_all(command, configuration, others=others, make=make)
    for table in (table for given, table in tables.commands.items() if dashed(given) == name):
        for key, value in table.items():
            if dashed(key) not in own:
                raise _unknown(configuration, key, own, whose=f"of {name}")
            values[own[dashed(key)]] = value
    several = {option.name for option in command.params if isinstance(option, Option) and option.multiple}
    return {
        key: [value] if key in several and not isinstance(value, list) else value
        for key, value in values.items()
        if not _is_from_environment(key)
    }


def _of_all(
    command: click.Command, configuration: Configuration, *, others: Iterable[str], make: CommandOf
) -> dict[str, object]:
    """Those of the file's defaults that the command takes; the others are some other command's."""
    own = option_names(command)
    values: dict[str, object] = {}
    for key, value in configuration.tables.defaults.items():
        if _takes(command, key, value):
            values[own[dashed(key)]] = value
        elif any(_takes(made, key, value) for name in others if (made := make(name))):
            continue
        elif dashed(key) in own:
            values[own[dashed(key)]] = value  # Which is refused as on the command line.
        else:
            raise _unknown(configuration, key, own, whose="of any command")
    return values


def _takes(command: click.Command, key: str, value: object) -> bool:
    """Whether the command has that option, and `value` is among its choices, if it has any."""
    name = option_names(command).get(dashed(key))
    kind = next((option.type for option in command.params if name and option.name == name), None)
    return kind is not None and (not isinstance(kind, click.Choice) or value in kind.choices)


def option_names(command: click.Command) -> dict[str, str]:
    """What click calls each option that may have a default, by its name on the command line."""
    return {
        name.removeprefix("--"): option.name or ""
        for option in command.params
        if isinstance(option, Option)
        for name in option.opts
        if name.startswith("--") and name.removeprefix("--") not in _NEVER
    }


def without_replaced(
    defaults: Mapping[str, object], command: click.Command, words: Sequence[str]
) -> dict[str, object]:
    """`defaults` without those in whose section `words` give anything, where one excludes the other."""
    given = {word.partition("=")[0] for word in words}
    options = [option for option in command.params if isinstance(option, Option)]
    sections = {option.section for option in options if given.intersection(option.opts)}
    replaced = {each.name for each in options if each.section in sections.intersection(EXCLUSIVE)}
    return {name: value for name, value in defaults.items() if name not in replaced}


def _is_from_environment(name: str) -> bool:
    return bool(os.environ.get(_FROM_ENVIRONMENT.get(dashed(name), ""), "").strip())


def _unknown(
    configuration: Configuration, key: str, known: Iterable[str], *, whose: str
) -> ConfigurationError:
    problem = f"there is no option {key!r} {whose}{suggestion(dashed(key), list(known))}"
    return configuration.wrong(problem, word=key)


__all__ = ["defaults_of", "option_names", "without_replaced"]
