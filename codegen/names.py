"""Every name of the document that becomes an identifier, checked in this one place.

A name stands in the generated code as it stands on the wire; none is rewritten, so that nobody has
to learn a second one. What cannot stand there is refused, with its place in the document.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator

import attrs

from .errors import CodegenError
from .groups import is_list, method_name
from .runtime import runtime_files
from .subset import operations
from .tree import Object, as_object, escape, is_object, object_at, objects_in, text_at

_LONGEST = 80

CORE = [
    ("arguments", "Argument"),
    ("arguments", "ExtraQuery"),
    ("client", "AuthenticatedClient"),
    ("client", "Response"),
    ("decimals", "read_decimal"),
    ("document", "PROVENANCE"),
    ("document", "SERVER_URL"),
    ("errors", "InvalidParameterError"),
    ("errors", "OpenAIUsageError"),
    ("errors", "ResponseDecodeError"),
    ("errors", "UnexpectedStatusError"),
    ("errors", "UnknownFieldWarning"),
    ("errors", "UnknownResultWarning"),
    ("html_tables", "html_table"),
    ("page_decoder", "decode_page"),
    ("page_decoder", "decode_structs"),
    ("page_decoder", "error_texts"),
    ("redaction", "holds_key"),
    ("redaction", "keep_out"),
    ("redaction", "redacted"),
    ("registry", "ApiOperation"),
    ("registry", "DIRECTORY"),
    ("registry", "OPERATIONS"),
    ("registry", "ResponseField"),
    ("registry", "FieldRole"),
    ("registry", "Limit"),
    ("registry", "ListOperation"),
    ("registry", "Operation"),
    ("registry", "OverTime"),
    ("registry", "Parameter"),
    ("registry", "ValueType"),
    ("request", "AnyRequest"),
    ("request", "ApiRequest"),
    ("request", "ListRequest"),
    ("request", "Request"),
    ("request", "derive"),
    ("struct_decoder", "DECODING_ERRORS"),
    ("struct_decoder", "StructColumns"),
    ("types", "Model"),
    ("types", "Row"),
    ("types", "Time"),
    ("types", "TimeRange"),
    ("types", "UnknownResult"),
    ("types", "draft_of"),
]
"""Module and name of what the package exports beside models and endpoints."""

_TYPES = frozenset({"Any", "Decimal", "Iterable", "Iterator", "Literal", "Self", "Sequence", "TYPE_CHECKING"})
"""What the generated modules import for annotations."""
MODULE = frozenset(
    {
        "api",
        "directory",
        "document",
        "importlib",
        "models",
        "operations",
        "usage",
        *(path.stem for path in runtime_files()),
    }
)
"""Names of modules of the package, which no endpoint may take."""
_EVALUATED = frozenset({"bool", "dict", "float", "int", "list", "str", "tuple"})
"""Annotations are read within the class: a member of such a name would stand for the type."""

CLASS = frozenset(name for _, name in CORE) | _TYPES | frozenset(dir(builtins))
PARAMETER = frozenset(
    {
        *("asyncio", "asyncio_detailed", "client", "extra_query", "request", "response", "self"),
        *("sync", "sync_detailed"),
    }
)
"""Other arguments and names of the endpoint functions."""
FIELD = _EVALUATED | frozenset(
    {
        *("additional_properties", "attrs", "classmethod", "cls", "exact_decimal", "property", "self"),
        *("to_dict", "unknown_results"),
    }
)
"""What models have beside the members of the document, and what their classes are written with."""
BUCKET_FIELD = frozenset(
    {
        *("bucket", "columns", "draft", "draft_of", "end", "of_bucket", "result", "row", "start"),
        *("to_dict", "to_record"),
    }
)
"""What a bucket and its rows have beside, and names in the function that makes rows of it."""
COLUMN = frozenset(
    {
        *("columns", "end", "end_time", "of_bucket", "result", "start", "start_time"),
        *("to_dict", "to_record"),
    }
)
"""What a row has beside the columns of the document."""

_LOWER = re.compile(r"[a-z][A-Za-z0-9_]*", re.ASCII)
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)
_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)
_PATH = re.compile(r"(?:/[A-Za-z0-9_.~-]+)+", re.ASCII)
_LIST_PATH = re.compile(r"(?:/(?:[A-Za-z0-9_.~-]+|\{[a-z][a-z0-9_]*\}))+", re.ASCII)
"""With the names of path parameters."""
_CURE = "remove it by an action in overlays/spec, or correct it there"


@attrs.frozen
class _Rule:
    """What a kind of name may be."""

    kind: str
    pattern: re.Pattern[str]
    form: str
    reserved: frozenset[str]

    def check(self, name: str, pointer: str) -> None:
        """Refuse `name`, which stands at `pointer`, unless it can be an identifier of this kind."""
        if len(name) > _LONGEST:
            problem = f"is longer than {_LONGEST} characters"
        elif self.pattern.fullmatch(name) is None or "__" in name or name.endswith("_"):
            problem = f"is not {self.form}"
        elif keyword.iskeyword(name):
            problem = "is a word of Python's own"
        elif name in self.reserved:
            problem = "is a name that the generated code uses itself"
        else:
            return
        raise CodegenError(f"the {self.kind} {_shown(name)} at {pointer} {problem}: {_CURE}")


_SNAKE = "an ASCII letter in lower case, then letters, digits and single underscores"
_OPERATION = _Rule("name of the endpoint", _LOWER, _SNAKE, PARAMETER)
_OPERATION_ID = _Rule("operationId", _ID, "words of ASCII letters and digits with hyphens between", MODULE)
_PARAMETER = _Rule("parameter", _LOWER, _SNAKE, PARAMETER)
_FIELD = _Rule("property", _LOWER, _SNAKE, FIELD)
_BUCKET_FIELD = attrs.evolve(_FIELD, reserved=FIELD | BUCKET_FIELD)
_COLUMN = attrs.evolve(_FIELD, reserved=FIELD | COLUMN)
_SCHEMA = _Rule("schema", _CLASS, "an ASCII letter in upper case, then letters and digits", CLASS)
_FRAME = frozenset({"object", "start_time", "end_time", "results"})
"""What every bucket has."""


def check_names(document: Object) -> None:
    """Refuse the pinned `document` if a name in it cannot stand in the generated code.

    Raises:
        CodegenError: it names the first, its place as a JSON pointer (RFC 6901), and what to do.
    """
    schemas = object_at(document, "components", "schemas")
    _check_operations(document)
    for name, schema in schemas.items():
        pointer = f"#/components/schemas/{escape(name)}"
        _SCHEMA.check(name, pointer)
        _check_fields(as_object(schema), pointer)
    _refuse_twins("classes", _classes(schemas))
    for name, schema in schemas.items():
        if text_at(schema, "x-role") == "result":
            bucket = object_at(schemas, f"{name.removesuffix('Result')}Bucket")
            _refuse_twins("columns", _columns(f"#/components/schemas/{name}", as_object(schema), bucket))


def snake(name: str) -> str:
    """The module of an operationId."""
    return name.replace("-", "_")


def pascal(name: str) -> str:
    """`name`, written with underscores, as part of the name of a class."""
    return "".join(part.capitalize() for part in name.split("_"))


def _check_operations(document: Object) -> None:
    names: list[tuple[str, str]] = []
    modules: list[tuple[str, str]] = []
    for path, operation in operations(document).items():
        pointer = f"#/paths/{escape(path)}"
        form = _LIST_PATH if is_list(operation) else _PATH
        if form.fullmatch(path) is None or len(path) > 2 * _LONGEST:
            raise CodegenError(f"the path {_shown(path)} is not one of plain ASCII words: {_CURE}")
        name, identifier = method_name(path, operation), text_at(operation, "operationId")
        _OPERATION.check(name, pointer)
        _OPERATION_ID.check(identifier, f"{pointer}/get/operationId")
        _OPERATION_ID.check(snake(identifier), f"{pointer}/get/operationId")
        names.append((name, pointer))
        modules.append((snake(identifier), f"{pointer}/get/operationId"))
        parameters = [
            (text_at(parameter, "name"), f"{pointer}/get/parameters/{index}/name")
            for index, parameter in enumerate(objects_in(operation, "parameters"))
        ]
        for text, place in parameters:
            _PARAMETER.check(text, place)
        _refuse_twins("parameters", parameters)
    _refuse_twins("endpoints", names)
    _refuse_twins("modules", modules)


def _check_fields(schema: Object, pointer: str) -> None:
    """Check the properties at and below `schema`."""
    rule = {"bucket": _BUCKET_FIELD, "result": _COLUMN}.get(text_at(schema, "x-role"), _FIELD)
    found = [(name, f"{pointer}/properties/{escape(name)}") for name in object_at(schema, "properties")]
    for name, place in found:
        rule.check(name, place)
    _refuse_twins("properties", found)
    for place, child in _below(schema, pointer):
        _check_fields(child, place)


def _below(schema: Object, pointer: str) -> Iterator[tuple[str, Object]]:
    """The schemas right below `schema`, and where each stands."""
    children: list[tuple[str, object]] = [(key, schema.get(key)) for key in ("items", "additionalProperties")]
    for name, child in object_at(schema, "properties").items():
        children.append((f"properties/{escape(name)}", child))
    for key in ("oneOf", "anyOf", "allOf"):
        children += [(f"{key}/{index}", branch) for index, branch in enumerate(objects_in(schema, key))]
    for key, child in children:
        if is_object(child):
            yield f"{pointer}/{key}", child


def _classes(schemas: Object) -> Iterator[tuple[str, str]]:
    """Every class that the schemas become, and where each comes from."""
    for name, schema in schemas.items():
        pointer = f"#/components/schemas/{name}"
        yield name, pointer
        if text_at(schema, "x-role") == "result":
            yield f"{name.removesuffix('Result')}Row", f"the rows of {pointer}"
        for field, child in object_at(schema, "properties").items():
            if "properties" in _object(child):
                yield f"{name}{pascal(field)}", f"{pointer}/properties/{field}"


def _columns(pointer: str, result: Object, bucket: Object) -> Iterator[tuple[str, str]]:
    """Every column of a row, and where it comes from."""
    for name, child in object_at(result, "properties").items():
        parts = object_at(_object(child), "properties")
        for part in parts:
            yield f"{name}_{part}", f"{pointer}/properties/{name}/properties/{part}"
        if not parts:
            yield name, f"{pointer}/properties/{name}"
    for name in object_at(bucket, "properties"):
        if name not in _FRAME:
            yield name, f"{pointer.removesuffix('Result')}Bucket/properties/{name}"


def _refuse_twins(kind: str, found: Iterable[tuple[str, str]]) -> None:
    """Refuse two names that differ in case alone: files, columns and options do not always tell them."""
    known: dict[str, str] = {}
    for name, pointer in found:
        other = known.setdefault(name.lower(), pointer)
        if other != pointer:
            raise CodegenError(f"the {kind} at {other} and {pointer} have one name, {_shown(name)}: {_CURE}")


def _object(node: object) -> Object:
    return node if is_object(node) else {}


def _shown(name: str) -> str:
    return ascii(name if len(name) <= _LONGEST else name[:_LONGEST] + "…")
