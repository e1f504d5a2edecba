"""How a Spark read is cut into partitions: an organization and a range that is one page. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import attrs

from ..._generated import InvalidParameterError, Request
from ...archive.archive_table import ArchiveTable
from ...pagination.plan import plan_of
from ...pagination.rules import Bucket, ResumePoint
from .options import SparkOptions
from .organizations import SparkOrganization
from .pushed_filters import PushedFilters


@attrs.frozen(kw_only=True)
class SparkWindow:
    """What one task reads. It is the same in every attempt.

    Attributes:
        organization: whose.
        request: what is asked for; without an end where it goes up to the present.
        until: buckets begin before this, in Unix seconds, whenever the task runs.
    """

    organization: SparkOrganization
    request: Request[object, Bucket, object]
    until: int


def windows(options: SparkOptions, pushed: PushedFilters, *, now: float) -> list[SparkWindow]:
    """The windows of a read that is planned at `now`: whole buckets, and none of what filters rule out.

    Raises:
        InvalidParameterError: nothing says where the range starts.
    """
    arguments = pushed.arguments(options.table)
    span = _span(options, pushed, now=now)
    if arguments is None or span is None:
        return []
    cut = list(_cut(options.table, *span, now=now))
    return [
        SparkWindow(organization=organization, request=request.replace(**arguments), until=until)
        for organization in options.organizations
        if pushed.allow(organization.name)
        for request, until in cut
    ]


def _span(options: SparkOptions, pushed: PushedFilters, *, now: float) -> tuple[int, int] | None:
    """From which bucket on, and before which; None if none is left."""
    width = options.table.seconds
    asked = -math.inf if options.start_time is None else options.start_time // width * width
    start = max(asked, pushed.start)
    if start == -math.inf:
        raise InvalidParameterError(
            'nothing says where to start: .option("start_time", "30d"), or a filter on start_time or month '
            "that can be pushed down",
            parameter="start_time",
        )
    end = min(math.inf if options.end_time is None else options.end_time, pushed.end, now + 1)
    first, last = (math.ceil(moment / width) * width for moment in (start, end))
    return (first, last) if first < last else None


def _cut(
    table: ArchiveTable, start: int, end: int, *, now: float
) -> Iterator[tuple[Request[object, Bucket, object], int]]:
    """The requests for the buckets from `start` to `end`, each with where its buckets end."""
    whole = table.request(start_time=start, end_time=end if end <= now else None)
    for window in plan_of(ResumePoint(whole), now=now, concurrency=2).windows():
        until = window.request.get("end_time")
        yield window.request, until if isinstance(until, int) else end


__all__ = ["SparkWindow", "windows"]
