"""The five older documents: three formats of text, each with a reader of its own.

They are pages about other clients, in Perl and Bash. A parameter that names no values allows any; one
that names no default has none. What a page does not talk about at all stays unstated.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..facts import UNSTATED, Description, Endpoint, Member, Members, Value
from ..sources import Source
from .prose import limits_in, minimum_in, values_in

_SNAKE = re.compile(r"(?<=[a-z])([A-Z])")
_PATH = re.compile(r"GET\W+(/organization/\S+)")


def read_perl_2025(text: str) -> list[Endpoint]:
    """CPAN's OpenAPI::Client::OpenAI of 2025: a page for each path, one item a line."""
    body = text.split("Parameters\n", 1)[1].split("Responses\n", 1)[0]
    entry = r"(?m)^(\w+)\n\(in (\w+)\) \((\w+)\) - (.*?)Type:\n(\w+)\n((?:(?!\w+\n\(in).*\n?)*)"
    parameters = {
        name: _parameter(where, required == "Required", kind, said, _listed(rest))
        for name, where, required, said, kind, rest in re.findall(entry, body)
    }
    example = _example(text)
    return [_endpoint(text, r"Operation ID\n(\S+)", parameters, _shape_of(example))]


def read_perl_2026(text: str) -> list[Endpoint]:
    """The same of 2026: items run on, with the schemas of the answer below."""
    body = re.split(r"Path/query parameters|Responses\n", text)[1]
    entry = r"([a-z]\w*) ?\(in (\w+), (\w+), (\w+)\) - (.*?)(?=[a-z]\w* ?\(in \w+, |\Z)"
    parameters = {
        name: _parameter(where, required == "required", kind, said, _listed(said))
        for name, where, required, kind, said in re.findall(entry, body, re.DOTALL)
    }
    schemas = text.split("SCHEMAS", 1)[1].split("SEE ALSO", 1)[0]
    page, bucket = (_properties(part) for part in re.split(r"Usage\w+\s+Properties:", schemas)[1:])
    sections = {"page": page, "bucket": bucket}
    tag, fields = _result_of_example(text)
    if fields is not None:
        sections["result"] = fields
    return [_endpoint(text, r"GET /\S+\s+(\S+)", parameters, sections, tag)]


def read_markdown(text: str) -> list[Endpoint]:
    """openapi-generator's tables, for Perl and for Bash: all endpoints on one page."""
    paths = dict(re.findall(r"\[\*\*(\w+)\*\*\]\(UsageApi.*?\*\*GET\*\* (\S+)", text))
    parts = re.split(r"(?m)^#+ \**(usage\w+)\**$", text)[1:]
    return [
        Endpoint(
            path=paths[name],
            method="GET",
            operation_id=_snake(name).replace("_", "-"),
            sections={"parameter": _rows(part.split("### Parameters", 1)[1].split("### Return", 1)[0])},
        )
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    ]


def _rows(table: str) -> Members:
    row = r"(?ms)^ \*\*(\w+)\*\* \| (.*?)\*\* ?(?:\]\([\w.]+\)|) ?\| (.*?) \| (.*?)$(?=\n \*\*|\n\n|\Z)"
    found: dict[str, Member] = {}
    for name, kind, said, notes in re.findall(row, html.unescape(table)):
        default = re.search(r"default to '?(\w+)", notes)
        found[_snake(name)] = _parameter(
            None, "[optional]" not in notes, kind.strip("[* "), said, (default[1] if default else None, ())
        )
    return found


def _parameter(
    where: str | None, required: bool, kind: str, said: str, listed: tuple[str | None, tuple[str, ...]]
) -> Member:
    array = re.fullmatch(r"array(?:\[(\w+))?\]?", kind.lower())
    default, values = listed
    typed: Value = None if default in (None, "null") else default
    least = minimum_in(said)
    return Member(
        location=where,
        required=required,
        type="array" if array else {"int": "integer"}.get(kind, kind),
        item_type=array[1] if array else None,
        values=values or values_in(said),
        default=int(typed) if isinstance(typed, str) and typed.isdecimal() else typed,
        minimum=UNSTATED if least is None else least,
        limits=limits_in(said),
    )


def _listed(text: str) -> tuple[str | None, tuple[str, ...]]:
    default = re.search(r"Default:\s*(\w+)", text)
    values = re.search(r"Allowed values:\s*([\w, ]+)\n", text)
    return (default[1] if default else None), tuple(values[1].split(", ")) if values else ()


def _properties(text: str) -> Members:
    found: dict[str, Member] = {}
    entry = r"(\w+) ?\((\w+)(?: of \w+)?, required\)(.*?)(?=\w+ ?\(\w+(?: of \w+)?, required\)|\Z)"
    for name, kind, rest in re.findall(entry, text, re.DOTALL):
        found[name] = Member(
            required=True, type=None if kind == "anyOf" else kind, values=_listed(rest)[1] or None
        )
    return found


def _result_of_example(text: str) -> tuple[str | None, Members | None]:
    """Tag and fields of the example's result; nothing where it is that of another path."""
    example: dict[str, Any] = json.loads(_example(text)["data"][0]["results"][0])
    path = _PATH.search(text)
    assert path
    if example["object"] != f"organization.usage.{path[1].rsplit('/', 1)[1]}.result":
        return None, None
    return example["object"], {name: Member() for name in example}


def _shape_of(example: dict[str, Any]) -> dict[str, Members]:
    """What an example shows of pages and buckets: names, and which of them are arrays."""

    def shape(node: dict[str, Any]) -> Members:
        return {name: Member(type="array" if isinstance(v, list) else None) for name, v in node.items()}

    return {"page": shape(example), "bucket": shape(example["data"][0])}


def _example(text: str) -> Any:
    return json.JSONDecoder().raw_decode(text[text.index("{", text.index("Example")) :])[0]


def _endpoint(
    text: str,
    operation_id: str,
    parameters: Members,
    sections: dict[str, Members],
    tag: str | None = None,
) -> Endpoint:
    path, operation = _PATH.search(text), re.search(operation_id, text)
    assert path
    assert operation
    return Endpoint(
        path=path[1],
        method="GET",
        operation_id=operation[1].replace("_", "-"),
        result_object=tag,
        sections={"parameter": parameters, **sections},
    )


def _snake(name: str) -> str:
    return _SNAKE.sub(r"_\1", name).lower()


SEEDS: dict[str, tuple[str, str, str, Callable[[str], list[Endpoint]]]] = {
    "seed-000-perl-2025": ("000", "OpenAPI::Client::OpenAI (CPAN), moderations", "2025", read_perl_2025),
    "seed-001-perl-2026": ("001", "OpenAPI::Client::OpenAI (CPAN), completions", "2026", read_perl_2026),
    "seed-002-perl-generated": ("002", "WWW::OpenAPIClient::UsageApi", "undated", read_markdown),
    "seed-003-bash-generated": ("003", "UsageApi of a Bash client", "undated", read_markdown),
    "seed-004-perl-2026": ("004", "OpenAPI::Client::OpenAI (CPAN), images", "2026", read_perl_2026),
}
"""By name of the source: how its file begins, what it is, the year, and its reader."""


def read(folder: Path, name: str) -> Source:
    """The facts of the seed `name`, whose text is in `folder`."""
    prefix, document, date, reader = SEEDS[name]
    (path,) = folder.glob(f"{prefix}_*.txt")
    endpoints = reader(path.read_text(encoding="utf-8"))
    return Source(document, date, Description.of(name, endpoints, complete=len(endpoints) > 1))
