"""What the pinned document says, read with plain PyYAML: the tests' own view of the contract."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

from openai_org_usage._generated import DIRECTORY, OPERATIONS, ApiOperation, AuthenticatedClient

Json = dict[str, Any]

DOCUMENT: Json = yaml.load((Path(__file__).parents[2] / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
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
        """The name of its client method."""
        found: str = self.get.get("x-name", self.path.rsplit("/", 1)[1])
        return found

    @property
    def is_list(self) -> bool:
        """Whether it answers with a list of items, not with time buckets."""
        return bool(self.get["tags"] == ["Directory"])

    @property
    def operation(self) -> ApiOperation:
        """What the registry says of it."""
        return DIRECTORY[self.name] if self.is_list else OPERATIONS[self.name]

    @property
    def parameters(self) -> list[Json]:
        """Its parameters."""
        found: list[Json] = self.get["parameters"]
        return found

    @property
    def in_query(self) -> list[Json]:
        """Those of the query."""
        return [parameter for parameter in self.parameters if parameter["in"] == "query"]

    @property
    def least(self) -> Json:
        """Arguments that are enough for a request."""
        return {p["name"]: value_for(p) for p in self.parameters if p.get("required")}

    @property
    def filled_path(self) -> str:
        """Its path, with the values of `value_for` in it."""
        path = self.path
        for parameter in self.parameters:
            path = path.replace(f"{{{parameter['name']}}}", quote(f"{value_for(parameter)}", safe=""))
        return path

    @property
    def tag(self) -> str:
        """The `object` tag of its results or items."""
        found: str = self.get["x-item-object" if self.is_list else "x-result-object"]
        return found

    @property
    def module(self) -> Any:
        """Its generated module, with the five endpoint functions."""
        package = type(self.operation).__module__.rsplit(".", 1)[0]
        module = str(self.get["operationId"]).replace("-", "_")
        folder = "directory" if self.is_list else "usage"
        return importlib.import_module(f"{package}.api.{folder}.{module}")

    @property
    def result(self) -> Json:
        """The schema of its results or items."""
        if self.is_list:
            return self.bucket
        mapping: Json = self.bucket["properties"]["results"]["items"]["discriminator"]["mapping"]
        return schema(mapping[self.tag])

    @property
    def bucket(self) -> Json:
        """The schema of its buckets, or of the items of a list."""
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


def resolved(node: Json) -> Json:
    """`node`, or the schema that it refers to, with what stands beside the reference and with null."""
    choices: list[Json] = node.get("oneOf", [node])
    if "$ref" not in choices[0]:
        return node
    found = schema(choices[0]["$ref"])
    null = {"type": [found["type"], "null"]} if len(choices) > 1 else {}
    return {**found, **null, **{key: value for key, value in node.items() if key not in ("$ref", "oneOf")}}


def endpoints() -> list[Endpoint]:
    """All operations of the document."""
    return [Endpoint(path, item["get"]) for path, item in DOCUMENT["paths"].items()]


def named(name: str) -> Endpoint:
    """The operation whose client method is `name`."""
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
    if "oneOf" in node:
        return sample(node["oneOf"][0])
    if "const" in node:
        return node["const"]
    kind = kinds(node)[0]
    if kind == "object":
        members: Json = node["properties"]
        return {name: sample(member) for name, member in members.items()}
    if kind == "array":
        return [sample(node["items"])]
    return {"string": "text", "integer": 7, "number": 0.25, "boolean": True}[kind]


def client(handler: Any, **options: Any) -> AuthenticatedClient:
    """A client, synchronous and asynchronous, whose requests `handler` answers."""
    transport = httpx.MockTransport(handler)
    return AuthenticatedClient(token=KEY, httpx_args={"transport": transport}, **options)
