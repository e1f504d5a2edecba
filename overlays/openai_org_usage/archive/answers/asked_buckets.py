"""What a request for usage or costs asks of an archive, as it stands in the URL. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ..._generated import FieldRole, Operation
from ...errors import ArchiveCoverageError, BadRequestError
from ...pagination.plan import SECONDS

_CURSOR: Final = "archive-"
"""What cursors begin with: the start of the page's first bucket follows, in Unix seconds."""
_CONTROLS: Final = ("start_time", "end_time", "bucket_width", "group_by", "limit", "page")


@attrs.frozen(kw_only=True)
class AskedBuckets:
    """The buckets of one page. Times are Unix seconds.

    Attributes:
        start: of the range.
        end: of the range; None for the present.
        width: of a bucket, such as `1d`.
        group_by: the dimensions, in the order in which they were asked for.
        filters: the values that are wanted, by dimension.
        limit: how many buckets the page may have.
        begin: start of its first bucket.
    """

    operation: Operation
    start: int
    end: int | None
    width: str
    group_by: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]
    limit: int
    begin: int

    @classmethod
    def of(cls, operation: Operation, pairs: Iterable[tuple[str, str]]) -> AskedBuckets:
        """What the query string of a request to `operation` asks.

        Raises:
            ArchiveCoverageError: rows cannot be chosen so in an archive.
            BadRequestError: the cursor is none of an archive.
        """
        given: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            given[name.removesuffix("[]")].append(value)
        one = {name: values[-1] for name, values in given.items()}
        start = int(one.get("start_time", 0))
        width = one.get("bucket_width") or str(operation.parameter("bucket_width").default)
        return cls(
            operation=operation,
            start=start,
            end=int(one["end_time"]) if "end_time" in one else None,
            width=width,
            group_by=tuple(given["group_by"]),
            filters=_filters(operation, given),
            limit=int(one.get("limit") or _usual_limit(operation, width)),
            begin=_read_cursor(operation, one["page"]) if "page" in one else start,
        )

    @property
    def seconds(self) -> int:
        """How wide a bucket is."""
        return SECONDS[self.width]

    @property
    def has_whole_buckets_only(self) -> bool:
        """Whether every bucket has its whole width, the running one, too: costs come as days and no finer."""
        return self.operation.parameter("bucket_width").allowed_values == ("1d",)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those that it takes to answer, in the order of the document."""
        needed = {*self.group_by, *self.filters}
        every = self.operation.parameter("group_by").allowed_values
        return (*(name for name in every if name in needed), *sorted(needed.difference(every)))


def cursor_at(start: int) -> str:
    """The cursor of the page that begins at `start`."""
    return f"{_CURSOR}{start}"


def _read_cursor(operation: Operation, cursor: str) -> int:
    text = cursor.removeprefix(_CURSOR)
    if text == cursor or not (text.isascii() and text.isdigit()):
        raise BadRequestError(
            f"{operation.name}: the page {cursor!r} is none of an archive", status=400, param="page"
        )
    return int(text)


def _usual_limit(operation: Operation, width: str) -> int:
    limits = operation.parameter("limit").limits
    return next(limit.default for limit in limits if limit.bucket_width == width)


def _filters(operation: Operation, given: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    dimensions = [field.name for field in operation.fields if field.role == FieldRole.DIMENSION]
    known = {f"{name}s": name for name in dimensions} | {name: name for name in dimensions}
    strange = [name for name in given if name not in known and name not in _CONTROLS]
    if strange:
        raise ArchiveCoverageError(
            f"{operation.name}: the archive knows nothing that {' or '.join(strange)} could choose rows by"
        )
    return {known[name]: tuple(values) for name, values in given.items() if name in known}


__all__ = ["AskedBuckets", "cursor_at"]
