"""From upstream's answer to a list query to a page and an item, all of whose objects have a name.

Upstream writes the objects in an item out where they stand, several deep, and refers to texts by name.
Here each object is a schema of its own, so that its class is named alike whatever upstream does, and
each text stands where it belongs.
"""

from __future__ import annotations

import copy

from .errors import CodegenError
from .names import pascal
from .subset import schema_of
from .tree import Object, is_object, object_at, text_at, types_of


def narrow_list(document: Object, path: str, operation: Object) -> None:
    """Give the list `operation` at `path` its own page and item schema, in place.

    Raises:
        CodegenError: it does not answer with a list of items that have a tag.
    """
    schemas = object_at(document, "components", "schemas")
    content = object_at(operation, "responses", "200", "content", "application/json")
    page = copy.deepcopy(schema_of(document, content.get("schema"), at=f"{path} response 200"))
    reference = text_at(page, "properties", "data", "items", "$ref")
    item = schema_of(document, {"$ref": reference}, at=f"{path} page data") if reference else {}
    tag, name = text_at(item, "properties", "object", "const"), reference.rsplit("/", 1)[-1]
    if not tag:
        raise CodegenError(f"{path}: the type of its items cannot be told, they have no tag of their own")
    _name_objects(schemas, name)
    schemas[name] = {"x-role": "item", **object_at(schemas, name)}
    schemas[f"{name}Page"] = {"x-role": "page", **page}
    operation["x-item-object"] = tag
    content["schema"] = {"$ref": f"#/components/schemas/{name}Page"}


def _name_objects(schemas: Object, owner: str) -> None:
    """Make a schema of each object in the schema called `owner`, and in those."""
    properties = object_at(schemas, owner, "properties")
    if object_at(schemas, owner).get("required") == []:
        del object_at(schemas, owner)["required"]
    for field, child in properties.items():
        if is_object(child):
            properties[field] = _named(schemas, f"{owner}{pascal(field)}", child)


def _named(schemas: Object, name: str, schema: Object) -> Object:
    """What stands in the place of `schema`; `name` is what it is called if it is an object."""
    referred = text_at(schema, "$ref").rsplit("/", 1)[-1]
    if referred and "properties" in object_at(schemas, referred):
        _name_objects(schemas, referred)
        return schema
    if referred:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return copy.deepcopy(object_at(schemas, referred)) | beside
    if is_object(items := schema.get("items")):
        return schema | {"items": _named(schemas, f"{name}Item", items)}
    if "properties" not in schema:
        return schema
    schemas[name] = schema | {"type": "object"}
    _name_objects(schemas, name)
    reference: Object = {"$ref": f"#/components/schemas/{name}"}
    return {"oneOf": [reference, {"type": "null"}]} if "null" in types_of(schema) else reference
