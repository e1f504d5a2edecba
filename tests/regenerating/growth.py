"""A synthetic upstream document: the committed pin as OpenAI would publish it, and what it gains."""

from __future__ import annotations

import copy
import json

from .pins import Json, committed, fields, items, operation

TAG = "organization.usage.videos.result"


def published() -> Json:
    """The committed pin in upstream's shape: one page for all of usage, with a union of all results."""
    document = copy.deepcopy(committed())
    schemas: Json = document["components"]["schemas"]
    results = [name for name in schemas if name.endswith("Result")]
    page, bucket = schemas["CostsPage"], schemas["CostsBucket"]
    for name in [name for name in schemas if name.endswith("Bucket")]:
        del schemas[name], schemas[f"{name.removesuffix('Bucket')}Page"]
    page["properties"]["data"]["items"] = {"$ref": "#/components/schemas/UsageTimeBucket"}
    union = [{"$ref": f"#/components/schemas/{name}"} for name in results]
    bucket["properties"]["results"]["items"] = {"oneOf": union}
    schemas |= {"UsageResponse": page, "UsageTimeBucket": bucket}
    for schema in schemas.values():
        schema.pop("x-role", None)
    for get in [item["get"] for item in document["paths"].values()]:
        if get["tags"] == ["Usage"]:
            _publish(get, get.pop("x-result-object"))
    del document["x-provenance"]
    return document


def _publish(operation: Json, tag: str) -> None:
    """Let `operation` answer with the page of all, and show its results in an example only."""
    content = operation["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"$ref": "#/components/schemas/UsageResponse"}
    example = {"object": "page", "data": [{"object": "bucket", "results": [{"object": tag}]}]}
    operation["x-oaiMeta"] = {"examples": {"response": json.dumps(example)}}


def grow(document: Json) -> None:
    """Add to upstream's `document` an endpoint with its type of result, and to another endpoint a
    parameter, a value of `group_by` and a field of results."""
    _add_videos(document)
    parameters = operation(document, "embeddings")["parameters"]
    parameters.append(
        {"name": "regions", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
    )
    items(document, "embeddings", "group_by")["enum"].append("region")
    fields(document, "UsageEmbeddingsResult")["region"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _add_videos(document: Json) -> None:
    videos = copy.deepcopy(operation(document, "vector_stores"))
    videos["operationId"] = "usage-videos"
    _publish(videos, TAG)
    document["paths"]["/organization/usage/videos"] = {"get": videos}
    items(document, "videos", "group_by")["enum"] = ["project_id", "codec"]
    videos["parameters"].append(
        {
            "name": "codecs",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string", "enum": ["av1", "vp9"]}},
        }
    )
    document["components"]["schemas"]["UsageVideosResult"] = {
        "type": "object",
        "properties": {
            "object": {"type": "string", "enum": [TAG]},
            "num_model_requests": {"type": "integer"},
            "minutes": {"type": "number"},
            "project_id": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "codec": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["object", "num_model_requests", "minutes"],
    }
    union = fields(document, "UsageTimeBucket")["results"]["items"]["oneOf"]
    union.append({"$ref": "#/components/schemas/UsageVideosResult"})
