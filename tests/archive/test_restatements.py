"""What has changed after a bucket was over is told, row by row; and an audit finds what a sync missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from openai_org_usage import UnknownResultWarning
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import Altered

from ..conftest import DAY, MIDNIGHT, NOW
from .world import Row, World

CHANGED = MIDNIGHT - 2 * DAY


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def stored(number: int, start: int, row: Row) -> Row:
    return row | {"usage_bytes": number}


def changed(world: World, change: Callable[[Row], Row | None]) -> list[Row]:
    """The restatements after the results of the day CHANGED were changed."""
    world.sync("vector_stores")
    world.change(lambda start, row: change(row) if start == CHANGED else row)
    world.clock.now += 600
    result = world.sync("vector_stores")
    found = world.rows("restatements") if world.files("restatements") else []
    assert result.restated == len(found)
    return found


def test_a_number_that_changed_is_told_with_what_it_was(world: World) -> None:
    """Which bucket, which dimensions, which field, what it was and is, when it was seen and when before."""
    found = changed(world, lambda row: row | {"usage_bytes": 17} if "prod" in row["project_id"] else row)
    first = found[0]
    (before,) = [
        row["usage_bytes"]
        for row in world.rows("vector_stores")
        if row["start_time"] == moment(CHANGED - DAY)
        and row["project_id"] == first["dimensions"][len('{"project_id":"') : -2]
    ]
    assert first == {
        "source_table": "vector_stores",
        "start_time": moment(CHANGED),
        "end_time": moment(CHANGED + DAY),
        "dimensions": first["dimensions"],
        "field": "usage_bytes",
        "before": first["before"],
        "after": "17",
        "read_before_at": moment(NOW),
        "seen_at": moment(NOW + 600),
    }
    assert abs(int(first["before"]) - before) < before


def test_a_row_that_vanished_has_nothing_after_and_one_that_came_nothing_before(world: World) -> None:
    """As a row does whose project is another."""
    vanished = changed(world, lambda row: None)
    assert vanished
    assert all(row["before"] is not None and row["after"] is None for row in vanished)
    world.api.reset()
    world.sync("vector_stores")
    came = world.rows("restatements")[len(vanished) :]
    assert [(row["dimensions"], row["before"], row["after"]) for row in came] == [
        (row["dimensions"], row["after"], row["before"]) for row in vanished
    ]


def test_a_day_that_was_running_is_not_restated_when_it_is_over(world: World) -> None:
    """It grew, as running days do."""
    world.sync("vector_stores")
    world.clock.now += DAY
    assert world.sync("vector_stores").restated == 0
    assert not world.files("restatements")


def test_a_name_that_changed_is_no_restatement(world: World) -> None:
    """But the row is as the API has it now."""
    assert changed(world, lambda row: row | {"project_name": "renamed"}) == []
    assert world.kept("vector_stores") == world.served("vector_stores")


def test_rows_that_nothing_tells_apart_are_compared_as_many(world: World) -> None:
    """A row that comes twice is two, and of an unknown type what it holds counts."""
    world.sync("vector_stores")

    def repeat(page: Row) -> Row:
        for bucket in page["data"]:
            if bucket["start_time"] == CHANGED:
                bucket["results"] = [*bucket["results"][:1] * 2, {"object": "new", "level": 1}]
        return page

    world.api.faults = FaultPlan(Altered(repeat))
    with pytest.warns(UnknownResultWarning, match="new"):
        world.sync("vector_stores")
    assert world.kept("vector_stores") == world.served("vector_stores")
    found = world.rows("restatements")
    assert [row["after"] for row in found if row["field"] == "additional_properties"] == ['{"level":1}']
    assert [row["dimensions"] for row in found if row["field"] == "additional_properties"] == [
        '{"object":"new"}'
    ]
    assert sum(row["after"] is not None for row in found) == 2


def test_an_audit_finds_what_a_lookback_too_short_missed(world: World) -> None:
    """Every difference, names included, and it writes nothing."""
    world.sync("vector_stores")
    late = MIDNIGHT - 20 * DAY
    world.change(lambda start, row: row | {"usage_bytes": 17, "project_name": "x"} if start == late else row)
    world.sync("vector_stores")
    before = world.snapshot()
    result = world.archive.audit(world.client)
    assert world.snapshot() == before
    rows = result.differences.to_pylist()
    assert {row["start_time"] for row in rows} == {moment(late)}
    assert {row["field"] for row in rows} == {"usage_bytes", "project_name"}
    assert {row["after"] for row in rows} == {"17", "x"}
    assert [table.differences for table in result.tables] == [len(rows)]
    world.sync("vector_stores", lookback="30d")
    assert world.archive.audit(world.client).differences.num_rows == 0
    assert {row["start_time"] for row in world.rows("restatements")} == {moment(late)}


def test_what_happened_after_the_sync_is_no_difference(world: World) -> None:
    """An audit of a later moment compares what had been over."""
    world.sync("vector_stores")
    world.clock.now += 3 * DAY
    assert world.archive.audit(world.client).differences.num_rows == 0


@pytest.mark.parametrize("days", [1, 4])
def test_restating_days_are_told_of_until_they_settle(world: World, days: int) -> None:
    """Each sync has the days of the emulator's lag that had been over."""
    world.sync("vector_stores")
    for number in range(days):
        world.change(partial(stored, number))
        world.clock.now += DAY
        world.sync("vector_stores")
    assert world.archive.audit(world.client).tables[0].refused is None
    starts = {row["start_time"] for row in world.rows("restatements")}
    assert starts == {moment(MIDNIGHT + day * DAY) for day in range(-10, days - 1)}
