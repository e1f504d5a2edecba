"""Usage that is told wrong at first: it comes late, shrinks, moves, and is right from a known age on."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from openai_org_usage import ConfigurationError
from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator, OrganizationSize, Restatements

from .asking import DAY, Api, Json, Parameters, api_of, flows, groupings, money, numbers, total

DAYS = 4
HOUR = 3_600
ALL_KINDS = Restatements(days=DAYS, late=0.2, corrected=0.1, misplaced=0.1)
Rows = dict[tuple[Any, ...], Json]


class SettableClock:
    """A clock that is set by hand."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(now: int) -> SettableClock:
    """The clock of the restating emulator."""
    return SettableClock(now)


@pytest.fixture
def restating(clock: SettableClock) -> Iterator[Api]:
    """A client of an organization whose usage is restated in every way for four days."""
    with Emulator(now=clock, restatements=ALL_KINDS) as emulator, api_of(emulator) as api:
        yield api


def by_dimensions(api: Api, name: str, **asked: Any) -> Rows:
    """The rows of one bucket by all its dimensions."""
    dimensions = groupings(OPERATIONS[name])
    rows = api.rows(name, **asked, group_by=dimensions)
    return {tuple(row[each] for each in dimensions): row for row in rows}


def number_of(name: str, row: Json) -> Any:
    """The number by which a row is seen to change."""
    return money([row]) if name == "costs" else row["num_model_requests"]


@pytest.mark.parametrize("name", ["completions", "costs"])
def test_rows_come_and_go_and_change_both_ways(
    api: Api, restating: Api, clock: SettableClock, name: str
) -> None:
    """From the end of a day on, until it is as old as was said: then it is what it always was without."""
    day = clock.now // DAY * DAY - 10 * DAY
    asked: Parameters = {"start_time": day, "end_time": day + DAY}
    seen: list[Rows] = []
    for age in range(0, DAYS * 24 + 1, 6):
        clock.now = day + DAY + age * HOUR
        seen.append(by_dimensions(restating, name, **asked))

    came = [new.keys() - old.keys() for old, new in pairwise(seen)]
    went = [old.keys() - new.keys() for old, new in pairwise(seen)]
    both = [(old[key], new[key]) for old, new in pairwise(seen) for key in old.keys() & new.keys()]
    changes = [(number_of(name, old), number_of(name, new)) for old, new in both]
    assert any(came)
    assert any(went)
    assert any(old < new for old, new in changes)
    assert any(old > new for old, new in changes)
    assert seen[-1] == by_dimensions(api, name, **asked)


@pytest.mark.parametrize(("kind", "sign"), [("late", {1}), ("corrected", {-1}), ("misplaced", {1, -1})])
def test_each_kind_moves_numbers_its_way(clock: SettableClock, kind: str, sign: set[int]) -> None:
    """Late usage is only added, what was counted twice only taken away, what moves is both."""
    day = clock.now // DAY * DAY - DAY
    shares = {"late": 0.0, "corrected": 0.0, "misplaced": 0.0} | {kind: 0.3}
    with (
        Emulator(now=clock, restatements=Restatements(days=3, **shares)) as emulator,
        api_of(emulator) as api,
    ):
        asked: Parameters = {"start_time": day, "end_time": day + DAY}
        before, whole = by_dimensions(api, "completions", **asked), api.rows("completions", **asked)
        clock.now += 5 * DAY
        after, settled = by_dimensions(api, "completions", **asked), api.rows("completions", **asked)

    wrong = {
        key: after.get(key, {}).get("input_tokens", 0) - before.get(key, {}).get("input_tokens", 0)
        for key in before.keys() | after.keys()
    }
    assert {(change > 0) - (change < 0) for change in wrong.values() if change} == sign
    assert (whole == settled) == (kind == "misplaced")


@pytest.mark.parametrize(("width", "seconds"), [("1d", DAY), ("1h", HOUR), ("1m", 60)])
def test_nothing_changes_from_a_known_age_on(
    api: Api, restating: Api, clock: SettableClock, width: str, seconds: int
) -> None:
    """A bucket of any width is settled when it has been over for four days, and one or another not before."""
    last = clock.now // DAY * DAY - 8 * DAY + 12 * HOUR
    asked: Parameters = {"bucket_width": width, "group_by": groupings(OPERATIONS["completions"])}
    edges: Parameters = {"start_time": last - min(20 * seconds, DAY), "end_time": last}
    true = api.buckets("completions", **asked, **edges)

    clock.now = last + DAYS * DAY
    assert restating.buckets("completions", **asked, **edges) == true
    clock.now = last + (DAYS - 1) * DAY
    assert restating.buckets("completions", **asked, **edges) != true


def test_some_is_wrong_until_the_last_hours(restating: Api, clock: SettableClock) -> None:
    """What was said of the age is not said with a margin."""
    wrong = 0
    for day in range(clock.now // DAY * DAY - 60 * DAY, clock.now // DAY * DAY - 10 * DAY, DAY):
        asked: Parameters = {"start_time": day, "end_time": day + DAY, "group_by": "model"}
        clock.now = day + (DAYS + 1) * DAY - 6 * HOUR
        before = restating.rows("completions", **asked)
        clock.now += 6 * HOUR
        wrong += before != restating.rows("completions", **asked)
    assert wrong > 0


@pytest.mark.parametrize("name", ["completions", "images", "web_search_calls"])
def test_what_is_wrong_is_wrong_however_it_is_cut(restating: Api, clock: SettableClock, name: str) -> None:
    """Minutes add up to hours and days as of one moment, and groups and filters to the whole."""
    start = clock.now // DAY * DAY - DAY
    asked: Parameters = {"start_time": start, "end_time": start + DAY}
    operation = OPERATIONS[name]
    metrics = flows(operation)

    day = total(restating.rows(name, **asked), metrics)
    assert day == total(restating.rows(name, **asked, bucket_width="1h"), metrics)
    assert day == total(restating.rows(name, **asked, bucket_width="1m", limit=1440), metrics)
    for group_by in [*([one] for one in groupings(operation)), groupings(operation)]:
        assert day == total(restating.rows(name, **asked, group_by=group_by), metrics)
    for row in restating.rows(name, **asked, group_by="project_id"):
        filtered = restating.rows(name, **asked, project_ids=[row["project_id"]])
        assert total(filtered, metrics) == total([row], metrics)


def test_wrong_costs_add_up_as_well(restating: Api, clock: SettableClock) -> None:
    """By any dimension, to the last digit; no row is negative, nor has a zero row appeared."""
    asked: Parameters = {"start_time": clock.now - 5 * DAY}
    expected = money(restating.rows("costs", **asked))
    dimensions = groupings(OPERATIONS["costs"])
    for group_by in [*([one] for one in dimensions), dimensions]:
        rows = restating.rows("costs", **asked, group_by=group_by)
        assert money(rows) == expected
        assert all(money([row]) >= 0 for row in rows)


def test_no_number_is_negative(restating: Api, clock: SettableClock) -> None:
    """Usage that is not counted yet is no debt, in no bucket and group."""
    for name in ("completions", "images", "embeddings"):
        asked: Parameters = {"start_time": clock.now - 2 * DAY, "bucket_width": "1h"}
        rows = restating.rows(name, **asked, group_by=groupings(OPERATIONS[name]))
        assert rows
        assert all(row[each] >= 0 for row in rows for each in numbers(OPERATIONS[name]))


def test_levels_are_known_at_once(api: Api, restating: Api, clock: SettableClock) -> None:
    """What is stored is never restated."""
    asked: Parameters = {"start_time": clock.now - DAY}
    assert restating.buckets("vector_stores", **asked) == api.buckets("vector_stores", **asked)


def test_the_same_moment_has_the_same_answer(clock: SettableClock) -> None:
    """Whatever was asked before, and by which emulator; another seed is wrong elsewhere."""
    asked: Parameters = {"start_time": clock.now - 3 * DAY, "group_by": ["model", "project_id"]}
    answers: list[list[Json]] = []
    for seed, asked_before in [(0, False), (0, True), (1, False)]:
        emulator = Emulator(now=clock, restatements=ALL_KINDS, seed=seed)
        with emulator, api_of(emulator) as api:
            if asked_before:
                clock.now += 30 * DAY
                api.buckets("completions", start_time=clock.now - 40 * DAY)
                clock.now -= 30 * DAY
            answers.append(api.buckets("completions", **asked))
    assert answers[0] == answers[1] != answers[2]


def test_an_organization_with_one_key_is_restated_too(clock: SettableClock) -> None:
    """What is misplaced is told of another model then."""
    emulator = Emulator(
        now=clock,
        restatements=Restatements(misplaced=0.5, late=0, corrected=0),
        size=OrganizationSize(projects=1, users=1, keys=1),
    )
    with emulator, api_of(emulator) as api:
        asked: Parameters = {"start_time": clock.now - DAY, "end_time": clock.now, "group_by": "model"}
        before = api.rows("completions", **asked)
        clock.now += 9 * DAY
        assert api.rows("completions", **asked) != before


@pytest.mark.parametrize("name", ["completions", "costs"])
def test_with_days_alone_usage_is_late_and_nothing_else(clock: SettableClock, name: str) -> None:
    """A day grows, and most of it is there at its end."""
    day = clock.now // DAY * DAY - 10 * DAY
    asked: Parameters = {"start_time": day, "end_time": day + DAY, "group_by": "project_id"}
    seen: list[Rows] = []
    with Emulator(now=clock, restate_days=3) as emulator, api_of(emulator) as api:
        for age in range(0, 4 * DAY, 12 * HOUR):
            clock.now = day + DAY + age
            seen.append({(row["project_id"],): row for row in api.rows(name, **asked)})

    sums = [{key: number_of(name, row) for key, row in rows.items()} for rows in seen]
    for before, after in pairwise(sums):
        assert all(before[key] <= after[key] for key in before)
    assert sum(sums[0].values()) < sum(sums[-1].values()) < sum(sums[0].values()) * 4 / 3
    assert seen[-1] == seen[-2]


def test_by_default_a_day_that_has_ended_stays(now: int) -> None:
    """It is the same as of any later moment."""
    clock = SettableClock(now)
    with Emulator(now=clock) as emulator, api_of(emulator) as api:
        asked: Parameters = {"start_time": now - 2 * DAY, "end_time": now // DAY * DAY}
        first = api.buckets("costs", **asked)
        clock.now += 5 * DAY
        assert api.buckets("costs", **asked) == first


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"days": -1}, "days is a whole number of days from 0, not -1"),
        ({"late": 1.5}, "late is a share from 0 to 1, not 1.5"),
        ({"corrected": "half"}, "corrected is a share from 0 to 1, not 'half'"),
        ({"misplaced": True}, "misplaced is a share from 0 to 1, not True"),
        ({"late": 0.6, "misplaced": 0.6}, "late, corrected and misplaced are shares of one whole"),
    ],
)
def test_shares_that_make_no_sense_are_refused(given: Any, reason: str) -> None:
    """At once, not by each answer."""
    with pytest.raises(ConfigurationError) as caught:
        Restatements(**given)
    assert str(caught.value) == reason


def test_days_are_said_once() -> None:
    """In one of two places."""
    with pytest.raises(ConfigurationError, match="give either restate_days or restatements, not both"):
        Emulator(restate_days=3, restatements=Restatements())
