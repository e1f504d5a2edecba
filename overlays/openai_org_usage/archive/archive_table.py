"""Which tables an archive has: an endpoint each, in buckets of one width, grouped by some dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Self

import attrs

from .._generated import OPERATIONS, InvalidParameterError, Operation

if TYPE_CHECKING:
    from .._generated import Request
    from ..pagination.rules import Bucket

WIDTHS: Final = ("1d", "1h")
"""How wide the buckets of a table may be."""
_SECONDS: Final[Mapping[str, int]] = {"1d": 86_400, "1h": 3600}
_BY_PROJECT_AND_ITEM: Final = ("project_id", "line_item")


@attrs.frozen
class ArchiveTable:
    """One table. Two tables with another width or grouping are never mixed.

    Attributes:
        name: of the view and of the partition key `table=`, such as `costs_by_key`.
        operation: name of the endpoint, such as `costs`.
        bucket_width: `1d` or `1h`.
        group_by: the dimensions, in the order of the document.
    """

    name: str
    operation: str
    bucket_width: str
    group_by: tuple[str, ...]

    @classmethod
    def of(
        cls,
        operation: str,
        *,
        group_by: Sequence[str] | None = None,
        bucket_width: str = "1d",
        name: str = "",
    ) -> Self:
        """The table of an endpoint: by all its dimensions, and costs by project and line item.

        Without a `name`, it is called as the endpoint, and after what differs from that: `completions_1h`,
        `costs_by_line_item`.

        Raises:
            InvalidParameterError: there is no such endpoint, width or dimension.
        """
        if operation not in OPERATIONS:
            raise InvalidParameterError(
                f"there is no endpoint {operation!r}; there are {', '.join(OPERATIONS)}",
                parameter="operation",
            )
        widths = [width for width in WIDTHS if width in _allowed(OPERATIONS[operation], "bucket_width")]
        if bucket_width not in widths:
            raise InvalidParameterError.unknown_value(
                "bucket_width", bucket_width, tuple(widths), operation=operation
            )
        every = _allowed(OPERATIONS[operation], "group_by")
        for dimension in group_by or ():
            if dimension not in every:
                raise InvalidParameterError.unknown_value("group_by", dimension, every, operation=operation)
        usual = _BY_PROJECT_AND_ITEM if operation == "costs" else every
        chosen = tuple(each for each in every if each in (usual if group_by is None else group_by))
        by = "" if set(chosen) == set(usual) else f"_by_{'_'.join(chosen)}"
        width = "" if bucket_width == "1d" else f"_{bucket_width}"
        return cls(name or f"{operation}{by}{width}", operation, bucket_width, chosen)

    @classmethod
    def named(cls, name: str) -> ArchiveTable | None:
        """The table that has this name without having been given one; None if there is none."""
        usual = {table.name: table for table in default_tables()}
        candidates = [] if name in usual else list(_candidates(name))
        return usual.get(name) or next((table for table in candidates if table.name == name), None)

    @property
    def seconds(self) -> int:
        """How wide a bucket is."""
        return _SECONDS[self.bucket_width]

    def request(self, *, start_time: int, end_time: int | None = None) -> Request[object, Bucket, object]:
        """The request for a range in Unix seconds; up to the present without an end."""
        from .._generated import Request  # With what decodes answers, which readers of an archive do without.
        from ..pagination.rules import Bucket

        arguments = {
            "start_time": start_time,
            "end_time": end_time,
            "bucket_width": self.bucket_width,
            "group_by": list(self.group_by) or None,
        }
        return Request[object, Bucket, object].of(OPERATIONS[self.operation], arguments)


def _candidates(name: str) -> Iterator[ArchiveTable]:
    """The tables of which one is called `name`, if any is: by what their endpoint, width and groups add."""
    for operation in OPERATIONS:
        own, _, by = name.partition("_by_")
        width = "1h" if name.endswith("_1h") else "1d"
        parts = by.removesuffix("_1h")
        groups = [each for each in _allowed(OPERATIONS[operation], "group_by") if f"_{each}_" in f"_{parts}_"]
        if own.removesuffix("_1h") == operation and width in _allowed(OPERATIONS[operation], "bucket_width"):
            is_grouped = "_by_" in name
            yield ArchiveTable.of(operation, group_by=groups if is_grouped else None, bucket_width=width)


def _allowed(operation: Operation, parameter: str) -> tuple[str, ...]:
    return next((each.allowed_values for each in operation.parameters if each.name == parameter), ())


def default_tables() -> tuple[ArchiveTable, ...]:
    """Costs by project and line item, costs by key as well, and every usage endpoint by all its dimensions.

    Buckets are of a day. An organization may refuse costs by key.
    """
    usage = [ArchiveTable.of(name) for name in OPERATIONS if name != "costs"]
    by_key = ArchiveTable.of("costs", group_by=("project_id", "line_item", "api_key_id"), name="costs_by_key")
    return (ArchiveTable.of("costs"), by_key, *usage)


__all__ = ["WIDTHS", "ArchiveTable", "default_tables"]
