"""What is said of endpoints, parameters and fields: the one shape of sources and levels.

Everything is optional, because no document says everything: what is None (for a default or a minimum:
UNSTATED) is not said at all, and nothing is compared with it. `values=()` says that any value goes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

Value = str | int | bool | None
Members = Mapping[str, "Member"]

UNSTATED: Final = "(not stated)"
USAGE: Final = "usage"
DIRECTORY: Final = "directory"
EVERYTHING: Final = (USAGE, DIRECTORY)
LISTS: Final = (
    "/organization/admin_api_keys",
    "/organization/projects",
    "/organization/projects/{project_id}/api_keys",
    "/organization/projects/{project_id}/service_accounts",
    "/organization/users",
)
"""The lists that usage and costs refer to."""


def group_of(path: str) -> str:
    """The group of the endpoint at `path`."""
    return DIRECTORY if path in LISTS else USAGE


@dataclass(frozen=True)
class Limit:
    """The page sizes for one width of buckets."""

    default: int
    maximum: int


@dataclass(frozen=True)
class Member:
    """A parameter or a field. Types are those of JSON; a field in an object has a dotted name."""

    location: str | None = None
    required: bool | None = None
    type: str | None = None
    item_type: str | None = None
    nullable: bool | None = None
    values: tuple[str, ...] | None = None
    default: Value = UNSTATED
    minimum: int | str | None = UNSTATED
    maximum: int | str | None = UNSTATED
    limits: Mapping[str, Limit] | None = None


@dataclass(frozen=True)
class Endpoint:
    """One operation. A section that is absent is not described at all."""

    path: str
    method: str | None = None
    operation_id: str | None = None
    result_object: str | None = None
    sections: Mapping[str, Members] = field(default_factory=dict[str, Members])

    @functools.cached_property
    def subjects(self) -> Mapping[str, Statements]:
        """All that is said of it, by subject: itself (""), `parameter limit`, `result model`."""
        own = {
            "method": self.method,
            "operation id": self.operation_id,
            "result object": self.result_object,
        }
        subjects = {"": _stated({name: value for name, value in own.items() if value is not None})}
        for section, members in self.sections.items():
            for name, member in members.items():
                subjects[f"{section} {name}"] = _statements(member)
        return subjects


@dataclass(frozen=True)
class Description:
    """What one source documents, or what one level shows."""

    name: str
    endpoints: Mapping[str, Endpoint]
    complete: bool = True
    """Whether an endpoint that is absent does not exist here."""
    partial: bool = False
    """Whether nothing is said of members that are absent: answers show some fields, and not that there are
    no others."""
    groups: frozenset[str] = frozenset({USAGE})
    """What it is about at all: of the endpoints of other groups it says nothing."""

    @classmethod
    def of(
        cls,
        name: str,
        endpoints: Iterable[Endpoint],
        *,
        complete: bool = True,
        partial: bool = False,
        groups: Iterable[str] = (USAGE,),
    ) -> Description:
        """A description of `endpoints`, all of which are of these `groups`."""
        found = {endpoint.path: endpoint for endpoint in endpoints}
        return cls(name, found, complete, partial, frozenset(groups))


@dataclass(frozen=True)
class Statements:
    """The facts about one subject, by name, and of which kinds there is a statement at all."""

    facts: Mapping[str, Value]
    kinds: frozenset[str]


@functools.cache
def kind_of(fact: str) -> str:
    """The kind of a fact: `value 1d` and `value 1h` are both of the kind `value`."""
    head, _, _ = fact.rpartition(" ")
    return head if head in ("value", "limit default", "limit maximum") else fact


def _statements(member: Member) -> Statements:
    plain: dict[str, Value] = {
        "in": member.location,
        "required": member.required,
        "type": member.type,
        "item type": member.item_type,
        "nullable": member.nullable,
    }
    facts: dict[str, Value] = {name: value for name, value in plain.items() if value is not None}
    bounds = ("minimum", member.minimum), ("maximum", member.maximum)
    for name, value in (("default", member.default), *bounds):
        if value != UNSTATED:
            facts[name] = value
    several: dict[str, Value] = {}
    kinds: set[str] = set()
    if member.values is not None:
        kinds.add("value")
        several |= {f"value {value}": True for value in member.values}
    if member.limits is not None:
        kinds |= {"limit default", "limit maximum"}
        several |= {f"limit default {width}": limit.default for width, limit in member.limits.items()}
        several |= {f"limit maximum {width}": limit.maximum for width, limit in member.limits.items()}
    return _stated(facts, several, kinds)


def _stated(
    facts: Mapping[str, Value], several: Mapping[str, Value] | None = None, kinds: Iterable[str] = ()
) -> Statements:
    single: dict[str, Value] = {"exists": True, **facts}
    return Statements({**single, **(several or {})}, frozenset({*single, *kinds}))
