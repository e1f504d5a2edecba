"""Usage that is counted late: the newest buckets grow until they are some days old."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Parameters, api_of, flows, money, total

DAYS = 3


class SettableClock:
    """A clock that is set by hand."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(now: int) -> SettableClock:
    """The clock of the late emulator."""
    return SettableClock(now)


@pytest.fixture
def late(clock: SettableClock) -> Iterator[Api]:
    """A client of an organization whose usage is all counted after three days."""
    with Emulator(now=clock, restate_days=DAYS) as emulator, api_of(emulator) as api:
        yield api


@pytest.mark.parametrize("name", ["completions", "costs"])
def test_a_day_grows_until_it_is_some_days_old(api: Api, late: Api, clock: SettableClock, name: str) -> None:
    """From the end of the day on, as of each hour, and then no more: it is what it always was without."""
    day = clock.now // DAY * DAY - 10 * DAY
    asked: Parameters = {"start_time": day, "end_time": day + DAY, "group_by": "project_id"}
    seen: list[list[Decimal]] = []
    for hour in range(0, DAYS * 24 + 25, 6):
        clock.now = day + DAY + hour * 3_600
        rows = late.rows(name, **asked)
        seen.append([money([row]) if name == "costs" else Decimal(row["num_model_requests"]) for row in rows])

    for before, after in pairwise(seen):
        assert all(old <= new for old, new in zip(before, after, strict=True))
    assert sum(seen[0]) < sum(seen[5]) < sum(seen[11]) < sum(seen[12])
    assert sum(seen[0]) * 5 > sum(seen[12]) * 4
    assert seen[12] == seen[13] == seen[16]
    assert late.rows(name, **asked) == api.rows(name, **asked)


@pytest.mark.parametrize("name", ["completions", "images"])
def test_what_is_late_is_late_however_time_is_cut(late: Api, clock: SettableClock, name: str) -> None:
    """Minutes add up to hours and days as of one moment, and groups to the whole."""
    start = clock.now // DAY * DAY - DAY
    asked: Parameters = {"start_time": start, "end_time": start + DAY}
    metrics = flows(OPERATIONS[name])

    day = total(late.rows(name, **asked), metrics)
    hours = total(late.rows(name, **asked, bucket_width="1h"), metrics)
    minutes = total(late.rows(name, **asked, bucket_width="1m", limit=1440), metrics)
    groups = total(late.rows(name, **asked, group_by=["model", "project_id"]), metrics)

    assert day == hours == minutes == groups


def test_levels_are_never_late(api: Api, late: Api, clock: SettableClock) -> None:
    """What is stored is known at once."""
    assert late.buckets("vector_stores", start_time=clock.now - DAY) == api.buckets(
        "vector_stores", start_time=clock.now - DAY
    )


def test_without_the_option_a_day_that_has_ended_stays(now: int) -> None:
    """By default a closed day is the same as of any later moment."""
    clock = SettableClock(now)
    with Emulator(now=clock) as emulator, api_of(emulator) as api:
        asked: Parameters = {"start_time": now - 2 * DAY, "end_time": now // DAY * DAY}
        first = api.buckets("costs", **asked)
        clock.now += 5 * DAY
        assert api.buckets("costs", **asked) == first
