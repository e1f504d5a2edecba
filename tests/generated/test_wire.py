"""CONTRACT.md 9: requests on the wire, compared with the document: names, repetition, encoding."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest

from openai_org_usage._generated import DIRECTORY, OPERATIONS, AuthenticatedClient

from .contract import (
    DOCUMENT,
    KEY,
    ODD,
    Endpoint,
    client,
    endpoints,
    kinds,
    named,
    pairs_for,
    resolved,
    sample,
    value_for,
)


class Recorder:
    """Answers everything with the sample page of an endpoint and keeps the requests."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.body = msgspec.json.encode(sample(endpoint.page))
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer `request`."""
        self.requests.append(request)
        return httpx.Response(200, content=self.body)


@pytest.mark.parametrize("brackets", [False, True])
def test_every_parameter_is_sent_as_documented(endpoint: Endpoint, brackets: bool) -> None:
    """With every parameter given, the query has exactly their pairs, in the document's order."""
    recorder = Recorder(endpoint)
    arguments = {p["name"]: value_for(p) for p in endpoint.parameters}

    endpoint.module.sync_detailed(client=client(recorder, brackets=brackets), **arguments)

    (request,) = recorder.requests
    url = urlsplit(str(request.url))
    expected = [pair for p in endpoint.in_query for pair in pairs_for(p, brackets=brackets)]
    assert request.method == "GET"
    assert f"{url.scheme}://{url.netloc}{url.path}" == DOCUMENT["servers"][0]["url"] + endpoint.filled_path
    assert parse_qsl(url.query, keep_blank_values=True, strict_parsing=True) == expected


def test_what_is_not_given_is_not_sent(endpoint: Endpoint) -> None:
    """Defaults of the server are left to the server."""
    recorder = Recorder(endpoint)
    endpoint.module.sync(client=client(recorder), **endpoint.least)

    required = [parameter["name"] for parameter in endpoint.in_query if parameter.get("required")]
    assert [name for name, _ in recorder.requests[0].url.params.multi_items()] == required
    assert recorder.requests[0].url.raw_path.endswith(b"?") is False


def test_the_four_functions_send_the_same(endpoint: Endpoint) -> None:
    """Synchronous or not, detailed or not: one request, and the same one."""
    recorder = Recorder(endpoint)
    arguments = {p["name"]: value_for(p) for p in endpoint.parameters}

    endpoint.module.sync(client=client(recorder), **arguments)
    endpoint.module.sync_detailed(client=client(recorder), **arguments)
    asyncio.run(endpoint.module.asyncio(client=client(recorder), **arguments))
    asyncio.run(endpoint.module.asyncio_detailed(client=client(recorder), **arguments))

    described = endpoint.module.request(**arguments)
    assert [str(request.url) for request in recorder.requests] == [
        str(httpx.URL(described.url(DOCUMENT["servers"][0]["url"])))
    ] * 4
    assert {request.headers["authorization"] for request in recorder.requests} == {f"Bearer {KEY}"}
    assert {request.headers["accept"] for request in recorder.requests} == {"application/json"}


@pytest.mark.parametrize("base", ["http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/"])
def test_the_base_url_ends_with_or_without_a_slash(base: str) -> None:
    """The path follows the base with one slash."""
    request = named("costs").module.request(start_time=7)

    assert request.url(base) == "http://127.0.0.1:9/v1/organization/costs?start_time=7"


def test_odd_characters_are_encoded_byte_by_byte() -> None:
    """Nothing in a value can end it: all that is not plain is percent-encoded UTF-8."""
    request = named("costs").module.request(start_time=7, project_ids=[ODD, ""])

    assert request.url("http://x") == (
        "http://x/organization/costs?start_time=7&project_ids="
        "a+b%2Bc%26d%3De%2Ff%3Fg%23h%25i%2Cj%5Bk%5D%C3%A9%E2%82%AC%F0%9F%98%80&project_ids="
    )


@pytest.fixture
def lines() -> Iterator[tuple[str, list[str]]]:
    """The base URL of a loopback server, and the request lines that it gets."""
    got: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(self.requestline)
            body = msgspec.json.encode(sample(named("costs").page))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1", got
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("brackets", "name"), [(False, "group_by"), (True, "group_by%5B%5D")])
def test_a_real_server_gets_the_documented_line(
    lines: tuple[str, list[str]], brackets: bool, name: str
) -> None:
    """Over a socket, the request line is what the request describes, not re-encoded on the way."""
    base, got = lines
    with AuthenticatedClient(token=KEY, base_url=base, brackets=brackets) as http:
        page = named("costs").module.sync(
            client=http, start_time=7, group_by=["project_id", "line_item"], page="a/b=+%"
        )

    groups = f"{name}=project_id&{name}=line_item"
    assert got == [f"GET /v1/organization/costs?start_time=7&{groups}&page=a%2Fb%3D%2B%25 HTTP/1.1"]
    assert len(page.data) == 1


def test_the_registry_says_what_the_document_says(endpoint: Endpoint) -> None:
    """Operation, parameters and fields in the registry are the document's, in its order."""
    operation = endpoint.operation

    assert [*OPERATIONS] == [one.name for one in endpoints() if not one.is_list]
    assert [*DIRECTORY] == [one.name for one in endpoints() if one.is_list]
    assert (operation.method, operation.path) == ("GET", endpoint.path)
    tag = getattr(operation, "item_object" if endpoint.is_list else "result_object")
    assert (operation.operation_id, tag) == (endpoint.get["operationId"], endpoint.tag)
    assert operation.summary == endpoint.get["summary"]
    assert operation.description == endpoint.get["description"]
    every = (*operation.path_parameters, *operation.parameters)
    for parameter, said in zip(every, endpoint.parameters, strict=True):
        items = said["schema"].get("items", {})
        limits = {x.bucket_width: {"default": x.default, "maximum": x.maximum} for x in parameter.limits}
        assert (parameter.name, parameter.description) == (said["name"], said["description"])
        assert (parameter.type, parameter.item_type) == (said["schema"]["type"], items.get("type"))
        assert parameter.format == said["schema"].get("format")
        assert parameter.required == said.get("required", False)
        assert parameter.maximum == said["schema"].get("maximum")
        assert list(parameter.allowed_values) == said["schema"].get("enum", items.get("enum", []))
        assert (parameter.default, limits) == (
            said["schema"].get("default"),
            said["schema"].get("x-limits", {}),
        )


def test_the_registry_knows_the_fields_of_the_results(endpoint: Endpoint) -> None:
    """Type, nullability and known values of each field are the document's; roles follow from it."""
    fields = endpoint.operation.fields
    groups = [g for p in endpoint.parameters if p["name"] == "group_by" for g in p["schema"]["items"]["enum"]]

    properties = {name: resolved(said) for name, said in endpoint.result["properties"].items()}
    for field, (name, said) in zip(fields, properties.items(), strict=True):
        types = kinds(said)
        assert (field.name, field.type, field.nullable) == (name, types[0], "null" in types)
        assert (field.format, field.description) == (said.get("format"), said["description"])
        assert field.required == (name in endpoint.result["required"])
        assert list(field.known_values) == said.get("x-known-values", [])
        assert (field.role == "dimension") == (name in groups)
        assert (field.role == "tag") == (name == "object")
        assert field.hidden == said.get("x-hidden", False)
        assert [part.name for part in field.fields] == list(said.get("properties", {}))
