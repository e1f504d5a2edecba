"""What a pinned document must be like before anything is made of it: as the templates expect it, and
small enough that making it takes seconds.

Upstream's document is taken for hostile: what is not refused here becomes code that people import.
"""

from __future__ import annotations

import graphlib
import re
from urllib.parse import urlsplit

from .errors import CodegenError
from .groups import TAGS, is_list
from .names import check_names
from .subset import operations
from .tree import (
    Object,
    as_object,
    escape,
    is_array,
    is_object,
    object_at,
    objects_in,
    size_of,
    text_at,
    walk,
)

MAX_PATHS = 100
"""OpenAI's document has 12."""
MAX_COMPONENT = 4_000
"""Values and keys of one component; the largest has 300."""
MAX_SUBSET = 40_000
"""Values and keys; OpenAI's has 5,000, the whole pin 9,000."""
_MAX_TEXT = 20_000
_MAX_CHAIN = 20
"""References from schema to schema; OpenAI's document has 4, and each is an import within another."""

_SERVER = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?", re.ASCII)
_DOMAIN = "openai.com"
"""Whose keys they are: `UsageClient()` sends every user's admin key to the server of the document."""
_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
"""Control characters, line separators and what turns the reading direction; no sentence needs them."""
_ROLES = {"page": "Page", "bucket": "Bucket", "result": "Result", "item": ""}
_IN_PATH = re.compile(r"\{([^}]*)\}")


def check_size(document: Object) -> None:
    """Refuse the subset of an upstream document if it is larger than any that is meant.

    Raises:
        CodegenError: it says what is too large, and where.
    """
    if len(object_at(document, "paths")) > MAX_PATHS:
        raise CodegenError(f"the document has more than {MAX_PATHS} paths of usage and costs")
    for section, members in object_at(document, "components").items():
        for name, component in as_object(members).items():
            if size_of(component)[0] > MAX_COMPONENT:
                raise CodegenError(
                    f"#/components/{section}/{escape(name)[:80]} has more than {MAX_COMPONENT:,} values"
                )
    if size_of(document)[0] > MAX_SUBSET:
        raise CodegenError(f"usage and costs have more than {MAX_SUBSET:,} values in this document")


def admit(document: Object) -> None:
    """Refuse the pinned `document` unless code can be made of it safely.

    Raises:
        CodegenError: it says what is in the way, its place as a JSON pointer, and what to do.
    """
    _check_texts(document, "#")
    _check_servers(document)
    check_names(document)
    _check_references(document)
    _check_schemas(document)
    for path, operation in operations(document).items():
        pointer = f"#/paths/{escape(path)}/get"
        if operation.get("tags") not in [[tag] for tag in TAGS]:
            known = " or ".join(f"[{tag}]" for tag in TAGS)
            raise CodegenError(f"the tags at {pointer} are not {known}: `make pin` makes them so")
        in_path = set(_IN_PATH.findall(path)) if is_list(operation) else set[str]()
        for index, parameter in enumerate(objects_in(operation, "parameters")):
            place = f"{pointer}/parameters/{index}"
            if parameter.get("in") == "path" and text_at(parameter, "name") in in_path:
                in_path.remove(text_at(parameter, "name"))
                _check_in_path(parameter, place)
            else:
                _check_in_query(parameter, place)
        if in_path:
            raise CodegenError(f"the path at {pointer} has no parameter {min(in_path)}: {_REMOVE}")


def _check_texts(node: object, pointer: str) -> None:
    if isinstance(node, str):
        found = _UNSEEN.search(node)
        if found:
            raise CodegenError(
                f"the text at {pointer[:200]} has the character U+{ord(found[0]):04X}, which cannot be "
                "seen: correct it by an action in overlays/spec"
            )
        if len(node) > _MAX_TEXT:
            raise CodegenError(f"the text at {pointer[:200]} is longer than {_MAX_TEXT:,} characters")
    elif is_object(node):
        for key, value in node.items():
            _check_texts(key, f"{pointer}, a key,")
            _check_texts(value, f"{pointer}/{escape(key)}")
    elif is_array(node):
        for index, value in enumerate(node):
            _check_texts(value, f"{pointer}/{index}")


def _check_servers(document: Object) -> None:
    """Refuse a server that a key must not be sent to."""
    servers = objects_in(document, "servers")
    if not servers:
        raise CodegenError("the document names no server: give it one by an action in overlays/spec")
    for index, server in enumerate(servers):
        problem = _server_problem(text_at(server, "url"))
        if problem:
            raise CodegenError(f"the server at #/servers/{index}/url {problem}: correct it in overlays/spec")


def _server_problem(url: str) -> str | None:
    """What is wrong with a server, without showing it: it may hold credentials."""
    try:
        parts = urlsplit(url)
        port_problem = parts.port == 0
    except ValueError:
        return "is no URL"
    is_odd = port_problem or ".." in parts.path or "//" in parts.path or _SERVER.fullmatch(url) is None
    is_foreign = not f".{parts.hostname}".endswith(f".{_DOMAIN}")
    problems = {
        "is plain http, over which the admin key would go unencrypted": parts.scheme.lower() == "http",
        "has credentials in it": "@" in parts.netloc,
        "has a query or a fragment": "?" in url or "#" in url,
        "is not like https://api.openai.com/v1": not parts.hostname or is_odd,
        f"is none of {_DOMAIN}, to which alone users send their admin keys unasked": is_foreign,
    }
    return next((problem for problem, is_so in problems.items() if is_so), None)


def _check_references(document: Object) -> None:
    """Refuse components that refer to each other in a circle, or through too many others."""
    below = {
        f"#/components/{section}/{escape(name)}": _referenced(component)
        for section, members in object_at(document, "components").items()
        for name, component in as_object(members).items()
    }
    lengths: dict[str, int] = {}
    try:
        for pointer in graphlib.TopologicalSorter(below).static_order():
            lengths[pointer] = 1 + max((lengths[other] for other in below.get(pointer, ())), default=0)
            if lengths[pointer] > _MAX_CHAIN:
                raise CodegenError(f"{pointer} refers to another through more than {_MAX_CHAIN} others")
    except graphlib.CycleError as error:
        raise CodegenError(
            f"{error.args[1][0]} refers to itself, through others perhaps, which no module can: {_REMOVE}"
        ) from None


def _referenced(component: object) -> set[str]:
    return {text_at(node, "$ref") for _, node in walk(component) if text_at(node, "$ref")}


def _check_schemas(document: Object) -> None:
    """Refuse what stands in schemas where the templates read facts of their own."""
    for name, schema in object_at(document, "components", "schemas").items():
        role = text_at(schema, "x-role")
        if role and not name.endswith(_ROLES.get(role, "?")):
            raise CodegenError(f"the role {role[:40]!r} of #/components/schemas/{name} is not its name's")
    for pointer, node in walk(object_at(document, "components", "schemas"), "#/components/schemas"):
        if pointer.endswith("/properties"):
            continue
        if not isinstance(node.get("const", ""), str):
            raise CodegenError(f"the constant at {pointer} is no text: {_REMOVE}")
        if text_at(node, "x-over-time") not in ("", "sum", "last"):
            raise CodegenError(f"x-over-time at {pointer} is neither `sum` nor `last`")


def _check_in_path(parameter: Object, pointer: str) -> None:
    """Refuse a part of the path that may be missing, or is no text."""
    if parameter.get("required") is not True or object_at(parameter, "schema") != {"type": "string"}:
        raise CodegenError(f"the parameter at {pointer} is in the path, and no required text: {_REMOVE}")


def _check_in_query(parameter: Object, pointer: str) -> None:
    """Refuse a parameter that is not sent in the query, or whose values are no plain texts."""
    schema = object_at(parameter, "schema")
    if parameter.get("in") != "query":
        raise CodegenError(f"the parameter at {pointer} is not sent in the query: {_REMOVE}")
    for place, node in (
        (f"{pointer}/schema", schema),
        (f"{pointer}/schema/items", object_at(schema, "items")),
    ):
        values = node.get("enum", [])
        if not is_array(values) or not all(isinstance(value, str) for value in values):
            raise CodegenError(f"a value at {place}/enum is no text: {_REMOVE}")
    default = schema.get("default")
    for value in default if is_array(default) else [default]:
        if not isinstance(value, str | int | float | None):
            raise CodegenError(f"the default at {pointer}/schema/default is no plain value: {_REMOVE}")


_REMOVE = "remove it by an action in overlays/spec"
