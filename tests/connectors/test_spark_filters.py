"""What filters narrow: fewer requests, and never a row that Spark would have kept."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("pyspark.sql.datasource", reason="needs the extra spark")

from pyspark.sql.datasource import (
    EqualNullSafe,
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Not,
    StringStartsWith,
)

from openai_org_usage.emulator import Emulator

from ..conftest import MIDNIGHT
from .spark_reads import options, read, reader_of

TODAY = datetime.fromtimestamp(MIDNIGHT, UTC)
"""2026-11-20."""
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("executor_keys")
ASKED: dict[str, tuple[list[Filter], int]] = {
    "nothing": ([], 8),
    "a start": ([GreaterThanOrEqual(("start_time",), TODAY - timedelta(30))], 2),
    "an end": ([LessThan(("start_time",), TODAY - timedelta(69))], 2),
    "both": (
        [
            GreaterThan(("start_time",), TODAY - timedelta(40)),
            LessThanOrEqual(("end_time",), TODAY - timedelta(10)),
        ],
        2,
    ),
    "a month": ([EqualTo(("month",), "2026-10")], 2),
    "months": ([In(("month",), ("2026-09", "2026-10"))], 4),
    "an organization": ([EqualTo(("organization",), "beta")], 4),
    "an organization and a month": ([EqualTo(("organization",), "beta"), EqualTo(("month",), "2026-10")], 1),
    "nobody": ([EqualTo(("organization",), "gamma")], 0),
    "a month that is over": ([LessThan(("month",), "2026-01")], 0),
    "both of two projects": (
        [EqualTo(("project_id",), "proj_1"), EqualNullSafe(("project_id",), "proj_2")],
        0,
    ),
    "what cannot be asked for": (
        [
            IsNull(("model",)),
            Not(EqualTo(("organization",), "acme")),
            StringStartsWith(("month",), "2026"),
            GreaterThan(("month",), "2026"),
            GreaterThan(("input_tokens",), 5),
            EqualTo(("start_time",), datetime(2026, 10, 1)),
            EqualTo(("start_time", "day"), TODAY),
            EqualNullSafe(("model",), None),
            EqualTo(("batch",), "yes"),
        ],
        8,
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_filters_are_seen_in_the_number_of_requests(emulator: Emulator, name: str) -> None:
    """One for each page of each organization that is left."""
    filters, requests = ASKED[name]
    read(reader_of(options(emulator, pushdown="true"), *filters))
    assert len(emulator.requests) == requests


def test_dimensions_are_asked_for(emulator: Emulator) -> None:
    """By the parameters that the endpoint has for them; with too many values, or both of two, by none."""
    filters = [
        In(("model",), ("gpt-5", None, "gpt-4o")),
        EqualTo(("project_id",), "proj_1"),
        EqualTo(("batch",), False),
        In(("user_id",), tuple(f"user_{number}" for number in range(101))),
        EqualTo(("service_tier",), "default"),
    ]
    asked = _queries(emulator, *filters)
    assert asked["models"] == ["gpt-4o", "gpt-5"]
    assert asked["project_ids"] == ["proj_1"]
    assert asked["batch"] == ["false"]
    assert "user_ids" not in asked
    assert "batch" not in _queries(emulator, In(("batch",), (True, False)))


def test_a_dimension_that_is_not_grouped_by_is_not_asked_for(emulator: Emulator) -> None:
    """Its column is null in every row, so Spark keeps none; asked for, it would be kept out of the sums."""
    given = options(emulator, group_by="model", pushdown="true")
    read(reader_of(given, EqualTo(("project_id",), "proj_1")))
    assert not any("project_ids" in dict(request.query) for request in emulator.requests)


def _queries(emulator: Emulator, *filters: Filter) -> dict[str, list[str]]:
    emulator.reset()
    given = options(emulator, endpoint="completions", start_time="1d", organizations="acme", pushdown="true")
    read(reader_of(given, *filters))
    (request,) = emulator.requests
    return {name: [value for key, value in request.query if key == name] for name, _ in request.query}


COMPARISONS: dict[type[Any], Callable[[Any, Any], bool]] = {
    EqualTo: operator.eq,
    GreaterThan: operator.gt,
    GreaterThanOrEqual: operator.ge,
    LessThan: operator.lt,
    LessThanOrEqual: operator.le,
}
MOMENTS = [
    moment + timedelta(microseconds=shift)
    for moment in (OCTOBER, OCTOBER + timedelta(hours=7), TODAY, TODAY + timedelta(hours=15, minutes=30))
    for shift in (-1, 0, 1)
]


BUCKETS = [OCTOBER + timedelta(days=day) for day in range(-8, 50)] + [TODAY]
"""When the days begin that are read below; today is running."""


@pytest.mark.parametrize("kind", COMPARISONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("column", ["start_time", "end_time", "month"])
def test_no_bucket_is_lost(emulator: Emulator, column: str, kind: type[Any]) -> None:
    """What Spark would keep is asked for, at every edge; by start and month, nothing else is."""
    values: list[Any] = ["2026-08", "2026-10", "2026-11", "2026-12"] if column == "month" else MOMENTS
    for value in values:
        kept = [start for start in BUCKETS if COMPARISONS[kind](_columns(start)[column], value)]
        asked = _asked_for(emulator, kind((column,), value))
        assert set(kept) <= set(asked)
        if column != "end_time":
            assert asked == kept


def _columns(start: datetime) -> dict[str, Any]:
    """The columns of the rows of a bucket."""
    end = start + timedelta(hours=15, minutes=30) if start == TODAY else start + timedelta(days=1)
    return {"start_time": start, "end_time": end, "month": f"{start:%Y-%m}"}


def _asked_for(emulator: Emulator, *filters: Filter) -> list[datetime]:
    """The buckets that the partitions of a narrowed read have."""
    given = options(
        emulator, organizations="acme", start_time=str(int(BUCKETS[0].timestamp())), pushdown="true"
    )
    spans = [
        (partition.value.request.get("start_time"), partition.value.until)
        for partition in reader_of(given, *filters).partitions()
    ]
    return [start for start in BUCKETS if any(first <= start.timestamp() < until for first, until in spans)]


def test_without_being_asked_nothing_is_narrowed(emulator: Emulator) -> None:
    """Spark keeps a narrowed plan for the next query of the same DataFrame: see `FilteringReader`."""
    reader = reader_of(options(emulator), EqualTo(("organization",), "beta"))
    assert len(reader.partitions()) == 8


def test_reads_with_and_without_filters_are_apart(emulator: Emulator) -> None:
    """Spark makes a reader for each plan: what one was told is unknown to the next."""
    given = options(emulator, pushdown="true")
    assert len(reader_of(given, EqualTo(("month",), "2026-10")).partitions()) == 2
    assert len(reader_of(given).partitions()) == 8
