"""The JSON Schema of the configuration file, made of the commands, for editors. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import click
import msgspec

from ..click_base import Option
from .file import ConfigurationTables
from .option_defaults import option_names

Schema = dict[str, object]


def configuration_schema(commands: Mapping[str, click.Command]) -> Schema:
    """What the file may have, where `commands` are all there are, by name."""
    schema = msgspec.json.schema(ConfigurationTables)
    tables = schema["$defs"]["ConfigurationTables"]["properties"]
    of_commands = {name: _options(command) for name, command in commands.items()}
    shared = {key: value for options in of_commands.values() for key, value in options.items()}
    tables["defaults"] = _table(shared)
    tables["commands"] = _table({name: _table(options) for name, options in of_commands.items()})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _table(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _options(command: click.Command) -> dict[str, Schema]:
    """Each option that may stand in the file, with its help."""
    names = option_names(command)
    by_name = {option.name: option for option in command.params if isinstance(option, Option)}
    return {
        name: {**_type(by_name[called]), "description": by_name[called].help}
        for name, called in names.items()
    }


def _type(option: Option) -> Schema:
    if option.is_flag or isinstance(option.type, click.types.BoolParamType):
        return {"type": "boolean"}
    if option.multiple:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    if isinstance(option.type, click.Choice):
        return {"enum": [*option.type.choices]}
    if isinstance(option.type, click.types.IntParamType):
        return {"type": "integer"}
    if isinstance(option.type, click.types.FloatParamType):
        return {"type": "number"}
    return {"type": "string"}


__all__ = ["configuration_schema"]
