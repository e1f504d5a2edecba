"""Which organization the key reads, and whether it has used anything at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ..._generated import FieldRole, Operation
from ...hooks import PageEvent
from ...pagination.rules import Bucket
from .check_result import CheckResult, Severity

HISTORY_DAYS = 30
"""How far back usage is looked for."""


@attrs.define
class OrganizationFacts:
    """What answers say of the organization that the key belongs to."""

    id: str | None = None
    name: str | None = None
    has_usage: bool = False
    """Whether a row counts anything, or is of a kind that may."""
    read: set[str] = attrs.field(factory=set[str])
    """Operations whose answers were read whole."""

    def note_page(self, event: PageEvent) -> None:
        """Take what the headers of a page say."""
        self.id = event.organization or self.id

    def note_buckets(self, operation: Operation, buckets: Iterable[Bucket]) -> None:
        """Take what the rows of an answer to `operation` say."""
        self.read.add(operation.name)
        for bucket in buckets:
            self.has_usage |= bool(bucket.unknown_results)
            for result in bucket.results:
                self.has_usage |= _counts_anything(operation, result)
                self.id = self.id or getattr(result, "organization_id", None)
                self.name = self.name or getattr(result, "organization_name", None)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, f"({self.id})" if self.name and self.id else self.id)))


def _counts_anything(operation: Operation, result: object) -> bool:
    for field in operation.fields:
        value = getattr(result, field.name)
        if field.role is FieldRole.MONEY and value is not None:
            value = value.value
        if value and field.role in (FieldRole.METRIC, FieldRole.MONEY):
            return True
    return False


def check_organization(facts: OrganizationFacts) -> Iterator[CheckResult]:
    """Which organization it is, and whether usage and costs, where both were read, are all zero."""
    known = str(facts)
    if not known:
        yield CheckResult("organization", Severity.SKIPPED, "no answer says which one it is")
    else:
        yield CheckResult("organization", Severity.OK, f"the key belongs to {known}")
    if facts.read and not facts.has_usage:
        yield CheckResult(
            "activity",
            Severity.WARNING,
            f"all is zero: {' and '.join(sorted(facts.read))} of the last {HISTORY_DAYS} days",
            f"is {known or 'the organization of this key'} the one you mean? An admin key reads its own "
            "organization alone; usage of the last hours may still come",
        )
