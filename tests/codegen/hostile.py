"""Every place of a document where a name or a text goes into code, and what a hostile one puts there."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import strategies as st

from .toy import COMPLETIONS, COSTS, SEARCHES, Json

Put = Callable[[Json, str], object]


def get(document: Json, path: str) -> Json:
    """The operation at `path`."""
    operation: Json = document["paths"][path]["get"]
    return operation


def properties(document: Json, schema: str) -> Json:
    """The properties of `schema`."""
    found: Json = document["components"]["schemas"][schema]["properties"]
    return found


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
    for path in (COSTS, COMPLETIONS):
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
    "the source": lambda d, text: d["x-provenance"]["upstream"].update(source=text),
    "a fact of the source": lambda d, text: d["x-provenance"]["upstream"].update({text: text}),
}
"""Where a text stands in a pin that upstream's document cannot reach."""


def codes(canary: Path) -> list[str]:
    """Python that makes the file `canary`, and shell that does."""
    return [
        f"__import__('pathlib').Path({str(canary)!r}).touch()",
        f'__import__("pathlib").Path("{canary}").touch()',
        f"open({str(canary)!r},'w')",
    ]


def payloads(canary: Path) -> list[str]:
    """Texts that would run one of these, if they became code somewhere."""
    code, double, short = codes(canary)
    return [
        f'"""\n{code}\n"""',
        f'\\"""\n{code}\n\\"""',
        f'x""" + str({code}) + """',
        f'x"""\n    {code}\n    """',
        f'x"""\n        {code}\n        """',
        f'"""; {code} #',
        f"'''\n{code}\n'''",
        f"attrs; {code}; y",
        f"x: int = {code}",
        f"x = {short}; y",
        f"');{code};('",
        f'");{double};("',
        f"'+{code}+'",
        f'"+{double}+"',
        f"{{{{ {code} }}}}",
        f"{{% set x = {code} %}}",
        f"{{{code}}}",
        f"]; {code}; [",
        f") or {code} or (",
        f"\\\n{code}",
        f"#\n{code}",
        f"\n{code}\n",
        f"x\n\n{code}\n",
        f"x\r{code}",
        f"x\x0c\n{code}",
        f"x\u2028{code}",
        f"x\x85{code}",
        f"$(touch {canary})",
        f"`touch {canary}`",
        f"; touch {canary} #",
        f"!!python/object/apply:os.system ['touch {canary}']",
        f"Literal[{code}]",
        f"list[{short}]",
        f"lambda: {code}",
        f'https://a.example/"""\n{code}\n"""',
        f"https://a.example/'+{short}+'",
    ]


NASTY = [
    *(
        "",
        " ",
        '"',
        "'",
        '""',
        "''",
        '"""',
        "'''",
        '""""',
        'ends in "',
        'ends in """',
        '"begins',
        "\\",
        "ends in \\",
    ),
    *(
        "\\\\",
        '\\"',
        "\\n",
        "\\x41",
        "\\N{BULLET}",
        "\\u0041",
        "\\",
        "{}",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "%s %d",
        "$HOME",
    ),
    *(
        "# a comment",
        "a\nb",
        "a\n\n  b",
        "a\tb",
        "  two  blanks  ",
        "yes",
        "null",
        "~",
        "1_000",
        "1e999",
        "0x1f",
        "-",
    ),
    *(
        "*a",
        "&a",
        "<<",
        "!!str a",
        "[a]",
        "{a: b}",
        "a: b",
        "- a",
        "|",
        ">",
        "@",
        "é ü ß",
        "日本語",
        "🎉",
        "\uff46\uff55\uff4c\uff4c",
        "\u212a",
    ),
    *(
        "a\xa0b",
        "a\u200bb",
        "a\u00adb",
        "\ufeffa",
        "a\u3000b",
        "x" * 3_000,
        "word " * 600,
        "<b>&amp;</b>",
        "../../etc",
    ),
    *(
        "organization.usage.x.result",
        "page",
        "bucket",
        "decimal",
        "unix-time",
        "sum",
        "last",
        "result",
        "None",
        "True",
    ),
]
"""Texts that are odd, and harmless if they are written with care."""

UNSEEN = ["\0", "a\0b", "\x1b[2J", "a\rb", "\x9b31m", "a\u202eb", "\u2066", "a\u2028b", "\x7f", "a\x85b"]
"""Texts with what no one sees."""

ODD_NAMES = [
    *(
        "client",
        "self",
        "additional_properties",
        "__init__",
        "property",
        "x.y",
        "\uff4dodel",
        "start\uff3ftime",
        "",
        "_",
    ),
    *(
        "extra_query",
        "request",
        "class",
        "import",
        "None",
        "True",
        "async",
        "match",
        "type",
        "_private",
        "a__b",
        "a_",
    ),
    *(
        "Model",
        "Row",
        "attrs",
        "str",
        "int",
        "Any",
        "Literal",
        "1st",
        "a-b",
        "a b",
        "a[]",
        "$ref",
        "$schema",
        "ß",
        "ﬁ",
    ),
    *(
        "Start_Time",
        "START_TIME",
        "modeL",
        "amount_value",
        "CostsRow",
        "CostsResult",
        "UsageCompletionsRow",
        "Error",
    ),
    *(
        "id",
        "name",
        "format",
        "filter",
        "region",
        "tier",
        "data_residency",
        "userId",
        "end_user",
        "unit_price",
        "x" * 300,
    ),
    *(
        "UsageVideosResult",
        "UsageCPUResult",
        "Usage2Result",
        "A1bResult",
        "usage-videos",
        "usageVideos",
        "get_costs",
    ),
    *(
        "VideoClips",
        "videos",
        "video_clips",
        "errors",
        "models",
        "registry",
        "types",
        "200",
        "4XX",
        "default",
    ),
]
"""Names that are hostile, awkward or quite ordinary."""


def names_in(package: Path) -> list[str]:
    """Every identifier in the code of `package`, and those that Python has."""
    return sorted({*_identifiers(package), *dir(builtins), *keyword.kwlist, *keyword.softkwlist})


def _identifiers(package: Path) -> Iterator[str]:
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in ("id", "attr", "arg", "name", "asname", "module"):
                value = getattr(node, key, None)
                if isinstance(value, str):
                    yield from value.split(".")


def texts(canary: Path) -> st.SearchStrategy[str]:
    """Texts of all kinds; most are to be accepted."""
    pieces = st.sampled_from([*NASTY, *payloads(canary)])
    return st.one_of(
        pieces,
        st.sampled_from(payloads(canary)),
        st.lists(pieces, min_size=2, max_size=3).map("".join),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        st.text(st.sampled_from("\"'\\{}\n#%$`;()[] aé"), max_size=20),
        st.sampled_from(UNSEEN),
    )


def names(canary: Path, known: list[str]) -> st.SearchStrategy[str]:
    """Names of all kinds."""
    plain = st.from_regex(r"[a-z]{1,6}(_[a-z0-9]{1,6}){0,3}", fullmatch=True)
    return st.one_of(
        st.sampled_from(known),
        st.sampled_from(ODD_NAMES),
        plain,
        plain.map(lambda name: "".join(part.capitalize() for part in name.split("_"))),
        plain.map(lambda name: name.replace("_", "-")),
        st.sampled_from(known).map(lambda name: name.replace("_", "\uff3f") if "_" in name else name.upper()),
        st.sampled_from(payloads(canary)),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    )
