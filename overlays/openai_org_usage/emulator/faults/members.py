"""Faults of single members: missing, renamed, or whatever a function makes of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..._generated import Operation
from ..paginator import PageJson, PageRequest
from .fault import PageFault, require


@attrs.frozen(repr=False)
class MemberFault(PageFault):
    """A fault of one member: of the page (`data`, `has_more`), else of its buckets, else of results."""

    member: str

    def suits(self, operation: Operation) -> bool:
        """Whether pages of the operation have such a member."""
        return self.member in _members(operation)


@attrs.frozen(repr=False)
class Missing(MemberFault):
    """A member is missing: of the page (`data`, `has_more`), else of its buckets, else of results."""

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page without the member."""
        return _renamed(page, self.member, None)


@attrs.frozen(repr=False)
class Renamed(MemberFault):
    """A member has another name, such as `result` for `results` in old documents.

    The member is one of the page, else of its buckets, else of results.
    """

    to: str

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with the other name."""
        return _renamed(page, self.member, self.to)


@attrs.frozen(repr=False)
class Altered(PageFault):
    """Anything else: `change` gets the page as a dict and returns what is answered, as JSON::

        Altered(lambda page: page | {"object": "list"})

    If it returns None, the true page is answered and counts as not spoilt.
    """

    change: Callable[[dict[str, Any]], object]

    def __attrs_post_init__(self) -> None:
        require(callable(self.change), f"change is a function of a page, not {self.change!r}")

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """What the function made of the page."""
        return self.change(dict(page))


def _renamed(page: PageJson, member: str, to: str | None) -> object:
    """The page with a member renamed (left out if `to` is None); None if nothing has it."""
    if member in page:
        return _rename(page, member, to)
    if any(member in bucket for bucket in page["data"]):
        return {**page, "data": [_rename(bucket, member, to) for bucket in page["data"]]}
    if not any(member in row for bucket in page["data"] for row in bucket["results"]):
        return None
    buckets = [
        {**bucket, "results": [_rename(row, member, to) for row in bucket["results"]]}
        for bucket in page["data"]
    ]
    return {**page, "data": buckets}


def _rename(part: Mapping[str, object], member: str, to: str | None) -> dict[str, object]:
    return {
        to or name if name == member else name: value for name, value in part.items() if to or name != member
    }


def _members(operation: Operation) -> set[str]:
    fields = {field.name for field in (*operation.fields, *operation.bucket_fields)}
    return {"object", "data", "has_more", "next_page", "start_time", "end_time", "results", *fields}
