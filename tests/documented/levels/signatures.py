"""Signatures and type hints: of the five functions of each endpoint, and of both clients' methods.

Whether null may be sent cannot be told here, since None means "not given" everywhere. Defaults of the
server cannot either: they are never sent.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

from openai_org_usage import OPERATIONS, AsyncUsageClient, Operation, UsageClient

from ..facts import Description, Endpoint, Member, Members
from .hints import expressed, resolved

FUNCTIONS: Final = ("request", "sync", "sync_detailed", "asyncio", "asyncio_detailed")
CLIENTS: Final = (UsageClient, AsyncUsageClient)


def module_of(operation: Operation) -> ModuleType:
    """The generated module of `operation`."""
    package = type(operation).__module__.rpartition(".")[0]
    return importlib.import_module(f"{package}.api.usage.{operation.endpoint_module}")


def function(name: str, operation: Operation) -> Callable[..., Any]:
    """The generated function called `name` of `operation`."""
    found: Callable[..., Any] = getattr(module_of(operation), name)
    return found


def method(client: type[UsageClient] | type[AsyncUsageClient], operation: Operation) -> Callable[..., Any]:
    """The method of `client` for `operation`."""
    found: Callable[..., Any] = getattr(_instances()[client], operation.name)
    return found


@functools.cache
def _instances() -> Mapping[type[UsageClient] | type[AsyncUsageClient], UsageClient | AsyncUsageClient]:
    return {client: client(admin_key="sk-admin-x") for client in CLIENTS}


BESIDE: Final = ("client", "extra_query")
"""Arguments of the callables that are no parameters of the API."""

CALLABLES: Final[Mapping[str, Callable[[Operation], Callable[..., Any]]]] = {
    **{name: functools.partial(function, name) for name in FUNCTIONS},
    **{client.__name__: functools.partial(method, client) for client in CLIENTS},
}
"""By name, what finds the callable for an operation."""


def read(name: str) -> Description:
    """What the signatures of the callables called `name` say."""
    find = CALLABLES[name]
    return Description.of(
        f"signature: {name}",
        [
            Endpoint(operation.path, sections={"parameter": _parameters(find(operation), operation)})
            for operation in OPERATIONS.values()
        ],
    )


def _parameters(described: Callable[..., Any], operation: Operation) -> Members:
    hints = resolved(inspect.unwrap(described), module_of(operation))
    found: dict[str, Member] = {}
    for name, parameter in inspect.signature(described).parameters.items():
        if name not in BESIDE:
            assert parameter.kind is parameter.KEYWORD_ONLY, name
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
