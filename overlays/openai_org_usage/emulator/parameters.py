"""Reading a query string by the registry: which parameters there are, their types and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from .._generated import ListOperation, Operation, Parameter, ValueType
from .dataset import UNDOCUMENTED
from .errors import ApiError, invalid_value, missing_parameter, rejected, unknown_parameter, wrong_type
from .request_streams import filtered_dimension

Scalar = int | str | bool
Value = Scalar | tuple[Scalar, ...]
Pairs = Sequence[tuple[str, str]]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_COMMA = re.compile(r",(?! )")
"""A comma between values. One before a blank is part of a value, as in `gpt-4o-2024-08-06, input`."""
_BOOLEANS = {"true": True, "false": False}


def read_parameters(operation: Operation | ListOperation, pairs: Pairs) -> dict[str, Value]:
    """The typed values of a query string's parameters.

    Arrays may be repeated (`group_by=a&group_by=b`), bracketed (`group_by[]=a&group_by[]=b`) or in one
    text (`group_by=a,b`).

    Raises:
        ApiError: 400, as it breaks a rule.
    """
    texts = _collect(operation, pairs)
    for parameter in operation.parameters:
        if parameter.required and parameter.name not in texts:
            raise missing_parameter(parameter.name)
    return {
        parameter.name: _value(parameter, texts[parameter.name])
        for parameter in operation.parameters
        if parameter.name in texts
    }


def _collect(operation: Operation | ListOperation, pairs: Pairs) -> dict[str, list[str]]:
    known = _spellings(operation.parameters)
    texts: dict[str, list[str]] = {}
    for spelling, text in pairs:
        parameter = known.get(spelling)
        if parameter is None:
            raise unknown_parameter(spelling)
        given = texts.setdefault(parameter.name, [])
        if given and parameter.type != ValueType.ARRAY:
            raise rejected(parameter.name, "expected one value, but got several.")
        given += _listed(text) if parameter.type == ValueType.ARRAY else [text]
    return texts


def _listed(text: str) -> list[str]:
    """The values that a text joins by commas: itself where one of them would be empty."""
    values = _COMMA.split(text)
    return values if all(values) else [text]


def _spellings(parameters: Iterable[Parameter]) -> Mapping[str, Parameter]:
    plain = {parameter.name: parameter for parameter in parameters}
    return plain | {f"{name}[]": p for name, p in plain.items() if p.type == ValueType.ARRAY}


def _value(parameter: Parameter, texts: Sequence[str]) -> Value:
    if parameter.type == ValueType.ARRAY:
        kind = parameter.item_type or "string"
        return tuple(dict.fromkeys(_scalar(parameter, kind, text) for text in texts))
    return _scalar(parameter, parameter.type, texts[0])


def _scalar(parameter: Parameter, kind: str, text: str) -> Scalar:
    value = _typed(parameter.name, kind, text)
    others = UNDOCUMENTED.get(filtered_dimension(parameter.name), ())
    if parameter.allowed_values and text not in (*parameter.allowed_values, *others):
        raise invalid_value(parameter.name, text, parameter.allowed_values)
    return value


def _typed(name: str, kind: str, text: str) -> Scalar:
    match kind:
        case "integer" if _INTEGER.fullmatch(text):
            return int(text)
        case "boolean" if text in _BOOLEANS:
            return _BOOLEANS[text]
        case "number" if _NUMBER.fullmatch(text):
            return text
        case "integer" | "boolean" | "number":
            raise wrong_type(name, kind)
        case _:
            return _string(name, text)


def _string(name: str, text: str) -> str:
    if not text:
        raise _empty(name)
    return text


def _empty(name: str) -> ApiError:
    return rejected(name, "empty string. Expected a string with at least one character.")
