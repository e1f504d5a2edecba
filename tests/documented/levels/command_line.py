"""The command line: the help of each endpoint's command, and what its options send.

Options that the command has beside the API's parameters are known here by name.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
from collections.abc import Callable, Collection, Mapping
from typing import Final
from unittest import mock

from openai_org_usage import OPERATIONS
from openai_org_usage.cli import main

from ..facts import Description, Endpoint, Limit, Member, Value

_SECTIONS: Final = ("Range", "Filters and groups")
_OWN: Final = {
    *("last", "month", "year", "this_month", "today", "timezone", "extra_query"),
    *("project", "user", "api_key"),
}
_OWN_VALUES: Final = {("costs", "group_by"): {"model"}}
"""Of the parameters of an endpoint: what the command makes of other values."""
_TYPES: Final = {
    "LIST": "array",
    "NUMBER": "integer",
    "TEXT": "string",
    "TIME": "integer",
    "[true|false]": "boolean",
}
_OPTION = re.compile(r"(?m)^  (?:--[\w-]+, )?--([\w-]+) (\S+) ")
_VALUES = re.compile(r" (?:One of|Each one of): ([^:]+?)\.(?: |$)")
_DEFAULT = re.compile(r" \[default: (?!now\b)([^\]]+)\]")  # That a range ends now is the command's word.
_LIMITS = re.compile(r" default by --bucket-width: (.*?)\. ")
_LIMIT = re.compile(r"(\w+) (\d+), at most (\d+)")


def read_help() -> Description:
    """What the help of each command says of the API's parameters."""
    return Description.of(
        "command: help",
        [
            Endpoint(operation.path, sections={"parameter": _parameters(operation.name)})
            for operation in OPERATIONS.values()
        ],
    )


def _help(name: str) -> str:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), mock.patch.dict(os.environ, {"COLUMNS": "100"}):
        assert main([name, "--help"]) == 0
    return shown.getvalue()


def _parameters(operation: str) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for section in re.split(r"(?m)^(?=\S)", _help(operation)):
        if section.partition(":")[0] in _SECTIONS:
            parts = _OPTION.split(section)[1:]
            for name, kind, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
                parameter = name.replace("-", "_")
                own = _OWN_VALUES.get((operation, parameter), ())
                found[parameter] = _member(kind, " ".join(text.split()), own)
    return {name: member for name, member in found.items() if name not in _OWN}


def _member(kind: str, text: str, own_values: Collection[str]) -> Member:
    values = _VALUES.search(f" {text}")
    limits = {
        width: Limit(int(default), int(maximum))
        for table in _LIMITS.findall(f" {text}")
        for width, default, maximum in _LIMIT.findall(table)
    }
    shape = _TYPES.get(kind, "string")
    return Member(
        required="[required" in text,
        type=shape,
        item_type="string" if shape == "array" else None,
        values=tuple(value for value in values[1].split(", ") if value not in own_values) if values else (),
        default=_default(text, limits),
        limits=limits,
    )


def _default(text: str, limits: dict[str, Limit]) -> Value:
    """The default; of page sizes, where there is one width only."""
    if len(limits) == 1:
        return next(iter(limits.values())).default
    found = _DEFAULT.search(text)
    return found[1] if found else None


LEVELS: Final[Mapping[str, Callable[[], Description]]] = {"command: help": functools.cache(read_help)}
