"""Requests on the wire: found out by sending, not by reading what the code says of itself.

Each parameter that any source or the signature names is tried with a value of each type, each array
with items of each type, and each value that anything documents. What arrives in the query counts.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final
from urllib.parse import unquote

import httpx

from openai_org_usage import OPERATIONS, UsageClient
from openai_org_usage._generated import DIRECTORY, ApiOperation, AuthenticatedClient
from openai_org_usage.errors import OpenAIUsageError

from .. import sources
from ..facts import Description, Endpoint, Member, group_of
from .signatures import BESIDE, function

Send = Callable[[Mapping[str, Any]], object]

KEY: Final = "sk-admin-canary-documented"
START: Final = 1_795_132_800
NOVEL: Final = "no-such-value"
_EMPTY: Final[Mapping[str, Any]] = {"object": "page", "data": [], "has_more": False, "next_page": None}
_TRIALS: Final[tuple[tuple[str, Any], ...]] = (("integer", START + 86_400), ("integer", 1), ("boolean", True))
"""A time, and a number of buckets: each parameter takes only what makes sense for it."""


class Wire:
    """Answers everything with an empty page and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json=dict(_EMPTY))

    def sent(self, send: Send, arguments: Mapping[str, Any]) -> httpx.Request | None:
        """The first request that `send(arguments)` makes; None where it refuses and makes none."""
        self.requests.clear()
        with contextlib.suppress(OpenAIUsageError, TypeError):
            send(arguments)
        return self.requests[0] if self.requests else None


class Prober:
    """Finds out about one operation by sending."""

    def __init__(
        self, wire: Wire, send: Send, path: str, signature: Iterable[str], values: tuple[str, ...]
    ) -> None:
        self._wire, self._send, self._path, self._values = wire, send, path, values
        self._least = self._smallest_request(list(signature))
        """Arguments that are enough for a request, by name."""

    def endpoint(self, names: set[str]) -> Endpoint | None:
        """What can be found out about the operation; None where nothing makes it send."""
        plain = self._wire.sent(self._send, self._least)
        if plain is None:
            return None
        found = {name: self.member(name) for name in sorted(names | self._least.keys())}
        return Endpoint(
            path=self._path if _in_path(self._path, plain) is not None else plain.url.path,
            method=plain.method,
            sections={"parameter": {name: member for name, member in found.items() if member}},
        )

    def member(self, name: str) -> Member | None:
        """What can be found out about the parameter `name`; None if there is none."""
        scalars = _kinds(self._takes(name, value, _text(value)) for _, value in _TRIALS)
        words = (NOVEL, *self._values)
        strings = [word for word in words if self._takes(name, word, word)]
        items = [word for word in words if self._takes(name, [word, word], word, word)]
        others = _kinds(self._takes(name, [value], _text(value)) for _, value in _TRIALS)
        kinds = scalars + ["string"] * bool(strings) + ["array"] * bool(items or others)
        if not kinds:
            return None
        accepted = items or strings
        return Member(
            location="path" if f"{{{name}}}" in self._path else "query",
            required=self._wire.sent(self._send, self._without(name)) is None,
            type="|".join(kinds),
            item_type="|".join(["string"] * bool(items) + others) or None,
            values=() if NOVEL in accepted else tuple(accepted),
        )

    def _takes(self, name: str, value: Any, *texts: str) -> bool:
        """Whether `value` is sent for `name`, as `texts`."""
        request = self._wire.sent(self._send, {**self._without(name), name: value})
        if request is None:
            return False
        sent = [*(_in_path(self._path, request) or {}).items(), *request.url.params.multi_items()]
        return [pair for pair in sent if pair[0] == name] == [(name, text) for text in texts]

    def _without(self, name: str) -> dict[str, Any]:
        return {other: value for other, value in self._least.items() if other != name}

    def _smallest_request(self, required: list[str]) -> dict[str, Any]:
        for values in product((START, START + 86_400, True, NOVEL, [NOVEL]), repeat=len(required)):
            arguments = dict(zip(required, values, strict=True))
            if self._wire.sent(self._send, arguments) is not None:
                return arguments
        return {}


def _in_path(path: str, request: httpx.Request) -> dict[str, str] | None:
    """What `request` has in the braces of `path`; None if it is sent to another one."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(f"/v1{path}"))
    found = re.fullmatch(pattern, request.url.raw_path.decode().partition("?")[0])
    return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}


def read(
    name: str, sender: Callable[[Wire], Callable[[ApiOperation], Send]], operations: Iterable[ApiOperation]
) -> Description:
    """What arrives when every operation is called through `sender`."""
    wire, names, values = Wire(), parameter_names(), known_values()
    sending = sender(wire)
    endpoints: list[Endpoint] = []
    groups: set[str] = set()
    for operation in operations:
        signature = inspect.signature(function("request", operation)).parameters
        required = [parameter.name for parameter in signature.values() if parameter.default is not None]
        groups.add(group_of(operation.path))
        endpoint = Prober(wire, sending(operation), operation.path, required, values).endpoint(
            names | signature.keys() - {*BESIDE}
        )
        endpoints += [endpoint] if endpoint else []
    return Description.of(f"wire: {name}", endpoints, groups=groups)


def through_functions(wire: Wire) -> Callable[[ApiOperation], Send]:
    """Sends by the generated functions."""
    client = AuthenticatedClient(token=KEY, httpx_args={"transport": wire.transport})

    def of(operation: ApiOperation) -> Send:
        return lambda arguments: function("sync_detailed", operation)(client=client, **arguments)

    return of


def through_client(wire: Wire) -> Callable[[ApiOperation], Send]:
    """Sends by the client's methods, as far as the first page."""
    client = UsageClient(admin_key=KEY, transport=wire.transport, clock=lambda: START + 86_400)

    def of(operation: ApiOperation) -> Send:
        return lambda arguments: next(iter(getattr(client, operation.name)(**arguments).pages()), None)

    return of


def parameter_names() -> set[str]:
    """Every parameter that any source documents for any endpoint."""
    return {name for endpoint in _documented() for name in endpoint.sections.get("parameter", {})}


def known_values() -> tuple[str, ...]:
    """Every value that any source documents for any parameter, or the code names."""
    members = [m for endpoint in _documented() for m in endpoint.sections.get("parameter", {}).values()]
    operations = (*OPERATIONS.values(), *DIRECTORY.values())
    here = [value for o in operations for p in o.parameters for value in p.allowed_values]
    return tuple(dict.fromkeys([value for member in members for value in member.values or ()] + here))


def _documented() -> Iterator[Endpoint]:
    for name in sources.NAMES:
        yield from sources.source(name).facts.endpoints.values()


def _kinds(taken: Iterable[bool]) -> list[str]:
    kinds = [kind for (kind, _), fits in zip(_TRIALS, taken, strict=True) if fits]
    return list(dict.fromkeys(kinds))


def _text(value: Any) -> str:
    return str(value).lower()


LEVELS: Final[Mapping[str, Callable[[], Description]]] = {
    "wire: functions": functools.partial(
        read, "functions", through_functions, (*OPERATIONS.values(), *DIRECTORY.values())
    ),
    "wire: UsageClient": functools.partial(read, "UsageClient", through_client, OPERATIONS.values()),
}
