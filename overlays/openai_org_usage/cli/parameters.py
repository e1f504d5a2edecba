"""From the registry's parameters to options: a new parameter of the API needs nothing here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs
import click

from .._generated import OPERATIONS, Operation, Parameter, ValueType
from ..terminal.suggestions import suggestion
from .click_base import Option, OptionSettings, dashed

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

RANGE = "Range"
FILTERS = "Filters and groups"

EXTRA_QUERY = "--extra-query"

_PREFIX = "api_"
"""Before the names of API parameters, so that none can collide with an option of the command."""
_SPOKEN: Final = {"start_time": ("--since",), "end_time": ("--until",)}
"""Names of options that are easier to say than that of the parameter, which comes last."""
_TIMES: Final = {
    "start_time": (
        "Where the range begins, included: a day, a moment or a span, see TIME below. The API looks back "
        "about one year."
    ),
    "end_time": (
        "Where the range stops. What it names is not included: 2026-11-01 for all of October.  [default: now]"
    ),
}
"""What times are as the command reads them; the API's own descriptions are of Unix seconds."""
_COMMA = re.compile(r"\s*,\s*")
_COMMA_BETWEEN_VALUES = re.compile(r",(?!\s)")
"""A comma in free text that no blank follows: a line item such as `gpt-4o, input` is one value."""


def options_of(operation: Operation, *, taken: Sequence[str]) -> list[Option]:
    """An option for each parameter of `operation`; `--api-NAME` where `taken` has the name already."""
    return [_option(operation, parameter, taken) for parameter in operation.parameters]


def arguments_of(operation: Operation, given: Mapping[str, object]) -> dict[str, object]:
    """The values in `given`, what was parsed, for the parameters of `operation`; None if not given."""
    values = {parameter.name: given[_PREFIX + parameter.name] for parameter in operation.parameters}
    return {name: None if value == () else value for name, value in values.items()}


@attrs.frozen
class ExtraQueryOption:
    """The way out for values and parameters that the API takes before a document says so."""

    extra_query: Mapping[str, list[str]]

    @classmethod
    def option(cls) -> Option:
        """The option for it."""
        return Option(
            [EXTRA_QUERY],
            section=FILTERS,
            multiple=True,
            metavar="NAME=VALUE",
            callback=_read_extra_query,
            help="What the API takes and no document has yet, sent unchecked: sizes=1024x1536. Repeatable.",
        )


def _read_extra_query(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, list[str]]:
    del option
    extra: dict[str, list[str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise click.UsageError(f"{EXTRA_QUERY} takes NAME=VALUE, not {text!r}", context)
        extra.setdefault(name, []).append(value)
    return extra


def option_name(parameter: Parameter, *, taken: Sequence[str] = ()) -> str:
    """How the parameter is written, such as `--group-by`."""
    name = f"--{dashed(parameter.name)}"
    return f"--api-{dashed(parameter.name)}" if name in taken else name


def _option(operation: Operation, parameter: Parameter, taken: Sequence[str]) -> Option:
    values = parameter.allowed_values
    names = (*_SPOKEN.get(parameter.name, ()), option_name(parameter, taken=taken))
    return Option(
        [_PREFIX + parameter.name, *names],
        section=RANGE if parameter.is_time else FILTERS,
        help=" ".join(_sentences(parameter)),
        values=values,
        shell_complete=_completion(values) if values else None,
        **_reading(operation, parameter),
    )


def _reading(operation: Operation, parameter: Parameter) -> OptionSettings:
    """How the text of the option becomes a value."""
    if parameter.type == ValueType.ARRAY:
        return {"multiple": True, "metavar": "LIST", "callback": _list_reader(operation, parameter)}
    if parameter.type == ValueType.BOOLEAN:
        return {"type": _TrueOrFalse(), "is_flag": False, "flag_value": "true", "metavar": "[true|false]"}
    if parameter.is_time:
        return {"metavar": "TIME"}
    if parameter.type == ValueType.INTEGER:
        return {"type": click.INT, "metavar": "NUMBER"}
    if parameter.type == ValueType.NUMBER:
        return {"type": click.FLOAT, "metavar": "NUMBER"}
    metavar = f"[{'|'.join(parameter.allowed_values)}]" if parameter.allowed_values else "TEXT"
    return {"metavar": metavar, "callback": _text_reader(operation, parameter)}


class _TrueOrFalse(click.types.BoolParamType):
    """A boolean as click reads it, refused in fewer words."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        found = None if value == "" else self.str_to_bool(str(value))  # Click takes "" for false.
        if found is None:
            name = "this" if param is None else param.opts[-1]
            raise click.UsageError(f"{name} is true or false, not {value!r}", ctx)
        return found


def _list_reader(
    operation: Operation, parameter: Parameter
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    def read(ctx: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        items = tuple(
            dict.fromkeys(_meant(parameter, item) for text in given for item in split(parameter, text))
        )
        if given and not items:  # As from an unset variable: it must not mean all of them.
            raise click.UsageError(f"{option.opts[0]} is empty", ctx)
        for item in items:
            _check(operation, parameter, item, option)
        return items

    return read


def _text_reader(
    operation: Operation, parameter: Parameter
) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    def read(ctx: click.Context, option: click.Parameter, given: str | None) -> str | None:
        if given is not None:
            _check(operation, parameter, given, option)
        return given

    return read


def split(parameter: Parameter, text: str) -> Iterator[str]:
    """The values in `text`, separated by commas; empty ones are dropped.

    Where values may hold a comma themselves, one that a blank follows does not separate.
    """
    certain = bool(parameter.allowed_values) or parameter.name.endswith("_ids")
    pieces = _COMMA.split(text.strip()) if certain else _COMMA_BETWEEN_VALUES.split(text)
    return (piece for piece in pieces if piece)


def _meant(parameter: Parameter, item: str) -> str:
    """The allowed value that `item` is short for, as `project` is for `project_id`; else `item` itself."""
    plain = item.replace("-", "_")
    forms = (plain, f"{plain}_id", f"api_{plain}_id")
    return next((form for form in forms if form in parameter.allowed_values), item)


def _check(operation: Operation, parameter: Parameter, value: str, option: click.Parameter) -> None:
    allowed = parameter.allowed_values
    if allowed and value not in allowed:
        name = dashed(operation.name)
        known = f"{name} takes {', '.join(allowed)}"
        if len(allowed) == 1 and parameter.name == "bucket_width":
            known = f"{name} come in buckets of {allowed[0]} only"
        elif _has(OPERATIONS["costs"], parameter.name, value.replace("-", "_")):
            known = f"{known}; only costs takes that"
        raise click.UsageError(f"{option.opts[0]} cannot be {value!r}{suggestion(value, allowed)}; {known}")


def _has(operation: Operation, parameter: str, value: str) -> bool:
    names = operation.parameter_names
    return parameter in names and value in operation.parameter(parameter).allowed_values


def _completion(
    values: Sequence[str],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(before + comma + value) for value in values if value.startswith(last)]

    return complete


def _sentences(parameter: Parameter) -> Iterator[str]:
    """The description, then what the registry knows besides."""
    yield _TIMES.get(parameter.name, parameter.description)
    if parameter.allowed_values:
        each = "Each one of" if parameter.type == ValueType.ARRAY else "One of"
        yield f"{each}: {', '.join(parameter.allowed_values)}."
    if parameter.limits:
        sizes = [f"{size.bucket_width} {size.default}, at most {size.maximum}" for size in parameter.limits]
        yield f"The API's own default by --bucket-width: {'; '.join(sizes)}. This command asks for the most."
    elif parameter.default is not None:
        yield f"[default: {parameter.default}]"
    if parameter.required:
        yield "[required, unless another option sets the range]" if parameter.format else "[required]"
