"""What `--totals` and the last lines of a table add up: flows over time, levels over groups alone."""

from __future__ import annotations

import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.demo import total_usage

from ..scripted import Json
from .conftest import Run
from .october import days


def stored(bytes: int, project: str, **more: str) -> Json:
    return {
        "object": "organization.usage.vector_stores.result",
        "usage_bytes": bytes,
        "project_id": project,
        **more,
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("--month 2026-10", "2026-10-01T00:00:00Z,2026-11-01T00:00:00Z"),
        ("--start-time 2026-10-02 --end-time 2026-10-30", "2026-10-02T00:00:00Z,2026-10-30T00:00:00Z"),
        ("--start-time 2026-10-02", "2026-10-02T00:00:00Z,2026-10-10T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("filled", [(4,), (4, 9), (2, 9)])
def test_totals_are_of_the_range_asked_for(
    asked: str, expected: str, filled: tuple[int, ...], command: Run
) -> None:
    """Whichever of its buckets have results; without an end, up to that of the last bucket that came."""
    result = {"object": "organization.usage.moderations.result", "input_tokens": 5, "num_model_requests": 1}
    answer = days({day: [result] * (day in filled) for day in range(2, 10)})
    said = command(
        f"moderations {asked} --concurrency 1 --totals --columns start_time,end_time,input_tokens",
        transport=answer,
    )
    assert said.out.splitlines()[1:] == [f"{expected},{5 * len(filled)}"]


BYTES = {
    1: [stored(100, "a"), stored(30, "b")],
    2: [stored(200, "a"), stored(40, "b"), stored(1, "c")],
    3: [stored(300, "a"), stored(50, "c")],
    4: [],
}


def test_a_level_is_not_added_up_over_time(command: Run) -> None:
    """Each group has its value in the last bucket that has any, and none if it is gone by then."""
    said = command(
        "vector-stores --month 2026-10 --totals --columns project_id,usage_bytes", transport=days(BYTES)
    )
    assert said.out.splitlines()[1:] == ["a,300", "c,50", "b,"]
    assert said.err == (
        "note: usage_bytes is a level, not added up over time: this is the last, up to 2026-10-04\n"
    )


def test_a_table_says_that_a_level_is_the_last(command: Run) -> None:
    """Below the rows there is no total, but the last; with --totals the heading says it."""
    rows = command("vector-stores --month 2026-10 --format table", transport=days(BYTES)).out
    totals = command("vector-stores --month 2026-10 --totals --format table", transport=days(BYTES)).out
    assert rows.splitlines()[-1].split() == ["last", "350"]
    assert "total" not in rows
    assert "usage_bytes, last" in totals.splitlines()[0]
    assert totals.splitlines()[-1].split() == ["total", "350"]


def test_the_demo_adds_up_no_levels() -> None:
    """Every number that the registry calls a level, of every endpoint."""

    class Row:
        def __init__(self, end_time: int, value: int) -> None:
            self.start_time, self.end_time, self.value = end_time - 1, end_time, value

        def __getattr__(self, name: str) -> int:
            return self.value

    levels: list[str] = []
    for operation in OPERATIONS.values():
        totals = total_usage(operation, [Row(1, 10), Row(2, 3), Row(2, 4)])
        for field in operation.fields:
            if field.role == "metric":
                assert totals[field.name] == (7 if field.over_time == "last" else 17)
                levels += [field.name] * (field.over_time == "last")
    assert levels == ["usage_bytes"]


def test_what_describes_a_group_does_not_divide_it(command: Run) -> None:
    """A project that was renamed has one total, under its last name; in a table, names that differ show."""
    renamed = {
        1: [stored(1, "a", project_name="Old", organization_name="Acme")],
        2: [stored(2, "a", project_name="New", organization_name="Acme")],
    }
    asked = "vector-stores --month 2026-10"
    totals = command(f"{asked} --totals --columns project_id,project_name", transport=days(renamed)).out
    table = command(f"{asked} --format table", transport=days(renamed)).out
    assert totals.splitlines()[1:] == ["a,New"]
    assert table.splitlines()[0].split() == ["start_time", "project_id", "project_name", "usage_bytes"]
