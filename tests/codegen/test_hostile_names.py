"""Documents that became code, or packages that could not be imported, and names that must pass."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import pytest

from codegen.__main__ import main
from codegen.errors import CodegenError
from codegen.names import check_names

from ..contract.profiles import LONG
from . import hostile, places, toy
from .conftest import Project
from .laboratory import Counts, Laboratory, check
from .places import add_parameter, add_property
from .toy import COMPLETIONS, COSTS, Json, get, properties
from .witness import witness

CODE = "__import__('os').system('touch canary')"
COMPONENTS = "#/components/schemas"
Edit = Callable[[Json], object]


@pytest.fixture(scope="module")
def laboratory(
    toy_projects: dict[str, Project], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Laboratory]:
    """Where hostile documents are tried."""
    old = toy_projects["new"].pin.read_text()
    with witness() as looking:
        yield Laboratory(tmp_path_factory.mktemp("laboratory"), looking, old, Counts())


def each(put: Callable[[Json, str], object], *names: str) -> Edit:
    """Puts each of `names` into the document."""
    return lambda d: [put(d, name) for name in names]


def in_a_circle(document: Json, length: int) -> None:
    """Let an error refer to the first of `length` schemas, each of which refers to the next."""
    for number in range(length):
        reference = {"$ref": f"{COMPONENTS}/Link{(number + 1) % length}"}
        document["components"]["schemas"][f"Link{number}"] = {
            "type": "object",
            "properties": {"next": reference},
        }
    properties(document, "Error")["link"] = {"$ref": f"{COMPONENTS}/Link0"}


def server(url: str) -> Edit:
    """Gives the document another server."""
    return lambda d: d.update(servers=[{"url": url}])


def parameter(name: str) -> Edit:
    """Gives completions a parameter called `name`."""
    return lambda d: add_parameter(d, name, type="string")


def field(schema: str, name: str) -> Edit:
    """Gives `schema` a property called `name`."""
    return lambda d: add_property(schema)(d, name)


INJECTED = f"attrs; {CODE}; y"
REFUSED: dict[str, tuple[Edit, str]] = {
    "code in the server": (server(f'https://a.example/"""\n{CODE}\n"""'), "the server at #/servers/0/url"),
    "code in a page": (field("UsageResponse", INJECTED), "properties/attrs; __import__"),
    "code in a bucket": (field("UsageTimeBucket", INJECTED), "properties/attrs; __import__"),
    "code in an error": (field("Error", INJECTED), f"{COMPONENTS}/Error/properties/attrs; __import__"),
    "code in a result": (field("CostsResult", INJECTED), f"{COMPONENTS}/CostsResult/properties/attrs; __imp"),
    "code in a parameter": (
        parameter(f"a={CODE}"),
        "~1completions/get/parameters/6/name is not an ASCII letter",
    ),
    "a parameter client": (parameter("client"), "is a name that the generated code uses itself"),
    "a parameter self": (parameter("self"), "is a name that the generated code uses itself"),
    "a parameter request": (parameter("request"), "is a name that the generated code uses itself"),
    "a parameter class": (parameter("class"), "'class' at #/paths/~1organization~1usage~1completions"),
    "a full-width underscore": (
        parameter("start\uff3ftime"),
        r"'start\uff3ftime' at #/paths/~1organization~1usage",
    ),
    "a full-width letter": (parameter("\uff4dodels"), r"'\uff4dodels' at #/paths/~1organization~1usage"),
    "two parameters in one": (parameter("Models"), "is not an ASCII letter in lower case"),
    "two parameters that differ in case": (parameter("modelS"), "have one name, 'modelS'"),
    "a parameter with brackets": (parameter("models[]"), "'models[]' at #/paths/~1organization~1usage"),
    "a parameter in a header": (
        lambda d: get(d, COSTS)["parameters"][1].update({"in": "header"}),
        "#/paths/~1organization~1costs/get/parameters/1 is not sent in the query",
    ),
    "a field self": (field("CostsResult", "self"), f"'self' at {COMPONENTS}/CostsResult/properties/self"),
    "a field additional_properties": (field("Error", "additional_properties"), "uses itself"),
    "a field __init__": (field("CostsResult", "__init__"), "'__init__' at"),
    "a field property": (field("CostsResult", "property"), "'property' at"),
    "a field with a dot": (field("CostsResult", "x.y"), "'x.y' at"),
    "a field int": (field("Error", "int"), "'int' at"),
    "a field columns": (field("CostsResult", "columns"), "'columns' at"),
    "a field row of a bucket": (field("UsageTimeBucket", "row"), "'row' at"),
    "a field for two": (field("CostsResult", "amount_value"), "have one name, 'amount_value'"),
    "a field of bucket and result": (field("UsageTimeBucket", "model"), "have one name, 'model'"),
    "a NUL in a value": (lambda d: add_parameter(d, "a", type="string", enum=["x\0"]), "enum/0 has the char"),
    "a NUL in a default": (
        lambda d: add_parameter(d, "a", type="string", default="\0"),
        "U+0000, which cannot",
    ),
    "an escape in a value": (lambda d: add_parameter(d, "a", type="string", enum=["\x1b[2J"]), "U+001B"),
    "a number among values": (
        lambda d: add_parameter(d, "a", type="integer", enum=[1, 2]),
        "enum is no text",
    ),
    "a circle of one": (lambda d: in_a_circle(d, 1), "refers to itself"),
    "a circle of 300": (lambda d: in_a_circle(d, 300), "refers to itself"),
    "an operationId like a module": (lambda d: get(d, COSTS).update(operationId="registry"), "uses itself"),
    "an operationId twice": (
        lambda d: get(d, COSTS).update(operationId="usage-completions"),
        "have one name",
    ),
    "no operationId": (lambda d: get(d, COSTS).pop("operationId"), "the operationId '' at"),
    "a path with a blank": (lambda d: places.add_path(d, "a b"), "is not one of plain ASCII words"),
    "two paths in one": (
        lambda d: (
            d["paths"].update({"/organization/usage/costs": d["paths"].pop(COMPLETIONS)}),
            get(d, "/organization/usage/costs").update(operationId="usage-others"),
        ),
        "have one name, 'costs'",
    ),
    "a schema like ours": (
        lambda d: places.add_schema(d, "Model"),
        f"'Model' at {COMPONENTS}/Model is a name",
    ),
    "a schema like a row": (lambda d: places.add_schema(d, "CostsRow"), "have one name, 'CostsRow'"),
    "a schema of Python's": (lambda d: places.add_schema(d, "ValueError"), "'ValueError' at"),
    "a plain http server": (server("http://toy.openai.com/v1"), "is plain http"),
    "a plain HTTP server": (server("HTTP://toy.openai.com/v1"), "is plain http"),
    "a plain http server here": (server("http://127.0.0.1/v1"), "is plain http"),
    "credentials": (server("https://user:sk-admin-secret@toy.openai.com/v1"), "has credentials in it"),
    "a query": (server("https://toy.openai.com/v1?api_key=sk-admin-secret"), "has a query or a fragment"),
    "an empty query": (server("https://toy.openai.com/v1?"), "has a query or a fragment"),
    "a fragment": (server("https://toy.openai.com/v1#a"), "has a query or a fragment"),
    "somebody else's server": (server("https://evil.example/v1"), "is none of openai.com"),
    "a server called alike": (server("https://api-openai.com/v1"), "is none of openai.com"),
    "a path that leads up": (server("https://api.openai.com/v1/../x"), "is not like https://"),
    "a path with a host": (server("https://api.openai.com//evil/v1"), "is not like https://"),
    "no host": (server("https:///v1"), "is not like https://"),
    "no scheme": (server("/v1"), "is not like https://"),
    "another scheme": (server("ftp://toy.openai.com/v1"), "is not like https://"),
    "a variable host": (server("https://{region}.example/v1"), "is not like https://"),
    "no server": (lambda d: d.pop("servers"), "names no server"),
    "a second server": (
        lambda d: d["servers"].append({"url": "http://a.example"}),
        "#/servers/1/url is plain",
    ),
    "a foreign role": (
        lambda d: get(d, COSTS)["parameters"].append({"$ref": "file:///etc/passwd"}),
        "leaves the document",
    ),
    "a reference to the web": (
        lambda d: properties(d, "Error").update(a={"$ref": "https://a.example/b.yaml"}),
        "leaves the document",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_document_is_refused(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """The sentence says what is in the way and where; the old pin and the old package stay."""
    edit, message = REFUSED[what]
    document = toy.toy()
    edit(document)
    source = toy.write(document, laboratory.folder / "a.yaml")
    pin = laboratory.folder / "pin.yaml"
    pin.write_text("old")

    code = main(["pin", str(source), "--overlays", str(toy.OVERLAYS), "--pin", str(pin)])

    said = capsys.readouterr().err
    assert (code, pin.read_text()) == (1, "old")
    assert message in said
    assert said.count("\n") == 1
    assert "secret" not in said


def new_endpoint(document: Json) -> None:
    """Move searches to an endpoint of another name."""
    places.add_path(document, "searches_2")
    get(document, "/organization/usage/searches_2").update(operationId="usage-searches-2")


NEW: dict[str, Edit] = {
    "parameters": each(
        places.NAMES["a parameter"],
        *("type", "id", "format", "filter", "region", "user", "date", "name", "match", "modelId", "x1"),
    ),
    "fields of results": each(
        add_property("CostsResult"),
        *("type", "id", "date", "hash", "filter", "unit_price", "status", "unknown", "match", "userId"),
    ),
    "fields of buckets": each(add_property("UsageTimeBucket"), "date", "unit", "is_final", "type", "id"),
    "fields of pages": each(add_property("UsageResponse"), "total", "url", "first_id", "last_id", "row"),
    "an endpoint": new_endpoint,
    "schemas": each(places.add_schema, "ErrorDetails", "Usage2", "CPUTime"),
    "a server with a port": server("https://eu.api.openai.com:8443/v1/"),
}


@pytest.mark.parametrize("what", NEW)
def test_a_new_name_passes(laboratory: Laboratory, what: str) -> None:
    """What upstream may well add is in the package under its own name, and works."""
    document = toy.toy()
    NEW[what](document)

    pinned = laboratory.attempt(document)

    assert pinned is not None
    check(pinned, laboratory.facts())


def new_property(schema: str) -> places.Put:
    """Gives `schema` a property unless it has it already."""
    return lambda d, name: properties(d, schema).setdefault(name, {"type": "string"})


PLACES: dict[str, places.Put] = {
    "parameters": lambda d, name: get(d, COMPLETIONS)["parameters"].append(
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": name}
    ),
    "fields of a result": new_property("CostsResult"),
    "fields of a bucket": new_property("CostsBucket"),
    "fields of a page": new_property("CostsPage"),
    "fields of an error": new_property("Error"),
}


@pytest.mark.parametrize("place", PLACES if LONG else ["parameters", "fields of a result"])
def test_every_name_of_the_code_is_refused_or_works(
    laboratory: Laboratory, toy_projects: dict[str, Project], place: str
) -> None:
    """All identifiers of the generated code, Python's words and built-in names as names of a pin: those
    that are not refused are all in one package, which does what it should."""
    document, put, taken = toy.read(toy_projects["new"].pin), PLACES[place], set[str]()
    for name in hostile.names_in(toy_projects["new"].out):
        tried = copy.deepcopy(document)
        put(tried, name)
        if _is_admitted(tried):
            taken.add(name)
            document = tried

    pinned = laboratory.attempt_pin(document)

    assert pinned is not None
    assert len(taken) > 200
    check(pinned, laboratory.facts())


def _is_admitted(document: Json) -> bool:
    try:
        check_names(document)
    except CodegenError:
        return False
    return True
