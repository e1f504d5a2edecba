"""The rows of the usage endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .._generated import FieldRole, Operation
from .metrics import REQUESTS, Metric, layout_of
from .organization import GroupUsage, Organization, Selection
from .rows import MONEY_SCALE, Row, blank_row, money

_PRICE_OF_A_REQUEST = MONEY_SCALE // 1000
"""What a request costs where a usage result has an amount that no price table knows."""


def usage_rows(organization: Organization, operation: Operation, selection: Selection) -> list[list[Row]]:
    """The rows of each bucket: one for each group that used anything, in a fixed order."""
    buckets: list[list[Row]] = [[] for _ in range(selection.buckets)]
    metrics = layout_of(operation).metrics
    for usage in organization.usage(operation, selection):
        group = dict(zip(selection.group_by, usage.group, strict=True))
        blank = blank_row(operation, group, roster=organization.roster)
        rows = _rows_of(operation, usage, metrics=metrics, blank=blank, buckets=selection.buckets)
        for bucket, requests, row in zip(buckets, usage.tally[REQUESTS], rows, strict=True):
            if requests:
                bucket.append(row)
    return buckets


def _rows_of(
    operation: Operation, usage: GroupUsage, *, metrics: Sequence[Metric], blank: Row, buckets: int
) -> Iterator[Row]:
    """One group's row for each bucket."""
    columns: dict[str, Sequence[object]] = {
        metric.name: metric.values(usage.tally, buckets=buckets) for metric in metrics
    }
    for field in operation.fields:
        if field.role == FieldRole.MONEY:
            requests = usage.tally[REQUESTS]
            columns[field.name] = [money(field, n * _PRICE_OF_A_REQUEST) for n in requests]
    for values in zip(*columns.values(), strict=True):
        yield {**blank, **dict(zip(columns, values, strict=True))}
