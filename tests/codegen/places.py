"""Every place of a document where a name or a text goes into code, and how it is put there."""

from __future__ import annotations

from collections.abc import Callable

from .toy import COMPLETIONS, COSTS, KEYS, SEARCHES, Json, get, properties

Put = Callable[[Json, str], object]


def add_parameter(document: Json, name: str, **schema: object) -> None:
    """Give completions a parameter called `name`."""
    get(document, COMPLETIONS)["parameters"].append({"name": name, "in": "query", "schema": schema})


def add_property(schema: str) -> Put:
    """Puts a name on a new property of `schema`."""
    return lambda d, name: properties(d, schema).update({name: {"type": "string"}})


def rename_schema(document: Json, name: str) -> None:
    """Call the type of results of completions `name`."""
    schemas: Json = document["components"]["schemas"]
    schemas[name] = schemas.pop("UsageCompletionsResult")
    choices = properties(document, "UsageTimeBucket")["results"]["items"]["oneOf"]
    choices[0]["$ref"] = f"#/components/schemas/{name}"


def add_schema(document: Json, name: str) -> None:
    """Let an error hold an object of a type called `name`."""
    document["components"]["schemas"][name] = {"type": "object", "properties": {"id": {"type": "string"}}}
    properties(document, "Error")["more"] = {"$ref": f"#/components/schemas/{name}"}


def add_path(document: Json, name: str) -> None:
    """Let searches be at a path that ends in `name`."""
    document["paths"]["/organization/usage/" + name] = document["paths"].pop(SEARCHES)


def rename_in_path(document: Json, name: str) -> None:
    """Call what stands in the path of the keys of a project `name`."""
    get(document, KEYS)["parameters"][0]["name"] = name


def tag_items(document: Json, tag: str) -> None:
    """Let keys have the tag `tag`."""
    properties(document, "ProjectApiKey")["object"] = {"type": "string", "enum": [tag]}


def tag_results(document: Json, tag: str) -> None:
    """Let results of searches have the tag `tag`."""
    properties(document, "UsageWebSearchCallsResult")["object"] = {"type": "string", "enum": [tag]}
    get(document, SEARCHES)["x-result-object"] = tag
    get(document, SEARCHES)["x-oaiMeta"] = {"examples": {"response": f'{{"object": "{tag}"}}'}}


NAMES: dict[str, Put] = {
    "a parameter": lambda d, name: add_parameter(d, name, type="string"),
    "a list parameter": lambda d, name: add_parameter(d, name, type="array", items={"type": "string"}),
    "an enumerated parameter": lambda d, name: add_parameter(d, name, type="string", enum=["a", "b"]),
    "a property of a result": add_property("UsageCompletionsResult"),
    "a property of a bucket": add_property("UsageTimeBucket"),
    "a property of a page": add_property("UsageResponse"),
    "a property of an error": add_property("Error"),
    "a required property": lambda d, name: (
        add_property("CostsResult")(d, name),
        d["components"]["schemas"]["CostsResult"]["required"].append(name),
    ),
    "an undefined required property": lambda d, name: d["components"]["schemas"]["CostsResult"][
        "required"
    ].append(name),
    "a property in an object": lambda d, name: properties(d, "CostsResult")["amount"]["properties"].update(
        {name: {"type": "string"}}
    ),
    "an object": lambda d, name: properties(d, "CostsResult").update(
        {name: {"type": "object", "properties": {"unit": {"type": "string"}}}}
    ),
    "a property of an item": add_property("ProjectApiKey"),
    "a property of an object in an item": add_property("KeyUser"),
    "an object in an item": lambda d, name: properties(d, "ProjectApiKey").update(
        {name: {"type": "object", "properties": {"unit": {"type": "string"}}}}
    ),
    "a parameter of a list": lambda d, name: get(d, KEYS)["parameters"].append(
        {"name": name, "in": "query", "schema": {"type": "string"}}
    ),
    "a parameter in a path": rename_in_path,
    "the operationId of a list": lambda d, name: get(d, KEYS).update(operationId=name),
    "an operationId": lambda d, name: get(d, COSTS).update(operationId=name),
    "a path": add_path,
    "a tag": lambda d, name: get(d, COSTS).update(tags=[name]),
    "the type of results": rename_schema,
    "a schema": add_schema,
    "a response": lambda d, name: d["components"]["responses"].update(
        {name: d["components"]["responses"]["TooManyRequests"]}
    ),
    "a header": lambda d, name: d["components"]["responses"]["TooManyRequests"]["headers"].update(
        {name: {"schema": {"type": "string"}}}
    ),
    "a status": lambda d, name: get(d, COSTS)["responses"].update({name: {"description": "x"}}),
    "a security scheme": lambda d, name: d["components"]["securitySchemes"].update(
        {name: {"type": "http", "scheme": "bearer"}}
    ),
}
"""Where a name goes into upstream's document."""

TEXTS: dict[str, Put] = {
    "a value of a parameter": lambda d, text: add_parameter(d, "flavour", type="string", enum=["a", text]),
    "the only value of a parameter": lambda d, text: add_parameter(d, "flavour", type="string", enum=[text]),
    "a value of a list": lambda d, text: add_parameter(
        d, "flavours", type="array", items={"type": "string", "enum": ["a", text]}
    ),
    "a default": lambda d, text: add_parameter(d, "flavour", type="string", default=text),
    "a default among values": lambda d, text: add_parameter(
        d, "flavour", type="string", enum=["a", text], default=text
    ),
    "the format of a parameter": lambda d, text: add_parameter(d, "flavour", type="string", format=text),
    "a width": lambda d, text: add_parameter(
        d, "limit", type="integer", **{"x-limits": {text: {"default": 7, "maximum": 9}}}
    ),
    "a known value": lambda d, text: properties(d, "UsageCompletionsResult").update(
        flavour={"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a", text]}]}
    ),
    "a known value of ours": lambda d, text: properties(d, "UsageCompletionsResult").update(
        flavour={"type": "string", "x-known-values": [text]}
    ),
    "a format": lambda d, text: properties(d, "UsageCompletionsResult").update(
        flavour={"type": "string", "format": text}
    ),
    "a constant": lambda d, text: properties(d, "UsageCompletionsResult").update(
        flavour={"type": "string", "enum": [text]}
    ),
    "a result's tag": tag_results,
    "an item's tag": tag_items,
    "a known value of an item": lambda d, text: d["components"]["schemas"]["Region"].update(enum=["a", text]),
    "a value of a parameter of a list": lambda d, text: get(d, KEYS)["parameters"][3]["schema"].update(
        enum=["a", text]
    ),
}
"""Where a text goes into upstream's document, and comes out in the registry or a type."""

SILENT: dict[str, Put] = {
    "the server": lambda d, text: d.update(servers=[{"url": text}]),
    "the end of the server": lambda d, text: d.update(servers=[{"url": "https://toy.openai.com/" + text}]),
    "a second server": lambda d, text: d["servers"].append({"url": text}),
    "the version": lambda d, text: d["info"].update(version=text),
    "the licence": lambda d, text: d["info"].update(license={"name": text}),
    "prose of an operation": lambda d, text: get(d, COSTS).update(summary=text, description=text),
    "prose of a parameter": lambda d, text: get(d, COSTS)["parameters"][0].update(description=text),
    "prose of a property": lambda d, text: properties(d, "Error")["type"].update(
        description=text, title=text, example=text
    ),
    "prose of a schema": lambda d, text: d["components"]["schemas"]["Error"].update(title=text),
    "prose of a tag": lambda d, text: d["tags"][1].update(description=text),
    "prose of an item": lambda d, text: properties(d, "ProjectApiKey")["owner"].update(description=text),
    "a type of an item": lambda d, text: properties(d, "ProjectApiKey").update(odd={"type": text}),
    "a hidden mark": lambda d, text: properties(d, "ProjectApiKey")["id"].update({"x-hidden": text}),
    "a name of ours": lambda d, text: get(d, KEYS).update({"x-name": text}),
    "where a parameter of a list is": lambda d, text: get(d, KEYS)["parameters"][0].update({"in": text}),
    "a largest value": lambda d, text: get(d, KEYS)["parameters"][1]["schema"].update(maximum=text),
    "a type": lambda d, text: properties(d, "CostsResult").update(odd={"type": text}),
    "a type of a parameter": lambda d, text: add_parameter(d, "flavour", type=text),
    "a reference": lambda d, text: properties(d, "Error").update(odd={"$ref": text}),
    "a reference to a schema": lambda d, text: properties(d, "Error").update(
        odd={"$ref": "#/components/schemas/" + text}
    ),
    "what adds up": lambda d, text: properties(d, "CostsResult")["quantity"].update({"x-over-time": text}),
    "a role": lambda d, text: d["components"]["schemas"]["Error"].update({"x-role": text}),
    "a role of results": lambda d, text: d["components"]["schemas"]["CostsResult"].update({"x-role": text}),
    "an unknown member": lambda d, text: d["components"]["schemas"]["Error"].update({"x-note": text}),
    "a key of an unknown member": lambda d, text: properties(d, "Error")["type"].update({"x-" + text: text}),
    "a pattern": lambda d, text: properties(d, "Error")["type"].update(pattern=text),
    "a result's wire name": lambda d, text: properties(d, "UsageTimeBucket")["results"].update(
        {"x-upstream-name": text}
    ),
    "where a parameter is": lambda d, text: get(d, COSTS)["parameters"][1].update({"in": text}),
    "an observed mark": lambda d, text: properties(d, "Error")["type"].update({"x-observed": text}),
    "an enumeration of errors": lambda d, text: properties(d, "Error")["type"].update(enum=["a", text]),
    "a default of a property": lambda d, text: properties(d, "Error")["type"].update(default=text),
}
"""Where a text is dropped, or goes nowhere, or must be of a certain form."""


def describe(document: Json, text: str) -> None:
    """Put `text` into all prose of a pin."""
    for path in (COSTS, COMPLETIONS, KEYS):
        get(document, path).update(summary=text, description=text)
        for parameter in get(document, path)["parameters"]:
            parameter["description"] = text
    for schema in document["components"]["schemas"].values():
        schema["description"] = text
        for child in schema["properties"].values():
            child["description"] = text


PINNED: dict[str, Put] = {
    "all prose": describe,
    "the summary": lambda d, text: get(d, COSTS).update(summary=text),
    "the description": lambda d, text: get(d, COSTS).update(description=text),
    "the description of a parameter": lambda d, text: get(d, COSTS)["parameters"][0].update(description=text),
    "the description of a field": lambda d, text: properties(d, "CostsResult")["line_item"].update(
        description=text
    ),
    "the name of a list": lambda d, text: get(d, KEYS).update({"x-name": text}),
    "the tag of an operation": lambda d, text: get(d, KEYS).update(tags=[text]),
    "the source": lambda d, text: d["x-provenance"]["upstream"].update(source=text),
    "a fact of the source": lambda d, text: d["x-provenance"]["upstream"].update({text: text}),
}
"""Where a text stands in a pin that upstream's document cannot reach."""
