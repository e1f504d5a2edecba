"""What the pinned document says, read with plain PyYAML: the tests' own view of the contract."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from openai_org_usage._generated import OPERATIONS, AuthenticatedClient

Json = dict[str, Any]

DOCUMENT: Json = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_bytes())
KEY = "sk-admin-canary-0123456789"
ODD = "a b+c&d=e/f?g#h%i,j[k]é€😀"
"""Characters that each need care in a URL."""


@dataclass(frozen=True)
class Endpoint:
    """One operation of the document."""

    path: str
    get: Json

    @property
    def name(self) -> str:
        """The last segment of its path."""
        return self.path.rsplit("/", 1)[1]

    @property
    def parameters(self) -> list[Json]:
        """Its parameters."""
        found: list[Json] = self.get["parameters"]
        return found

    @property
    def tag(self) -> str:
        """The `object` tag of its results."""
        found: str = self.get["x-result-object"]
        return found

    @property
    def module(self) -> Any:
        """Its generated module, with the five endpoint functions."""
        package = type(OPERATIONS[self.name]).__module__.rsplit(".", 1)[0]
        module = str(self.get["operationId"]).replace("-", "_")
        return importlib.import_module(f"{package}.api.usage.{module}")

    @property
    def result(self) -> Json:
        """The schema of its results."""
        mapping: Json = self.bucket["properties"]["results"]["items"]["discriminator"]["mapping"]
        return schema(mapping[self.tag])

    @property
    def bucket(self) -> Json:
        """The schema of its buckets."""
        return schema(self.page["properties"]["data"]["items"]["$ref"])

    @property
    def page(self) -> Json:
        """The schema of its pages."""
        content: Json = self.get["responses"]["200"]["content"]["application/json"]["schema"]
        return schema(content["$ref"])


def schema(reference: str) -> Json:
    """The schema that `reference` points to."""
    found: Json = DOCUMENT["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


def endpoints() -> list[Endpoint]:
    """All operations of the document."""
    return [Endpoint(path, item["get"]) for path, item in DOCUMENT["paths"].items()]


def named(name: str) -> Endpoint:
    """The operation whose path ends in `name`."""
    return next(endpoint for endpoint in endpoints() if endpoint.name == name)


def value_for(parameter: Json) -> Any:
    """A value that `parameter` allows: all allowed ones of a list, else two odd strings."""
    allowed = parameter["schema"]
    match allowed["type"]:
        case "array":
            return list(allowed["items"].get("enum", [ODD, "plain"]))
        case "boolean":
            return False
        case "integer":
            return 1_795_132_800 if parameter["name"].endswith("_time") else 5
        case _:
            return allowed["enum"][-1] if "enum" in allowed else ODD


def pairs_for(parameter: Json, *, brackets: bool = False) -> Iterator[tuple[str, str]]:
    """The pairs that `value_for(parameter)` must be on the wire."""
    value, name = value_for(parameter), parameter["name"]
    if parameter["schema"]["type"] == "array":
        yield from ((f"{name}[]" if brackets else name, item) for item in value)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, str(value)


def kinds(node: Json) -> list[str]:
    """The types that the schema `node` allows."""
    kind: str | list[str] = node["type"]
    return [kind] if isinstance(kind, str) else kind


def sample(node: Json) -> Any:
    """A value that the schema `node` allows, with every member."""
    if "$ref" in node:
        return sample(schema(node["$ref"]))
    if "const" in node:
        return node["const"]
    kind = kinds(node)[0]
    if kind == "object":
        members: Json = node["properties"]
        return {name: sample(member) for name, member in members.items()}
    if kind == "array":
        return [sample(node["items"]["oneOf"][0] if "oneOf" in node["items"] else node["items"])]
    return {"string": "text", "integer": 7, "number": 0.25, "boolean": True}[kind]


def client(handler: Any, **options: Any) -> AuthenticatedClient:
    """A client, synchronous and asynchronous, whose requests `handler` answers."""
    transport = httpx.MockTransport(handler)
    return AuthenticatedClient(token=KEY, httpx_args={"transport": transport}, **options)
