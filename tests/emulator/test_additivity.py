"""Totals agree, however time and groups are cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_org_usage._generated import OPERATIONS

from .asking import DAY, Api, Parameters, flows, groupings, has_money, money, numbers, total, usage_names


@pytest.mark.parametrize("name", usage_names())
def test_minutes_hours_and_days_agree(api: Api, now: int, name: str) -> None:
    """The sum over a day's minutes equals the sum over its hours equals the day."""
    start = now // DAY * DAY - 3 * DAY
    asked: Parameters = {"start_time": start, "end_time": start + DAY}
    metrics = flows(OPERATIONS[name])

    minutes = total(api.rows(name, **asked, bucket_width="1m", limit=1440), metrics)
    hours = total(api.rows(name, **asked, bucket_width="1h"), metrics)
    day = total(api.rows(name, **asked, bucket_width="1d"), metrics)

    assert minutes == hours == day
    assert any(day.values()) == bool(metrics)


LEVELS = [name for name in usage_names() if set(numbers(OPERATIONS[name])) - set(flows(OPERATIONS[name]))]


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("grouped", [False, True])
def test_a_level_is_the_same_however_time_is_cut(api: Api, now: int, name: str, grouped: bool) -> None:
    """What is stored at a bucket's end depends neither on its width nor on where it begins."""
    operation = OPERATIONS[name]
    end = now // DAY * DAY - 3 * DAY
    (metric,) = set(numbers(operation)) - set(flows(operation))
    groups: Parameters = {"group_by": groupings(operation)} if grouped else {}

    def level(width: str, start: int) -> list[tuple[str | None, int]]:
        asked: Parameters = {"start_time": start, "end_time": end, "bucket_width": width}
        *_, last = api.buckets(name, **asked, **groups)
        assert last["end_time"] == end
        return [(row["project_id"], row[metric]) for row in last["results"]]

    whole = level("1d", end - DAY)
    assert whole == level("1d", end - 5 * DAY) == level("1h", end - 7_200)
    assert whole == level("1m", end - 60) == level("1d", end - 60)
    assert all(1_000_000_000 < bytes_stored < 100_000_000_000 for _, bytes_stored in whole)


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_hardly_grows_in_a_day(api: Api, now: int, name: str) -> None:
    """At no time of the day is it far from what it was at another."""
    (metric,) = set(numbers(OPERATIONS[name])) - set(flows(OPERATIONS[name]))
    rows = api.rows(name, start_time=now - DAY, bucket_width="1h")
    levels = [row[metric] for row in rows]

    assert len(levels) == 25
    assert levels == sorted(levels)
    assert levels[-1] < 1.01 * levels[0]


@pytest.mark.parametrize("name", usage_names())
def test_groups_agree_with_the_ungrouped(api: Api, now: int, name: str) -> None:
    """Grouping by any one dimension, or by all of them, changes no total."""
    asked: Parameters = {"start_time": now // DAY * DAY - 2 * DAY, "end_time": now // DAY * DAY}
    operation = OPERATIONS[name]
    expected = total(api.rows(name, **asked), numbers(operation))

    for group_by in [*([one] for one in groupings(operation)), groupings(operation)]:
        rows = api.rows(name, **asked, group_by=group_by)
        assert total(rows, numbers(operation)) == expected
        assert all(row[each] is not None for row in rows for each in group_by)


def test_groups_of_costs_agree_with_the_ungrouped(api: Api, now: int) -> None:
    """Costs by any dimension add up to the costs of the organization, to the last digit."""
    costs = next(name for name, operation in OPERATIONS.items() if has_money(operation))
    asked: Parameters = {"start_time": now - 3 * DAY}
    expected = money(api.rows(costs, **asked))

    for group_by in [
        *([one] for one in groupings(OPERATIONS[costs])),
        groupings(OPERATIONS[costs]),
    ]:
        assert money(api.rows(costs, **asked, group_by=group_by)) == expected


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 9 * DAY // 60), min_size=2, max_size=5, unique=True).map(sorted),
    width=st.sampled_from(["1h", "1d"]),
)
def test_any_split_of_a_range_adds_up(api: Api, now: int, cuts: list[int], width: str) -> None:
    """A range cut at arbitrary minutes has the same total as the range in one piece."""
    moments = [now // 60 * 60 - 10 * DAY + 60 * cut for cut in cuts]
    metrics = numbers(OPERATIONS["completions"])

    def used(start: int, end: int) -> dict[str, int]:
        asked: Parameters = {"start_time": start, "end_time": end, "bucket_width": width, "limit": 31}
        return total(api.rows("completions", **asked), metrics)

    whole = used(moments[0], moments[-1])
    pieces = [used(start, end) for start, end in pairwise(moments)]
    assert {name: sum(piece[name] for piece in pieces) for name in metrics} == {
        name: whole[name] for name in metrics
    }


def test_filters_select_exactly_one_group(api: Api, now: int) -> None:
    """Filtering by a value gives the numbers that grouping shows for that value."""
    asked: Parameters = {"start_time": now - 2 * DAY}
    metrics = numbers(OPERATIONS["completions"])
    grouped = api.rows("completions", **asked, group_by=["project_id", "batch"])

    for project, batch in {(row["project_id"], row["batch"]) for row in grouped}:
        expected = [r for r in grouped if (r["project_id"], r["batch"]) == (project, batch)]
        filtered = api.rows("completions", **asked, project_ids=[project], batch=batch)
        assert total(filtered, metrics) == total(expected, metrics)


def test_token_totals_are_the_sums_of_their_parts(api: Api, now: int) -> None:
    """In every row, input and output tokens equal their documented parts."""
    everything = groupings(OPERATIONS["completions"])
    rows = api.rows("completions", start_time=now - DAY, bucket_width="1h", group_by=everything)

    assert rows
    for row in rows:
        cached, written = row["input_cached_tokens"], row["input_cache_write_tokens"]
        assert row["input_tokens"] == row["input_uncached_tokens"] + cached + written
        for whole, kinds in {
            "input_uncached_tokens": ("input_text", "input_audio", "input_image"),
            "input_cached_tokens": (
                "input_cached_text",
                "input_cached_audio",
                "input_cached_image",
            ),
            "input_cache_write_tokens": ("input_cache_write_30m", "input_cache_write_12h"),
            "output_tokens": ("output_text", "output_audio", "output_image"),
        }.items():
            assert row[whole] == sum(row[f"{kind}_tokens"] for kind in kinds)
        assert row["num_model_requests"] > 0
        assert row["input_tokens"] > 0
