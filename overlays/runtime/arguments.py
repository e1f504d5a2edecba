"""What is given for a request: checked against the document, and in the form that it is sent in."""

from __future__ import annotations

import contextlib
import numbers
import operator
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias, TypeGuard

from .errors import InvalidParameterError
from .redaction import SHORTEST_KEY, holds_key
from .registry import ApiOperation, Parameter, ValueType

Argument: TypeAlias = int | float | str | bool | date | timedelta | tuple[str, ...]
"""What a request holds for a parameter: lists as tuples, times as they were given."""

ExtraQuery: TypeAlias = Mapping[str, str | int | bool | Iterable[str]]
"""Parameters or values that the pinned document lacks, sent as they are."""

_RESERVED = frozenset({"after", "before", "bucket_width", "end_time", "limit", "page", "start_time"})
"""What decides which buckets or items come, and which page of them."""


def checked_arguments(operation: ApiOperation, arguments: Mapping[str, object]) -> dict[str, Argument | None]:
    """`arguments`, if each is a documented one, of the documented type and among the allowed values."""
    documented = {p.name: p for p in (*operation.path_parameters, *operation.parameters)}
    for name in arguments:
        if name not in documented:
            raise InvalidParameterError.unknown_value(
                "a parameter", name, operation.parameter_names, operation=operation.name
            )
    checked = {
        name: None if value is None else _checked_value(operation, documented[name], value)
        for name, value in arguments.items()
    }
    _refuse_keys(operation, checked)
    for parameter in operation.path_parameters:
        _refuse_no_segment(operation, parameter.name, checked.get(parameter.name))
    return checked


def _refuse_no_segment(operation: ApiOperation, name: str, value: object) -> None:
    """No part of a path is empty, or leads to another one; all else is percent-encoded."""
    text = value if isinstance(value, str) else "given already"
    if text.strip() in ("", ".", "..") or not text.isprintable():
        raise InvalidParameterError(
            f"{operation.name}: {name} is an id and a part of the path, which {value!r} cannot be",
            parameter=name,
        )


def _checked_value(operation: ApiOperation, parameter: Parameter, value: object) -> Argument:
    if parameter.type == ValueType.ARRAY:
        items = _items(operation, parameter, value)
        return tuple(_checked_item(operation, parameter, item) for item in items)
    plain = _plain(value)
    if not _fits(plain, parameter):
        raise _wrong_type(operation, parameter, plain, _TIME if parameter.is_time else parameter.type)
    _refuse_unknown(operation, parameter, plain)
    return plain


def _fits(value: object, parameter: Parameter) -> TypeGuard[Argument]:
    """Whether `value` is of the documented type; times come in many."""
    if isinstance(value, bool):
        return parameter.type == ValueType.BOOLEAN
    return isinstance(value, _TIMES if parameter.is_time else _KINDS[parameter.type])


def _refuse_unknown(operation: ApiOperation, parameter: Parameter, value: object) -> None:
    if parameter.allowed_values and value not in parameter.allowed_values:
        raise InvalidParameterError.unknown_value(
            parameter.name, value, parameter.allowed_values, operation=operation.name
        )


_KINDS: Mapping[ValueType, tuple[type, ...]] = {
    ValueType.INTEGER: (int,),
    ValueType.NUMBER: (int, float),
    ValueType.STRING: (str,),
    ValueType.BOOLEAN: (bool,),
}
_TIME = "time: Unix seconds, an aware datetime, a date, an ISO 8601 string, or a span such as '30d'"
_TIMES = (str, date, timedelta, numbers.Real, Decimal)


def _plain(value: object) -> object:
    """`value`; a whole number of another library and an enumeration of strings as Python's own."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, numbers.Integral) and not isinstance(value, int):
        with contextlib.suppress(TypeError):  # Spans of numpy count as whole numbers, and are none.
            return operator.index(value)
    return value


def checked_extra(operation: ApiOperation, extra: object) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """The `extra_query` in the form that it is sent in."""
    if not _is_mapping(extra):
        raise InvalidParameterError(
            f"{operation.name}: extra_query takes a dict of names and values, got {extra!r}",
            parameter="extra_query",
        )
    checked: dict[str, str | tuple[str, ...]] = {}
    for name, value in extra.items():
        plain = without_brackets(name) if isinstance(name, str) else ""
        if not isinstance(name, str) or not plain:
            raise InvalidParameterError(
                f"{operation.name}: extra_query takes names of parameters, not {name!r}",
                parameter="extra_query",
            )
        if plain in _RESERVED:
            raise InvalidParameterError(
                f"{operation.name}: extra_query cannot have {name}, which is a parameter of its own",
                parameter="extra_query",
            )
        checked[name] = _extra_value(operation, name, value)
    _refuse_keys(operation, checked)
    return tuple(checked.items())


def without_brackets(name: str) -> str:
    """The parameter that `name` is a part of: `group_by` for `group_by[]`."""
    return name.partition("[")[0]


def _extra_value(operation: ApiOperation, name: str, value: object) -> str | tuple[str, ...]:
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = _plain(value)
    if isinstance(plain, (str, int)):
        return str(plain)
    if _is_iterable(plain) and not isinstance(plain, bytes | Mapping):
        items = [_plain(item) for item in plain]
        if all(isinstance(item, str) for item in items):
            return tuple(map(str, items))
    raise InvalidParameterError(
        f"{operation.name}: extra_query takes texts, whole numbers, booleans and lists of texts; "
        f"{name} is {value!r}",
        parameter="extra_query",
    )


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable)


def _refuse_keys(operation: ApiOperation, given: Mapping[str, object]) -> None:
    """No parameter takes a key: it would be sent in the URL, and stand in the logs of all that pass it on."""
    for name, value in given.items():
        if name == "page" or not isinstance(value, (str, tuple)):  # A cursor is the server's.
            continue
        is_short = len(f"{value}") < SHORTEST_KEY and name in operation.parameter_names
        if not is_short and holds_key(f"{name}={value}"):
            raise InvalidParameterError(
                f"{operation.name}: {name} holds a key, which would be sent in the URL: pass it as admin_key",
                parameter=name,
            )


def _items(operation: ApiOperation, parameter: Parameter, value: object) -> list[object]:
    if isinstance(value, (str, bytes)):
        raise InvalidParameterError(
            f"{operation.name}: {parameter.name} takes a list; write [{value!r}] for one value",
            parameter=parameter.name,
        )
    with contextlib.suppress(TypeError):
        if _is_iterable(value):
            return list(value)
    raise _wrong_type(operation, parameter, value, "list of strings")


def _checked_item(operation: ApiOperation, parameter: Parameter, item: object) -> str:
    if not isinstance(item, str):
        raise _wrong_type(operation, parameter, item, "list of strings")
    _refuse_unknown(operation, parameter, item)
    return str.__str__(item)


def encoded(operation: ApiOperation, name: str, value: Argument) -> str:
    """The plain `value` of the parameter `name` as it goes on the wire, before percent encoding.

    Raises:
        InvalidParameterError: a time is not in Unix seconds yet.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if name in operation.parameter_names and operation.parameter(name).type == ValueType.INTEGER:
        raise InvalidParameterError(
            f"{operation.name}: {name} is sent in Unix seconds, got {value!r}; UsageClient converts "
            "other forms of time, the endpoint functions take an int",
            parameter=name,
        )
    return str(value)


def _wrong_type(
    operation: ApiOperation, parameter: Parameter, value: object, wanted: str
) -> InvalidParameterError:
    return InvalidParameterError(
        f"{operation.name}: {parameter.name} takes {'an' if wanted[0] in 'aeiou' else 'a'} {wanted}, "
        f"got {value!r} ({type(value).__module__}.{type(value).__qualname__})".replace("builtins.", ""),
        parameter=parameter.name,
    )


__all__ = [
    "Argument",
    "ExtraQuery",
    "checked_arguments",
    "checked_extra",
    "encoded",
    "without_brackets",
]
