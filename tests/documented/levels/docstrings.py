"""Docstrings: allowed values, defaults and page sizes of parameters, known values of fields."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from openai_org_usage import OPERATIONS
from openai_org_usage._generated import DIRECTORY

from ..facts import EVERYTHING, LISTS, UNSTATED, Description, Endpoint, Limit, Member, Members, Value
from .models import models_of, parts_of
from .signatures import BESIDE, CALLABLES, groups_of, operations_of

BRIEF: Final = ("sync_detailed", "asyncio", "asyncio_detailed")
"""Functions whose docstrings send the reader to another one's."""

_VALUES = re.compile(r" (?:One of|Each one of) ((?:`[^`]+`(?:, )?)+)\.")
_DEFAULT = re.compile(r" The server's default is `([^`]+)`\.")
_MAXIMUM = re.compile(r" At most `(\d+)`\.")
_LIMITS = re.compile(r" Default and maximum by `bucket_width`: (.*?)\.$")
_LIMIT = re.compile(r"`(\w+)` (\d+), at most (\d+)")
_KNOWN = re.compile(r" Known values: ((?:`[^`]+`(?:, )?)+)\.$")


def read_callables(name: str) -> Description:
    """What the docstrings of the callables called `name` say of their parameters."""
    return Description.of(
        f"docstring: {name}",
        [
            Endpoint(
                operation.path,
                sections={
                    "parameter": {
                        argument: _parameter(text, bounded=operation.path in LISTS)
                        for argument, text in entries(CALLABLES[name](operation), "Args").items()
                        if argument not in BESIDE
                    }
                },
            )
            for operation in operations_of(name)
        ],
        groups=groups_of(name),
    )


def read_models() -> Description:
    """What the docstrings of the models say of their fields; tags are in the types instead."""
    return Description.of(
        "docstring: models",
        [
            Endpoint(
                operation.path,
                sections={section: _fields(section, model) for section, model in models_of(operation)},
            )
            for operation in (*OPERATIONS.values(), *DIRECTORY.values())
        ],
        groups=EVERYTHING,
    )


def entries(described: Any, heading: str) -> dict[str, str]:
    """The entries under `heading` of a docstring, each on one line."""
    text = (inspect.getdoc(described) or "").partition(f"{heading}:\n")[2]
    section = re.split(r"(?m)^\S", text)[0]
    parts = re.split(r"(?m)^ {4}(\w+): ", section)[1:]
    return {name: " ".join(said.split()) for name, said in zip(parts[::2], parts[1::2], strict=True)}


def _parameter(text: str, *, bounded: bool) -> Member:
    limits = {
        width: Limit(int(default), int(maximum))
        for table in _LIMITS.findall(text)
        for width, default, maximum in _LIMIT.findall(table)
    }
    most = _MAXIMUM.search(text)
    return Member(
        values=_quoted(_VALUES, text),
        default=_default(text, limits),
        maximum=UNSTATED if not bounded else int(most[1]) if most else None,
        limits=limits,
    )


def _default(text: str, limits: dict[str, Limit]) -> Value:
    """The default; of page sizes, where there is one width only."""
    if len(limits) == 1:
        return next(iter(limits.values())).default
    found = _DEFAULT.search(text)
    said = found[1] if found else ""
    return int(said) if said.isdigit() else {"": None, "True": True, "False": False}.get(said, said)


def _fields(section: str, model: Any, prefix: str = "") -> Members:
    found: dict[str, Member] = {}
    for name, text in entries(model, "Attributes").items():
        if name != "unknown_results":
            tag = section != "parameter" and name == "object"
            found[prefix + name] = Member(values=None if tag else _quoted(_KNOWN, text))
    for name, part in parts_of(model, section):
        found |= _fields(section, part, f"{prefix}{name}.")
    return found


def _quoted(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.search(text)
    return tuple(re.findall(r"`([^`]+)`", found[1])) if found else ()


LEVELS: Final[Mapping[str, Callable[[], Description]]] = {
    **{
        f"docstring: {name}": functools.partial(read_callables, name)
        for name in CALLABLES
        if name not in BRIEF
    },
    "docstring: models": read_models,
}
