"""Rows as buckets of their own, so that what writes buckets writes rows that were made or changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from ..pagination.rules import Bucket


def row_buckets(bucket: Bucket) -> Iterator[Bucket]:
    """The rows of `bucket`, in the order of its records, each as a bucket with all else that it has."""
    for result in bucket.results:
        yield with_results(bucket, [result])
    for result in bucket.unknown_results:
        yield with_results(bucket, [], unknown=(result,))


def with_results(bucket: Any, results: list[object], *, unknown: tuple[object, ...] = ()) -> Bucket:
    """`bucket` with other results, and with all else that it has."""
    made: Bucket = attrs.evolve(bucket, results=results, unknown_results=unknown)
    return made


def over_period(bucket: Any, start: int, end: int, *, own: Iterable[str]) -> Bucket:
    """`bucket` from `start` to `end`, without rows and its `own` members, which are of other times."""
    made: Bucket = attrs.evolve(
        bucket, start_time=start, end_time=end, results=[], unknown_results=(), **dict.fromkeys(own)
    )
    return made


def with_value(holder: Any, path: Sequence[str], value: object) -> object:
    """`holder` with `value` at `path`; unchanged where there is nothing to hold it."""
    if holder is None:
        return None
    name, *rest = path
    inner = with_value(getattr(holder, name), rest, value) if rest else value
    changed: object = attrs.evolve(holder, **{name: inner})
    return changed


__all__ = ["over_period", "row_buckets", "with_results", "with_value"]
