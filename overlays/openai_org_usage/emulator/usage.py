"""The rows of the usage endpoints."""

from collections.abc import Iterator, Sequence
from typing import Final

from .._generated import Operation
from .metrics import REQUESTS, Metric, ledger_of
from .organization import Filters, Organization, Span, Usage
from .rows import MONEY_SCALE, Row, blank_row, money

_PRICE_OF_A_REQUEST: Final = MONEY_SCALE // 1000
"""What a request costs where a usage result has an amount that no price table knows."""


def usage_rows(
    organization: Organization,
    operation: Operation,
    *,
    span: Span,
    group_by: Sequence[str],
    filters: Filters,
) -> list[list[Row]]:
    """Return the rows of each bucket: one for each group that used anything, in a fixed order."""
    buckets: list[list[Row]] = [[] for _ in range(span.buckets)]
    metrics = ledger_of(operation).metrics
    for usage in organization.usage(operation, span=span, group_by=group_by, filters=filters):
        blank = blank_row(operation, dict(zip(group_by, usage.group, strict=True)))
        rows = _rows_of(operation, usage, metrics=metrics, blank=blank, buckets=span.buckets)
        for bucket, requests, row in zip(buckets, usage.tally[REQUESTS], rows, strict=True):
            if requests:
                bucket.append(row)
    return buckets


def _rows_of(
    operation: Operation, usage: Usage, *, metrics: Sequence[Metric], blank: Row, buckets: int
) -> Iterator[Row]:
    """Yield one group's row for each bucket."""
    columns: dict[str, Sequence[object]] = {
        metric.name: metric.values(usage.tally, buckets=buckets) for metric in metrics
    }
    for field in operation.fields:
        if field.role == "money":
            requests = usage.tally[REQUESTS]
            columns[field.name] = [money(field, n * _PRICE_OF_A_REQUEST) for n in requests]
    for values in zip(*columns.values(), strict=True):
        yield {**blank, **dict(zip(columns, values, strict=True))}
