"""Judges recorded requests and answers by an OpenAPI document, with openapi-core.

    python openapi_core_judge.py DOCUMENT < exchanges > objections

One exchange a line, as JSON: method, path, query, status, content_type,
headers (themselves JSON), body and authorized, all of them strings.
For each a line comes back: a JSON list of objections, each a pair of the side (`request` or
`response`) and what is wrong. It runs in the environment of the referees and imports nothing of ours.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol
from urllib.parse import parse_qsl

RecordedExchange = Mapping[str, str]


class Document(Protocol):
    """A document, loaded; it raises where an exchange does not comply."""

    def validate_request(self, request: object) -> None:
        """Judge a request."""
        ...

    def validate_response(self, request: object, response: object) -> None:
        """Judge the answer to a request."""
        ...


class SchemaError(Protocol):
    """What is used of jsonschema's ValidationError."""

    @property
    def json_path(self) -> str:
        """Where in the body."""
        ...

    @property
    def validator(self) -> str:
        """Which keyword of the schema."""
        ...

    @property
    def instance(self) -> object:
        """What is wrong."""
        ...

    @property
    def schema(self) -> object:
        """The schema that it breaks."""
        ...

    @property
    def context(self) -> Iterable[SchemaError]:
        """Of a union: the errors of all its branches."""
        ...


class OpenApiCore:
    """openapi-core with one document."""

    def __init__(self, document: str) -> None:
        core, testing = (
            importlib.import_module("openapi_core"),
            importlib.import_module("openapi_core.testing"),
        )
        exceptions = importlib.import_module("openapi_core.exceptions")
        self._document: Document = core.OpenAPI.from_file_path(document)
        self._refusal: type[Exception] = exceptions.OpenAPIError
        self._make_request: Callable[..., object] = testing.MockRequest
        self._make_response: Callable[..., object] = testing.MockResponse
        self._pairs: Callable[[object], object] = importlib.import_module(
            "werkzeug.datastructures"
        ).ImmutableMultiDict

    def objections(self, exchange: RecordedExchange) -> list[tuple[str, str]]:
        """The side and what is wrong, the same in every run."""
        request = self._request(exchange)
        response = self._make_response(
            exchange["body"].encode(),
            status_code=int(exchange["status"]),
            headers=json.loads(exchange["headers"]),
            content_type=exchange["content_type"],
        )
        request_said = self._said(lambda: self._document.validate_request(request))
        response_said = self._said(lambda: self._document.validate_response(request, response))
        return [("request", said) for said in request_said] + [("response", said) for said in response_said]

    def _said(self, check: Callable[[], None]) -> list[str]:
        try:
            check()
        except self._refusal as error:
            return _broken_rules(error)
        return []

    def _request(self, exchange: RecordedExchange) -> object:
        query = parse_qsl(exchange["query"], keep_blank_values=True)
        return self._make_request(
            "https://api.openai.com",
            exchange["method"].lower(),
            exchange["path"],
            args=self._pairs(query),
            headers={"Authorization": "Bearer sk-admin-x"} if exchange["authorized"] else {},
        )


def _broken_rules(error: Exception) -> list[str]:
    """The broken rules with their places; the message where there are none."""
    schema_errors: Iterable[SchemaError] = getattr(error.__cause__, "schema_errors", ())
    rules = sorted({rule for each in schema_errors for rule in _rules(each)})
    return rules or [_without_numbers(f"{type(error).__name__}: {error}")[:120]]


def _rules(error: SchemaError) -> Iterator[str]:
    """Of a union the rules of the branch that is meant, which is the one whose tag is right."""
    branches: dict[str, list[SchemaError]] = {}
    for each in error.context:
        branches.setdefault(str(getattr(each, "schema_path", [0])[0]), []).append(each)
    meant = [branch for branch in branches.values() if not any(_is_tag(each) for each in branch)]
    for branch in meant:
        for each in branch:
            yield from _rules(each)
    if not meant:
        yield _without_numbers(f"{error.json_path}: {error.validator}")


def _without_numbers(text: str) -> str:
    """`text` without the numbers of items and other values that differ from run to run."""
    return re.sub(r"\d{4,}", "N", re.sub(r"\[\d+\]", "[*]", text))


def _is_tag(error: SchemaError) -> bool:
    return error.json_path.endswith(".object") and error.validator in ("enum", "const")


def main(document: str) -> None:
    """Judge every exchange on standard input."""
    core = OpenApiCore(document)
    for line in sys.stdin:
        exchange: RecordedExchange = json.loads(line)
        print(json.dumps(sorted(set(core.objections(exchange)))))


if __name__ == "__main__":
    main(sys.argv[1])
