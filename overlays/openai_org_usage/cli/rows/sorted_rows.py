"""Rows in another order: `--sort`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import attrs

from ..._generated import Operation
from ...named_rows import NameLookup
from ...pagination.rules import Bucket
from ...sums.row_buckets import row_buckets
from ...tables.columns import select
from ...tables.records import Record, RecordMaker

_Row: TypeAlias = tuple[Record, Bucket]


@attrs.frozen
class SortKey:
    """A column to sort by."""

    column: str
    descending: bool

    @classmethod
    def of(cls, text: str) -> SortKey:
        """`model`, or `-input_tokens` for the largest first."""
        return cls(text.removeprefix("-"), text.startswith("-"))


def sorted_rows(
    buckets: Iterable[Bucket],
    *,
    operation: Operation,
    keys: Sequence[SortKey],
    names: NameLookup | None = None,
) -> Sequence[Bucket]:
    """The rows by the first key, where it is equal by the next; without a value come last."""
    maker = RecordMaker(select(operation, None, names=names))
    rows = [row for bucket in buckets for row in zip(maker.records(bucket), row_buckets(bucket), strict=True)]
    for key in reversed(keys):
        known = [row for row in rows if row[0][key.column] is not None]
        missing = [row for row in rows if row[0][key.column] is None]
        known.sort(key=_value_of(key.column), reverse=key.descending)
        rows = known + missing
    return [bucket for _, bucket in rows]


def _value_of(column: str) -> Callable[[_Row], Any]:
    return lambda row: row[0][column]


__all__ = ["SortKey", "sorted_rows"]
