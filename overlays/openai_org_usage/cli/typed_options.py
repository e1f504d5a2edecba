"""Errors call options as they were typed, or as the configuration file has them. Pure.

Some options have several names, such as `--since` and `--start-time`. What finds a mistake need not know
which of them was used: its words are corrected here, once for all commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from .._generated import InvalidParameterError
from .errors import WrongUsageError

_TYPED: Final = "openai_org_usage.typed"
"""Where a context keeps the options among its words."""
_OF_FILE: Final = "openai_org_usage.of_file"
"""Where it keeps the configuration file and the options in it."""
_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][\w-]*")


def spoken_name(parameter: click.Parameter) -> str:
    """How a parameter is called where nobody typed it: the first of its long names."""
    return next(_long_names(parameter), parameter.human_readable_name)


def note_typed(ctx: click.Context, words: Sequence[str]) -> None:
    """Remember which options are among the `words` of a command."""
    names = {word.partition("=")[0].replace("_", "-") for word in words if word.startswith("--")}
    ctx.meta[_TYPED] = names | {word[:2] for word in words if word.startswith("-")}


def note_file(ctx: click.Context, path: Path | None, keys: Iterable[str]) -> None:
    """Remember the `keys` of the configuration file at `path` that concern the command."""
    ctx.meta[_OF_FILE] = (path, {f"--{key.replace('_', '-')}" for key in keys})


def as_typed(text: str, ctx: click.Context) -> str:
    """`text` with the options of `ctx` as they were typed, and with the file that has those that were not."""
    options = {name: option for option in ctx.command.params for name in _long_names(option)}
    named = [options[name] for name in dict.fromkeys(_OPTION.findall(text)) if name in options]
    said = _OPTION.sub(
        lambda found: typed_name(options[found[0]], found[0], ctx) if found[0] in options else found[0], text
    )
    return said + _of_the_file(list(dict.fromkeys(named)), ctx)


def as_typed_error(error: WrongUsageError | InvalidParameterError, ctx: click.Context) -> WrongUsageError:
    """`error` with its options as they were typed; parameters of the library are called as options, too."""
    if isinstance(error, WrongUsageError):
        return WrongUsageError(as_typed(str(error), ctx), remedy=error.remedy)
    option = f"--{error.parameter.replace('_', '-')}"
    known = [name for each in ctx.command.params for name in _long_names(each)]
    text = str(error)
    if option in known:
        text = re.sub(rf"(?<![\w-]){re.escape(error.parameter)}(?![\w-])", option, text, count=1)
    return WrongUsageError(as_typed(text, ctx))


def _long_names(parameter: click.Parameter) -> Iterator[str]:
    return (name for name in parameter.opts if name.startswith("--"))


def typed_name(option: click.Parameter, otherwise: str, ctx: click.Context) -> str:
    """The name of `option` that was typed, or that the file has."""
    given = ctx.meta[_OF_FILE][1] if _is_of_file(option, ctx) else ctx.meta.get(_TYPED, ())
    return next((name for name in option.opts if name in given), otherwise)


def _is_of_file(option: click.Parameter, ctx: click.Context) -> bool:
    is_default = ctx.get_parameter_source(option.name or "") is ParameterSource.DEFAULT_MAP
    return is_default and _OF_FILE in ctx.meta


def _of_the_file(named: Sequence[click.Parameter], ctx: click.Context) -> str:
    """Which file the options in `named` are from, if any of them is."""
    theirs = [option for option in named if _is_of_file(option, ctx)]
    if not theirs:
        return ""
    path, _ = ctx.meta[_OF_FILE]
    if len(theirs) == len(named):
        return f" (in {path})"
    which = " and ".join(typed_name(option, spoken_name(option), ctx) for option in theirs)
    return f" ({which} in {path})"


__all__ = ["as_typed", "as_typed_error", "note_file", "note_typed", "spoken_name", "typed_name"]
