"""Totals agree however they are asked for: through the client, over HTTP, from the emulator."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage import OPERATIONS, Operation, UsageClient, sum_amounts
from openai_org_usage.demo import total_usage

from .conftest import DAY, MIDNIGHT
from .contract.profiles import examples

HOUR = 3600
EXAMPLES = examples(60, 170)
USAGE = [operation for operation in OPERATIONS.values() if operation.name != "costs"]
WIDTHS = {"1m": 60, "1h": HOUR, "1d": DAY}
Totals = dict[str, Decimal]


def totals(client: UsageClient, operation: Operation, **parameters: Any) -> Totals:
    """The sum of each metric, read through the client."""
    return total_usage(operation, list(getattr(client, operation.name)(**parameters).rows()))


def flows(client: UsageClient, operation: Operation, **parameters: Any) -> dict[str, Any]:
    """The same without levels, which do not add up over time."""
    levels = {field.name for field in operation.fields if field.over_time == "last"}
    return {name: sum for name, sum in totals(client, operation, **parameters).items() if name not in levels}


def dimensions_of(operation: Operation) -> list[str]:
    return list(operation.parameter("group_by").allowed_values)


@EXAMPLES
@given(
    operation=st.sampled_from(USAGE),
    hours=st.integers(0, 24 * 40),
    length=st.integers(1, 30),
    widths=st.sampled_from([("1m", "1h"), ("1h", "1d"), ("1m", "1d")]),
    limit=st.sampled_from([None, 1, 3]),
)
def test_narrow_buckets_add_up_to_wide_ones(
    client: UsageClient,
    operation: Operation,
    hours: int,
    length: int,
    widths: tuple[str, str],
    limit: int | None,
) -> None:
    """Minutes add up to hours and days, hours to days, whatever the page size of the wide ones."""
    start = MIDNIGHT - hours * HOUR
    span = {"start_time": start, "end_time": start + length * HOUR}
    narrow = flows(client, operation, bucket_width=widths[0], **span)
    wide = flows(client, operation, bucket_width=widths[1], limit=limit, **span)
    assert narrow == wide


@EXAMPLES
@given(data=st.data(), operation=st.sampled_from(USAGE), day=st.integers(1, 200), days=st.integers(1, 6))
def test_groups_add_up_to_the_whole(
    client: UsageClient, data: st.DataObject, operation: Operation, day: int, days: int
) -> None:
    """The sum over any grouping is the ungrouped total, and each group has its values."""
    group_by = data.draw(
        st.lists(st.sampled_from(dimensions_of(operation)), min_size=1, unique=True), label="group_by"
    )
    start = MIDNIGHT - day * DAY
    span = {"start_time": start, "end_time": start + days * DAY}
    rows = list(getattr(client, operation.name)(group_by=group_by, **span).rows())
    assert total_usage(operation, rows) == totals(client, operation, **span)
    keys = Counter((row.start_time, *(getattr(row, name) for name in group_by)) for row in rows)
    assert set(keys.values()) <= {1}


@EXAMPLES
@given(data=st.data(), operation=st.sampled_from(USAGE), hours=st.integers(2, 2000), cut=st.integers(1, 100))
def test_a_range_is_the_sum_of_its_parts(
    client: UsageClient, data: st.DataObject, operation: Operation, hours: int, cut: int
) -> None:
    """Cutting a range anywhere, at any minute, loses nothing and counts nothing twice."""
    width = data.draw(st.sampled_from(["1h", "1d"]), label="width")
    start = MIDNIGHT - hours * HOUR
    middle, end = start + cut * 60, start + cut * 60 + 100 * HOUR
    whole = flows(client, operation, start_time=start, end_time=end, bucket_width=width)
    left = flows(client, operation, start_time=start, end_time=middle, bucket_width=width)
    right = flows(client, operation, start_time=middle, end_time=end, bucket_width=width)
    assert whole == {name: left[name] + right[name] for name in whole}


@EXAMPLES
@given(data=st.data(), day=st.integers(1, 200), days=st.integers(1, 9), limit=st.sampled_from([None, 2]))
def test_costs_add_up_over_any_grouping(
    client: UsageClient, data: st.DataObject, day: int, days: int, limit: int | None
) -> None:
    """Money is the same to the last digit, grouped by anything, in pages of any size."""
    group_by: Any = data.draw(
        st.lists(st.sampled_from(dimensions_of(OPERATIONS["costs"])), min_size=1, unique=True)
    )
    start = MIDNIGHT - day * DAY
    whole = client.costs(start_time=start, end_time=start + days * DAY)
    grouped = client.costs(start_time=start, end_time=start + days * DAY, group_by=group_by, limit=limit)
    assert sum_amounts(grouped.rows()) == sum_amounts(whole.rows())
