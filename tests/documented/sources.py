"""The committed facts of the documenting sources: reading and writing `sources/*.yaml`.

A key that is absent is not stated by the document; `default: null` and `values: []` are statements.
Only for `limits`, absent means that the parameter has none.
Names of types are JSON's (`int` and `ARRAY[string]` in a document are `integer` and `array` of
`string` here). `page` and `bucket` hold for every endpoint of the document.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .facts import UNSTATED, Description, Endpoint, Limit, Member, Members, group_of

FOLDER = Path(__file__).parent / "sources"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
_SHARED = ("page", "bucket")
_KEYS = {"in": "location"} | {
    name: name for name in ("required", "type", "item_type", "nullable", "default", "minimum", "maximum")
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """The facts of one document, and which document it is."""

    document: str
    date: str
    facts: Description


@functools.cache
def source(name: str) -> Source:
    """The committed facts of the source `name`."""
    data: Json = yaml.load((FOLDER / f"{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return Source(data["document"], data["date"], _description(name, data))


def as_text(source: Source) -> str:
    """`source` as it is committed; all its endpoints must have the same page and bucket."""
    endpoints = list(source.facts.endpoints.values())
    data: Json = {
        "document": source.document,
        "date": source.date,
        "complete": source.facts.complete,
    }
    for section in _SHARED:
        members = endpoints[0].sections.get(section)
        assert all(endpoint.sections.get(section) == members for endpoint in endpoints), section
        if members is not None:
            data[section] = _dumped(members)
    data["endpoints"] = {endpoint.path: _dumped_endpoint(endpoint) for endpoint in endpoints}
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=1000)


def _description(name: str, data: Json) -> Description:
    shared = {section: _members(section, data[section]) for section in _SHARED if section in data}
    endpoints: dict[str, Json] = data["endpoints"]
    return Description.of(
        name,
        [
            Endpoint(
                path=path,
                method=found.get("method"),
                operation_id=found.get("operation_id"),
                result_object=found.get("result_object"),
                sections={
                    section: _members(section, found[section])
                    for section in ("parameter", "result")
                    if section in found
                }
                | shared,
            )
            for path, found in endpoints.items()
        ],
        complete=data["complete"],
        partial=data.get("partial", False),
        groups={group_of(path) for path in endpoints},
    )


def _members(section: str, data: Mapping[str, Json]) -> Members:
    return {name: _member(section, found) for name, found in data.items()}


def _member(section: str, data: Json) -> Member:
    plain = {attribute: data[key] for key, attribute in _KEYS.items() if key in data}
    limits: dict[str, Json] = data.get("limits", {})
    return Member(
        **plain,
        values=tuple(data["values"]) if "values" in data else None,
        limits={width: Limit(**limit) for width, limit in limits.items()} if section == "parameter" else None,
    )


def _dumped_endpoint(endpoint: Endpoint) -> Json:
    own = {
        "method": endpoint.method,
        "operation_id": endpoint.operation_id,
        "result_object": endpoint.result_object,
    }
    sections = {
        section: _dumped(endpoint.sections[section])
        for section in ("parameter", "result")
        if section in endpoint.sections
    }
    return {key: value for key, value in own.items() if value is not None} | sections


def _dumped(members: Members) -> Json:
    return {name: _dumped_member(member) for name, member in members.items()}


class _Line(dict[str, Any]):
    """What is written on one line."""


class _Dumper(yaml.CSafeDumper):
    """Members on one line each."""


def _represent(dumper: yaml.CSafeDumper, data: _Line) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


_Dumper.add_representer(_Line, _represent)


def _dumped_member(member: Member) -> Json:
    data: Json = {key: getattr(member, attribute) for key, attribute in _KEYS.items()}
    data = {
        key: value
        for key, value in data.items()
        if value != UNSTATED and (value is not None or key in ("default", "minimum", "maximum"))
    }
    if member.values is not None:
        data["values"] = list(member.values)
    if member.limits:
        data["limits"] = {
            width: {"default": limit.default, "maximum": limit.maximum}
            for width, limit in member.limits.items()
        }
    return _Line(data)
