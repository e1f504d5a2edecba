"""From one answer shared by all paths of usage to one page, bucket and result for each path.

Upstream gives every path the same page, whose results are a union of all result types, although
each path answers with one of them. Its example shows which: the `object` tag of its results.
"""

from __future__ import annotations

import copy
import re

from .errors import CodegenError
from .groups import is_list
from .lists import narrow_list
from .subset import drop_unreferenced, operations, schema_of
from .tree import Object, array_at, member, object_at, text_at, walk

_TAG = re.compile(r'"object"\s*:\s*"([^"]+)"')
_ENVELOPE = {"page", "bucket", "list"}


def documented_result(path: str, operation: Object) -> str | None:
    """The `object` tag that `operation` declares (`x-result-object`) or that its example shows."""
    declared = text_at(operation, "x-result-object")
    if declared:
        return declared
    example = text_at(operation, "x-oaiMeta", "examples", "response")
    # Misspelt in all examples until 2025: "orgainzation.usage.completions.result".
    tags = {tag.replace("orgainzation.", "organization.") for tag in _TAG.findall(example)} - _ENVELOPE
    if len(tags) > 1:
        raise CodegenError(
            f"{path}: the result type cannot be told, its example shows {sorted(tags)}; {_CURE}"
        )
    return tags.pop() if tags else None


def narrow(document: Object) -> None:
    """Give each path its own page and bucket schema with its one result type, in place.

    Raises:
        CodegenError: the result type of a path cannot be told, or two paths claim the same one.
    """
    claimed: dict[str, str] = {}
    for path, operation in operations(document).items():
        if is_list(operation):
            narrow_list(document, path, operation)
            continue
        tag = _narrow_usage(document, path, operation)
        if tag in claimed:
            raise CodegenError(f"{path} and {claimed[tag]}: both seem to answer with {tag!r}; {_CURE}")
        claimed[tag] = path
    drop_unreferenced(document)
    document["paths"] = dict(sorted(object_at(document, "paths").items()))
    document["components"] = {
        section: dict(sorted(object_at(document, "components", section).items()))
        for section in sorted(object_at(document, "components"))
    }


def _narrow_usage(document: Object, path: str, operation: Object) -> str:
    """Give one path of usage or costs its own page and bucket; the tag of its results."""
    schemas = object_at(document, "components", "schemas")
    content = object_at(operation, "responses", "200", "content", "application/json")
    page = schema_of(document, content.get("schema"), at=f"{path} response 200")
    bucket = schema_of(document, member(page, "properties", "data", "items"), at=f"{path} page data")
    key, members = _results_of(document, bucket, path)
    tag = _result_tag(path, operation, members)
    if not members[tag].endswith("Result"):
        raise CodegenError(f"{path}: its results are called {members[tag]}; the templates expect …Result")
    stem = members[tag].removesuffix("Result")
    schemas[f"{stem}Bucket"] = _own_bucket(bucket, key, tag, members[tag])
    schemas[f"{stem}Page"] = _own_page(page, f"{stem}Bucket")
    schemas[members[tag]] = _with_role("result", object_at(schemas, members[tag]))
    operation["x-result-object"] = tag
    content["schema"] = {"$ref": f"#/components/schemas/{stem}Page"}
    return tag


def _results_of(document: Object, bucket: Object, path: str) -> tuple[str, dict[str, str]]:
    """The bucket's results property (older documents say `result`) and its schemas by tag."""
    for key, schema in object_at(bucket, "properties").items():
        if member(schema, "type") == "array":
            references = [text_at(r, "$ref") for _, r in walk(object_at(schema, "items")) if "$ref" in r]
            tags: dict[str, str] = {}
            for reference in references:
                target = schema_of(document, {"$ref": reference}, at=f"{path} results")
                tags[text_at(target, "properties", "object", "const")] = reference.rsplit("/", 1)[1]
            return key, tags
    raise CodegenError(
        f"{path}: the result type cannot be told, its buckets have no list of results; {_CURE}"
    )


def _result_tag(path: str, operation: Object, members: dict[str, str]) -> str:
    documented = text_at(operation, "x-result-object")
    by_name = f"{path.strip('/').replace('/', '.')}.result"
    for tag in (documented, by_name):
        if tag in members:
            return tag
    known = ", ".join(sorted(members))
    raise _cannot_tell(path, f"its example names {documented or 'none'} and the schemas are for {known}")


def _own_bucket(bucket: Object, key: str, tag: str, name: str) -> Object:
    own = copy.deepcopy(bucket)
    reference = f"#/components/schemas/{name}"
    results: Object = {
        "type": "array",
        "items": {
            "oneOf": [{"$ref": reference}],
            "discriminator": {"propertyName": "object", "mapping": {tag: reference}},
        },
    }
    if key != "results":
        results["x-upstream-name"] = key
    own["properties"] = {
        ("results" if k == key else k): (results if k == key else v)
        for k, v in object_at(own, "properties").items()
    }
    own["required"] = ["results" if r == key else r for r in array_at(own, "required")]
    return _with_role("bucket", own)


def _own_page(page: Object, bucket: str) -> Object:
    own = copy.deepcopy(page)
    data = object_at(own, "properties", "data")
    data["items"] = {"$ref": f"#/components/schemas/{bucket}"}
    return _with_role("page", own)


def _with_role(role: str, schema: Object) -> Object:
    return {"x-role": role, **{key: value for key, value in schema.items() if key != "x-role"}}


def _cannot_tell(path: str, why: str) -> CodegenError:
    return CodegenError(f"{path}: the result type cannot be told, {why}; {_CURE}")


_CURE = "declare it as `x-result-object` of the operation in overlays/spec"
