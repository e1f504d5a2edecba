"""Signatures and type hints: of the five functions of each endpoint, and of both clients' methods.

Whether null may be sent cannot be told here, since None means "not given" everywhere. Defaults of the
server cannot either: they are never sent.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

from openai_org_usage import OPERATIONS, AsyncUsageClient, UsageClient
from openai_org_usage._generated import DIRECTORY, ApiOperation

from ..facts import EVERYTHING, USAGE, Description, Endpoint, Member, Members, group_of
from .hints import expressed, resolved

FUNCTIONS: Final = ("request", "sync", "sync_detailed", "asyncio", "asyncio_detailed")
CLIENTS: Final = (UsageClient, AsyncUsageClient)


def module_of(operation: ApiOperation) -> ModuleType:
    """The generated module of `operation`."""
    package = type(operation).__module__.rpartition(".")[0]
    folder = group_of(operation.path)
    return importlib.import_module(f"{package}.api.{folder}.{operation.endpoint_module}")


def function(name: str, operation: ApiOperation) -> Callable[..., Any]:
    """The generated function called `name` of `operation`."""
    found: Callable[..., Any] = getattr(module_of(operation), name)
    return found


def method(client: type[UsageClient] | type[AsyncUsageClient], operation: ApiOperation) -> Callable[..., Any]:
    """The method of `client` for `operation`."""
    found: Callable[..., Any] = getattr(_instances()[client], operation.name)
    return found


@functools.cache
def _instances() -> Mapping[type[UsageClient] | type[AsyncUsageClient], UsageClient | AsyncUsageClient]:
    return {client: client(admin_key="sk-admin-x") for client in CLIENTS}


BESIDE: Final = ("client", "extra_query")
"""Arguments of the callables that are no parameters of the API."""

CALLABLES: Final[Mapping[str, Callable[[ApiOperation], Callable[..., Any]]]] = {
    **{name: functools.partial(function, name) for name in FUNCTIONS},
    **{client.__name__: functools.partial(method, client) for client in CLIENTS},
}
"""By name, what finds the callable for an operation."""


def operations_of(name: str) -> Iterable[ApiOperation]:
    """The operations that there are callables called `name` for."""
    return (*OPERATIONS.values(), *DIRECTORY.values()) if name in FUNCTIONS else OPERATIONS.values()


def groups_of(name: str) -> Sequence[str]:
    """The groups of these operations."""
    return EVERYTHING if name in FUNCTIONS else (USAGE,)


def read(name: str) -> Description:
    """What the signatures of the callables called `name` say."""
    find = CALLABLES[name]
    return Description.of(
        f"signature: {name}",
        [
            Endpoint(operation.path, sections={"parameter": _parameters(find(operation), operation)})
            for operation in operations_of(name)
        ],
        groups=groups_of(name),
    )


def _parameters(described: Callable[..., Any], operation: ApiOperation) -> Members:
    hints = resolved(inspect.unwrap(described), module_of(operation))
    in_path = {parameter.name for parameter in operation.path_parameters}
    found: dict[str, Member] = {}
    for name, parameter in inspect.signature(described).parameters.items():
        if name not in BESIDE:
            assert parameter.kind is parameter.KEYWORD_ONLY or name in in_path, name
            assert parameter.default in (None, parameter.empty), name
            kind = expressed(hints[name])
            optional = parameter.default is None and bool(kind.nullable)
            found[name] = Member(
                required=not optional, type=kind.type, item_type=kind.item_type, values=kind.values
            )
    return found


LEVELS: Final[Mapping[str, Callable[[], Description]]] = {
    f"signature: {name}": functools.partial(read, name) for name in CALLABLES
}
