"""Faults of single members: missing, renamed, or whatever a function makes of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..._generated import ListOperation, Operation
from ..list_paginator import ListJson
from ..paginator import PageJson
from .content import ContentFault, each_entry
from .fault import require


@attrs.frozen(repr=False)
class MemberFault(ContentFault):
    """A fault of one member: of the page (`data`, `has_more`), else of its buckets, else of results.

    Of a list, it is a member of the page, else of its items.
    """

    member: str

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether pages of the operation have such a member."""
        return self.member in _members(operation)


@attrs.frozen(repr=False)
class Missing(MemberFault):
    """A member is missing: of the page (`data`, `has_more`), else of its buckets, else of results."""

    def change_content(self, content: PageJson | ListJson) -> object:
        """The page without the member."""
        return _renamed(content, self.member, None)


@attrs.frozen(repr=False)
class Renamed(MemberFault):
    """A member has another name, such as `result` for `results` in old documents.

    The member is one of the page, else of its buckets, else of results.
    """

    to: str

    def change_content(self, content: PageJson | ListJson) -> object:
        """The page with the other name."""
        return _renamed(content, self.member, self.to)


@attrs.frozen(repr=False)
class Altered(ContentFault):
    """Anything else: `change` gets the page as a dict and returns what is answered, as JSON::

        Altered(lambda page: page | {"object": "list"})

    If it returns None, the true page is answered and counts as not spoilt.
    """

    change: Callable[[dict[str, Any]], object]

    def __attrs_post_init__(self) -> None:
        require(callable(self.change), f"change is a function of a page, not {self.change!r}")

    def change_content(self, content: PageJson | ListJson) -> object:
        """What the function made of the page."""
        return self.change(dict(content))


def _renamed(content: PageJson | ListJson, member: str, to: str | None) -> object:
    """The page with a member renamed (left out if `to` is None); None if nothing has it."""
    if member in content:
        return _rename(content, member, to)
    if any(member in entry for entry in content["data"]):
        return {**content, "data": [_rename(entry, member, to) for entry in content["data"]]}
    return each_entry(content, lambda row: _rename(row, member, to) if member in row else row)


def _rename(part: Mapping[str, object], member: str, to: str | None) -> dict[str, object]:
    return {
        to or name if name == member else name: value for name, value in part.items() if to or name != member
    }


def _members(operation: Operation | ListOperation) -> set[str]:
    fields = {field.name for field in operation.fields}
    if isinstance(operation, ListOperation):
        return {"object", "data", "has_more", "first_id", "last_id", *fields}
    buckets = {"start_time", "end_time", "results", *(field.name for field in operation.bucket_fields)}
    return {"object", "data", "has_more", "next_page", *buckets, *fields}
