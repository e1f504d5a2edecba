"""What click finds wrong about the words of a command, said as all other errors are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import click

from ..terminal.suggestions import nearest, suggestion
from .click_base import Option, dashed
from .typed_options import spoken_name

_VALUE: Final = re.compile(r"('.*?'|\S+) is not (?:one of|a valid|in the range)", re.DOTALL)
_EXTRA: Final = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)
_GROUPED: Final = ("by", "group-by")
"""Options whose values people write into the name of the option, as in `--by-model`."""


def usage_message(error: click.UsageError) -> str:
    """What is wrong, in a sentence without a capital and without a period."""
    if isinstance(error, click.NoSuchOption):
        return _unknown(error)
    if isinstance(error, click.BadOptionUsage):
        takes_none = "does not take" in error.message
        return f"{error.option_name} {'takes no value' if takes_none else 'needs a value'}"
    parameter = error.param if isinstance(error, click.BadParameter) else None
    if parameter is not None:
        return _refused(error.message, parameter)
    if extra := _EXTRA.match(error.message):
        return f"unexpected: {extra[1]}"
    message = error.format_message().strip().rstrip(".")
    return message[:1].lower() + message[1:]


def _refused(message: str, parameter: click.Parameter) -> str:
    """What is wrong about the value of `parameter`, or that it is missing."""
    name, kind, found = spoken_name(parameter), parameter.type, _VALUE.match(message)
    if not message:
        return f"missing: {name}"
    if found is None:
        return f"{name}: {message[:1].lower()}{message[1:].rstrip('.')}"
    if isinstance(kind, click.Choice):
        choices = [str(choice) for choice in kind.choices]
        near = suggestion(found[1].strip("'"), choices)
        return f"{name} cannot be {found[1]}{near}; it is one of {', '.join(choices)}"
    return f"{name} is {_wanted(parameter)}, not {found[1]}"


def _wanted(parameter: click.Parameter) -> str:
    """Which numbers are taken."""
    kind = parameter.type
    noun = "a whole number" if isinstance(kind, click.types.IntParamType) else "a number"
    if not isinstance(kind, click.IntRange | click.FloatRange) or kind.min is None:
        return noun
    return f"{noun} above {kind.min:g}" if kind.min_open else f"{noun} from {kind.min:g} on"


def _unknown(error: click.NoSuchOption) -> str:
    """That there is no such option, or that it is one of the program and not of its commands."""
    program = error.ctx and error.ctx.parent
    if program and any(error.option_name in option.opts for option in program.command.params):
        return f"{error.option_name} goes before the command and its options"
    return f"there is no option {error.option_name}{_meant(error)}"


def _meant(error: click.NoSuchOption) -> str:
    """The option that reads most like the unknown one, or the value of an option that is written so."""
    contexts = filter(None, (error.ctx, error.ctx and error.ctx.parent))
    known = {way: meant for context in contexts for way, meant in _ways_to_write(context.command)}
    near = nearest(error.option_name, known)
    return "" if near is None else f" (did you mean {known[near]!r}?)"


def _ways_to_write(command: click.Command) -> Iterator[tuple[str, str]]:
    """What people may write for an option, each with what it is: `--by-project` is `--group-by project`."""
    for option in command.params:
        if not isinstance(option, click.Option):
            continue
        yield from ((name, name) for name in option.opts if name.startswith("--"))
        for value in option.values if isinstance(option, Option) else ():
            short = value.removesuffix("_id")
            for name in _GROUPED if spoken_name(option)[2:] in _GROUPED else ():
                yield f"--{name}-{dashed(short)}", f"{spoken_name(option)} {short}"
                yield f"--{name}-{dashed(value)}", f"{spoken_name(option)} {value}"


__all__ = ["usage_message"]
