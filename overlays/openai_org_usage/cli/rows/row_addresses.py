"""Rows to pass on: without the names that they came with and that have an e-mail address in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from ..._generated import Operation
from ...directory.addresses import name_without_address
from ...named_rows import NAMES_BESIDE
from ...pagination.rules import Bucket
from ...sums.row_buckets import with_results, with_value

_NAMES: Final = {"organization_name", *(name for names in NAMES_BESIDE.values() for name in names)}


def own_names(operation: Operation) -> Sequence[str]:
    """The fields of results of `operation` that are names."""
    return [field.name for field in operation.fields if field.name in _NAMES]


def without_addresses(buckets: Iterable[Bucket], *, operation: Operation) -> Iterable[Bucket]:
    """`buckets` of `operation`, whose results have None for each name that has an address in it."""
    names = own_names(operation)
    return (_bucket_without(bucket, names) for bucket in buckets) if names else buckets


def _bucket_without(bucket: Bucket, names: Sequence[str]) -> Bucket:
    with attrs.validators.disabled():  # What has been read is not refused now.
        results: list[object] = [_result_without(result, names) for result in bucket.results]
        return with_results(bucket, results, unknown=bucket.unknown_results)


def _result_without(result: object, names: Sequence[str]) -> object:
    for name in names:
        text: str | None = getattr(result, name)
        if text is not None and name_without_address(text) is None:
            result = with_value(result, (name,), None)
    return result


__all__ = ["own_names", "without_addresses"]
