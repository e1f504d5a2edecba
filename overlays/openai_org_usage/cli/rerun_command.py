"""What was given on the command line, and the same command with something changed, to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click
from click.core import ParameterSource

from ..printable import shell_command
from .click_base import PROGRAM
from .typed_options import spoken_name, typed_name


def command_line(ctx: click.Context, changes: Mapping[str, str | None]) -> str:
    """The command of `ctx` as it was given, with the options in `changes` set, or taken away by None.

    Keys of `changes` are options by the last of their names, such as `--start-time`; they are written as they
    were typed, or by the first, `--since`. No admin key is in it: `refuse_keys` comes first.
    """
    words = [PROGRAM, ctx.command.name or ""]
    left = dict(changes)
    for option in ctx.command.params:
        name = typed_name(option, spoken_name(option), ctx)
        if option.opts[-1] in left:
            value = left.pop(option.opts[-1])
            words += [] if value is None else [name, value]
        elif ctx.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
            given = ctx.params[option.name or ""]
            words += _words(option, name, given if option.multiple else [given])
    return shell_command(words)


def _words(option: click.Parameter, name: str, values: Sequence[object]) -> list[str]:
    if isinstance(option, click.Option) and option.is_flag:
        return [name]
    return [word for item in values if item is not None for word in (name, _text(item))]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
