"""The pinned document as the templates ask for it, joined with the generator's own parse.

The generator decides names and identifiers; everything else is read from the document itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import LiteralEnumProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema.untrusted_string import UntrustedString

from .errors import CodegenError
from .groups import is_list, method_name
from .names import CORE, pascal, snake
from .parts import FieldView, GroupView, LimitView, ModelView, OperationView, ParameterView
from .subset import operations
from .tree import Object, array_at, as_object, member, object_at, objects_in, text_at, types_of

_IMPORTED = re.compile(r"from \.\.\.models\.(\w+) import (?!check_)(\w+)")
_SCALARS = {"integer": "int", "string": "str", "boolean": "bool", "number": "float"}
_FRAME = {"object", "start_time", "end_time", "results"}
"""What every bucket has."""


class DocumentView:
    """The pinned document, as the templates ask for it."""

    def __init__(self, document: Object, parsed: GeneratorData) -> None:
        self._schemas = object_at(document, "components", "schemas")
        self._raw = operations(document)
        upstream = object_at(document, "x-provenance", "upstream")
        self.provenance = {key: str(value) for key, value in upstream.items()}
        self._endpoints = {
            raw(endpoint.path): endpoint
            for collection in parsed.endpoint_collections_by_tag.values()
            for endpoint in collection.endpoints
        }
        self.server = next((text_at(server, "url") for server in objects_in(document, "servers")), "")
        self.models = self._all_models()
        self.operations = {path: self._operation(path) for path in self._raw}
        self.usage = self._group("operations", "usage", is_lists=False)
        self.directory = self._group("directory", "directory", is_lists=True)
        self.model_modules = self._model_modules(parsed)
        """Module and name of every model, row and alias, sorted by name."""
        self.core_modules = CORE

    def _all_models(self) -> dict[str, ModelView]:
        """Those of the schemas, and those of the objects within them, by name."""
        models = {name: self._model(name, as_object(schema)) for name, schema in self._schemas.items()}
        for bucket in [model for model in models.values() if model.role == "bucket"]:
            if bucket.result is not None:
                own = tuple(field for field in bucket.fields if field.name not in _FRAME)
                models[bucket.result] = attrs.evolve(models[bucket.result], bucket_fields=own)
        for name, schema in self._schemas.items():
            for field, child in object_at(schema, "properties").items():
                if member(child, "type") == "object":
                    inline = f"{name}{pascal(field)}"
                    models[inline] = self._model(inline, as_object(child))
        return models

    @property
    def exports(self) -> list[str]:
        """All names of the package."""
        endpoints = [operation.module for operation in self.operations.values()]
        return sorted([name for _, name in self.core_modules + self.model_modules] + endpoints)

    @staticmethod
    def enum_values(enum: LiteralEnumProperty) -> list[str]:
        """The values of `enum` in the document's order (the parser's set has none that lasts)."""
        return sorted(str(value) for value in enum.values)

    def _model_modules(self, parsed: GeneratorData) -> list[tuple[str, str]]:
        classes = [model.class_info for model in parsed.models] + [e.class_info for e in parsed.enums]
        names = [(str(info.module_name), str(info.name)) for info in classes]
        results = {model.name: model for model in self.models.values() if model.role == "result"}
        rows = [(module, f"{results[name].stem}Row") for module, name in names if name in results]
        return sorted(names + rows, key=lambda pair: pair[1])

    def _group(self, folder: str, api_folder: str, *, is_lists: bool) -> GroupView:
        operations = (operation for operation in self.operations.values() if operation.is_list == is_lists)
        return GroupView(folder, api_folder, operations)

    def operation(self, endpoint: Endpoint) -> OperationView:
        """The operation that the generator parsed as `endpoint`."""
        return self.operations[raw(endpoint.path)]

    def model(self, name: str) -> ModelView:
        """The model that the generator named `name`."""
        return self.models[name]

    def _operation(self, path: str) -> OperationView:
        operation, endpoint = self._raw[path], self._endpoints[path]
        page, row = self._page_and_row(operation)
        properties = {raw(p.name): p for p in (*endpoint.path_parameters, *endpoint.query_parameters)}
        found = [(p.get("in"), _parameter(p, properties)) for p in objects_in(operation, "parameters")]
        groups = next((p.allowed_values for _, p in found if p.name == "group_by"), ())
        return OperationView(
            is_list=is_list(operation),
            name=method_name(path, operation),
            operation_id=text_at(operation, "operationId"),
            module=_module_of(endpoint, operation),
            method=endpoint.method.upper(),
            path=path,
            summary=text_at(operation, "summary"),
            description=text_at(operation, "description"),
            tag=text_at(operation, "x-item-object" if is_list(operation) else "x-result-object"),
            path_parameters=tuple(parameter for place, parameter in found if place == "path"),
            parameters=tuple(parameter for place, parameter in found if place == "query"),
            fields=tuple(
                attrs.evolve(f, role=_role(f, groups, is_list=is_list(operation))) for f in row.fields
            ),
            bucket_fields=row.bucket_fields,
            page=page,
            imports=_imports_of(endpoint),
        )

    def _page_and_row(self, operation: Object) -> tuple[str, ModelView]:
        """The name of the page that is answered, and the model of what is on it."""
        content = member(operation, "responses", "200", "content", "application/json", "schema")
        page = text_at(content, "$ref").rsplit("/", 1)[-1]
        return page, self.models[page.removesuffix("Page") + ("" if is_list(operation) else "Result")]

    def _model(self, name: str, schema: Object) -> ModelView:
        required = array_at(schema, "required")
        fields = tuple(
            self._field(f"{name}{pascal(field)}", field, as_object(child), required=field in required)
            for field, child in object_at(schema, "properties").items()
        )
        results = next((f.annotation for f in fields if f.name == "results"), "")
        return ModelView(
            name=name,
            role=text_at(schema, "x-role") or "part",
            description=text_at(schema, "description"),
            fields=fields,
            result=results.removeprefix("list[").removesuffix("]") or None,
        )

    def _field(self, inline: str, name: str, schema: Object, *, required: bool) -> FieldView:
        kinds = [kind for branch in _branches(schema) for kind in types_of(branch)]
        annotation = self._annotation(inline, schema)
        nullable = "null" in kinds
        if nullable or not required:
            annotation += " | None"
        return FieldView(
            name=name,
            type=next((k for k in kinds if k != "null"), "object"),
            format=text_at(schema, "format") or None,
            required=required,
            nullable=nullable,
            role="attribute",
            known_values=_texts(schema, "x-known-values"),
            description=text_at(schema, "description"),
            const=text_at(schema, "const") or None,
            annotation=annotation,
            fields=self._fields_in(inline, schema),
            observed=schema.get("x-observed") is True,
            hidden=schema.get("x-hidden") is True,
            over_time=text_at(schema, "x-over-time") or ("sum" if _is_amount(schema, kinds) else None),
        )

    def _fields_in(self, inline: str, schema: Object) -> tuple[FieldView, ...]:
        """Those of the object that `schema` is, or of each object of the array."""
        if "properties" in schema:
            return self._model(inline, schema).fields
        for branch in (*_branches(schema), object_at(schema, "items")):
            named = object_at(self._schemas, text_at(branch, "$ref").rsplit("/", 1)[-1])
            if named:
                return self._fields_in(inline, named)
        return ()

    def _annotation(self, inline: str, schema: Object) -> str:
        kind = next((k for k in types_of(schema) if k != "null"), "")
        references = [text_at(branch, "$ref").rsplit("/", 1)[-1] for branch in _branches(schema)]
        if any(references):
            return " | ".join(name for name in references if name)
        if kind == "array":
            return f"list[{self._annotation(inline, object_at(schema, 'items'))}]"
        if "const" in schema:
            return f"Literal[{text_at(schema, 'const')!r}]"
        if text_at(schema, "format") == "decimal":
            return "Decimal"
        if kind == "object":
            return inline if "properties" in schema else "dict[str, Any]"
        if kind not in _SCALARS:
            raise CodegenError(
                f"the pin has a member of a type that the templates do not know: {inline} {kind!r}"
            )
        return _SCALARS[kind]


def raw(text: UntrustedString | str) -> str:
    """The plain string of a text; the templates can write it with the filters of codegen/code.py only."""
    return text.get_untrusted_value() if isinstance(text, UntrustedString) else text


def _module_of(endpoint: Endpoint, operation: Object) -> str:
    """The module of `endpoint`, which the generator must have named as codegen/names.py says."""
    module, identifier = str(endpoint.name), text_at(operation, "operationId")
    if module != snake(identifier):
        raise CodegenError(f"the generator would call the operation {identifier!r} {module!r}")
    return module


def _imports_of(endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """Module and name of the models and aliases that `endpoint` names."""
    found = (_IMPORTED.fullmatch(line) for line in endpoint.relative_imports)
    return tuple(sorted((match[1], match[2]) for match in found if match))


def _parameter(parameter: Object, properties: Mapping[str, PropertyProtocol]) -> ParameterView:
    schema, name = object_at(parameter, "schema"), text_at(parameter, "name")
    items = object_at(schema, "items")
    return ParameterView(
        name=name,
        type=text_at(schema, "type"),
        item_type=text_at(items, "type") or None,
        format=text_at(schema, "format") or None,
        required=parameter.get("required") is True,
        allowed_values=_texts(schema, "enum") or _texts(items, "enum"),
        default=schema.get("default"),
        limits=tuple(
            LimitView(width, _integer(limit, "default"), _integer(limit, "maximum"))
            for width, limit in object_at(schema, "x-limits").items()
        ),
        maximum=_maximum(schema),
        description=text_at(parameter, "description"),
        wire_annotation=_parameter_annotation(properties[name], schema),
    )


def _parameter_annotation(parsed: PropertyProtocol, schema: Object) -> str:
    """Enumerations by the alias that the generator gave them, the rest by their JSON type."""
    if isinstance(parsed, ListProperty):
        return f"Sequence[{_parameter_annotation(parsed.inner_property, object_at(schema, 'items'))}]"
    if isinstance(parsed, LiteralEnumProperty):
        return str(parsed.class_info.name)
    kind = text_at(schema, "type")
    if kind not in _SCALARS:
        raise CodegenError(f"the pin has a parameter of a type that the templates do not know: {kind!r}")
    return _SCALARS[kind]


def _role(field: FieldView, groups: tuple[str, ...], *, is_list: bool) -> str:
    if field.name == "object" or is_list:
        return "tag" if field.name == "object" else "attribute"
    if field.name in groups:
        return "dimension"
    if field.fields:
        return "money" if any(f.format == "decimal" for f in field.fields) else "attribute"
    return "metric" if field.type in ("integer", "number") else "attribute"


def _is_amount(schema: Object, kinds: Iterable[str]) -> bool:
    return not {"integer", "number"}.isdisjoint(kinds) and schema.get("format") != "unix-time"


def _branches(schema: Object) -> list[Object]:
    """`schema` and the schemas that it is a union of."""
    unions = [branch for key in ("oneOf", "anyOf", "allOf") for branch in objects_in(schema, key)]
    return [schema, *unions]


def _texts(schema: Object, key: str) -> tuple[str, ...]:
    return tuple(str(v) for v in array_at(schema, key))


def _maximum(schema: Object) -> int | None:
    return _integer(schema, "maximum") if "maximum" in schema else None


def _integer(node: object, key: str) -> int:
    value = member(node, key)
    if not isinstance(value, int):
        raise CodegenError(f"a limit in the pin lacks a whole number as {key!r}: {value!r}")
    return value
