"""A lively organization: days that differ by project, model and key, and totals that agree all the same."""

from collections.abc import Iterator
from statistics import median

import pytest

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Parameters, api_of, flows, groupings, money, total


@pytest.fixture(scope="module")
def lively(now: int) -> Iterator[Api]:
    """A client of a lively organization."""
    with Emulator(now=lambda: now, lively=True) as emulator, api_of(emulator) as api:
        yield api


def test_minutes_hours_and_days_of_lively_usage_agree(lively: Api, now: int) -> None:
    """Over days that differ in luck, however time is cut, up to a minute in the middle of a day."""
    asked: Parameters = {"start_time": now // DAY * DAY - DAY, "end_time": now // 60 * 60}
    metrics = flows(OPERATIONS["completions"])

    minutes, hours, days = (
        total(lively.rows("completions", **asked, bucket_width=width), metrics)
        for width in ("1m", "1h", "1d")
    )

    assert minutes == hours == days
    assert all(minutes.values())


def test_groups_of_lively_costs_agree(lively: Api, now: int) -> None:
    """Costs by any dimension, and by all, add up to those of the organization."""
    asked: Parameters = {"start_time": now - 4 * DAY}
    dimensions = groupings(OPERATIONS["costs"])

    totals = {
        money(lively.rows("costs", **asked, group_by=by))
        for by in ([], *([each] for each in dimensions), dimensions)
    }

    assert len(totals) == 1


def test_days_differ_more_than_they_do_by_default(api: Api, lively: Api, now: int) -> None:
    """Beside the four weeks before, a lively day is usually off by a few percent; projects by more."""

    def misses(of: Api, **asked: str) -> list[float]:
        start = now // DAY * DAY - 112 * DAY
        days = of.buckets("costs", start_time=start, end_time=start + 112 * DAY, **asked)
        spent = [float(money(day["results"])) for day in days]
        usual = [sum(spent[at - 28 : at : 7]) / 4 for at in range(28, len(spent))]
        return [abs(now / before - 1) for now, before in zip(spent[28:], usual, strict=True) if before]

    steady, moving = median(misses(api)), median(misses(lively))
    assert 0.03 < moving < 0.08
    assert steady < moving / 1.5
    assert median(misses(lively, project_ids="proj_mobile_app")) > moving


def test_some_line_items_are_small(lively: Api, now: int) -> None:
    """A long tail: a quarter of all line items are less than a thousandth of the costs together."""
    rows = lively.rows("costs", start_time=now - 7 * DAY, group_by="line_item")
    items = {row["line_item"] for row in rows}
    amounts = sorted(money(row for row in rows if row["line_item"] == item) for item in items)

    assert len(items) > 60
    assert sum(amounts[: len(amounts) // 4]) * 1000 < sum(amounts)
