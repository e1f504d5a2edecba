"""Stories: what is planted is told by usage and costs alike, and the days before it are as ever."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage import ConfigurationError
from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator, Story, StoryKind

from .asking import DAY, Api, Parameters, api_of, groupings, money, total

PROJECT = "proj_support_assistant"
GPT5 = "gpt-5-2025-08-07"
OUTPUT = f"{GPT5}, output"
BEGAN = date(2026, 11, 10)
ENDED = date(2026, 11, 12)
START = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
FIRST, LAST = (BEGAN - date(2026, 11, 1)).days, (ENDED - date(2026, 11, 1)).days


@contextmanager
def told(now: int, *stories: Story) -> Generator[Api, None, None]:
    """A client of an organization to which these things happen."""
    with Emulator(now=lambda: now, stories=stories) as emulator, api_of(emulator) as api:
        yield api


def spent(api: Api, **asked: Any) -> list[Decimal]:
    """Costs of each day of November."""
    return [money(bucket["results"]) for bucket in api.buckets("costs", start_time=START, **asked)]


def used(api: Api, metric: str, **asked: Any) -> list[int]:
    """A number of completions on each day of November."""
    buckets = api.buckets("completions", start_time=START, bucket_width="1d", **asked)
    return [sum(row[metric] for row in bucket["results"]) for bucket in buckets]


def ratios(after: Sequence[Any], before: Sequence[Any]) -> list[float]:
    """How much each is of what it was, to a hundredth."""
    return [round(float(new / old), 2) for new, old in zip(after, before, strict=True)]


def test_an_amount_is_spent_on_each_day_of_a_spike(api: Api, now: int) -> None:
    """1,500 a day under one line item of one project, for three days: there, and nowhere else."""
    spike = Story(
        kind=StoryKind.SPIKE,
        first_day=BEGAN,
        last_day=ENDED,
        amount=1500,
        project_id=PROJECT,
        line_item=OUTPUT,
    )
    asked: Parameters = {"project_ids": [PROJECT], "line_items": [OUTPUT]}
    with told(now, spike) as storied:
        whole = [new - old for new, old in zip(spent(storied), spent(api), strict=True)]
        there = [new - old for new, old in zip(spent(storied, **asked), spent(api, **asked), strict=True)]

    assert whole == there
    assert [round(each) for each in there[FIRST : LAST + 1]] == [1500] * 3
    assert not any(there[:FIRST] + there[LAST + 1 :])


@pytest.mark.parametrize(
    ("kind", "last_day", "expected"),
    [
        (StoryKind.STEP, None, [3.0, 3.0, 3.0, 3.0, 3.0]),
        (StoryKind.SPIKE, ENDED, [3.0, 3.0, 3.0, 1.0, 1.0]),
        (StoryKind.DRIFT, ENDED, [1.67, 2.33, 3.0, 3.0, 3.0]),
    ],
)
def test_a_factor_changes_usage_and_costs_alike(
    api: Api, now: int, kind: StoryKind, last_day: date | None, expected: list[float]
) -> None:
    """What a project uses is multiplied from the first day on, and so is what it pays."""
    story = Story(kind=kind, first_day=BEGAN, last_day=last_day, factor=3, project_id=PROJECT)
    asked: Parameters = {"project_ids": [PROJECT]}
    with told(now, story) as storied:
        requests = ratios(*(used(each, "num_model_requests", **asked) for each in (storied, api)))
        costs = ratios(*(spent(each, **asked, line_items=[OUTPUT]) for each in (storied, api)))
        elsewhere = spent(storied, project_ids=["proj_mobile_app"])

    assert requests[:FIRST] == costs[:FIRST] == [1.0] * FIRST
    assert requests[FIRST : FIRST + 5] == expected
    assert [round(each, 1) for each in costs[FIRST : FIRST + 5]] == [round(each, 1) for each in expected]
    assert elsewhere == spent(api, project_ids=["proj_mobile_app"])


def test_a_price_changes_costs_only(api: Api, now: int) -> None:
    """A fifth less for one line item, in all projects, to the last digit."""
    story = Story(kind=StoryKind.PRICE, first_day=BEGAN, factor=0.8, line_item=OUTPUT)
    with told(now, story) as storied:
        item, usual = (spent(each, line_items=[OUTPUT]) for each in (storied, api))
        assert used(storied, "output_tokens") == used(api, "output_tokens")
        assert spent(storied)[0] == spent(api)[0]
        saved = [old - new for new, old in zip(spent(storied), spent(api), strict=True)]

    assert item[:FIRST] == usual[:FIRST]
    assert item[FIRST:] == [old * Decimal("0.8") for old in usual[FIRST:]]
    assert saved[FIRST:] == [old * Decimal("0.2") for old in usual[FIRST:]]


def test_longer_answers_are_more_output_of_as_many_requests(api: Api, now: int) -> None:
    """A story about a line item changes what it bills, and nothing beside it."""
    story = Story(kind=StoryKind.STEP, first_day=BEGAN, factor=2, line_item=OUTPUT)
    with told(now, story) as storied:
        asked: Parameters = {"models": [GPT5]}
        assert used(storied, "num_model_requests", **asked) == used(api, "num_model_requests", **asked)
        assert used(storied, "input_tokens", **asked) == used(api, "input_tokens", **asked)
        output = ratios(*(used(each, "output_tokens", **asked) for each in (storied, api)))

    assert output[:FIRST] == [1.0] * FIRST
    assert set(output[FIRST:]) <= {1.99, 2.0, 2.01}


@pytest.mark.parametrize(
    ("story", "before", "after"),
    [
        (Story(kind=StoryKind.GONE, first_day=BEGAN, project_id=PROJECT, model=GPT5), True, False),
        (Story(kind=StoryKind.NEW, first_day=BEGAN, project_id=PROJECT, model=GPT5), False, True),
        (
            Story(kind=StoryKind.NEW, first_day=BEGAN, amount=80, project_id=PROJECT, model="gpt-6"),
            False,
            True,
        ),
    ],
)
def test_what_is_new_or_gone_has_no_rows(now: int, story: Story, before: bool, after: bool) -> None:
    """A model is not used by the project before it is new, or after it is gone; it may be any model."""
    asked: Parameters = {"project_ids": [PROJECT], "models": [str(story.model)]}
    with told(now, story) as storied:
        requests = used(storied, "num_model_requests", **asked)
        days = storied.buckets(
            "costs", start_time=START, group_by="line_item", project_ids=asked["project_ids"]
        )
    billed = [any(row["line_item"].startswith(f"{story.model},") for row in d["results"]) for d in days]

    assert billed == [bool(each) for each in requests]
    assert set(billed[:FIRST]) == {before}
    assert set(billed[FIRST:]) == {after}


MANY = (
    Story(kind=StoryKind.SPIKE, first_day=BEGAN, last_day=ENDED, factor=4, api_key_id="key_search_prod"),
    Story(kind=StoryKind.DRIFT, first_day=BEGAN, last_day=ENDED, factor=0.3, project_id="proj_search_prod"),
    Story(kind=StoryKind.PRICE, first_day=ENDED, factor=1.5, project_id=PROJECT, model=GPT5),
    Story(kind=StoryKind.STEP, first_day=ENDED, amount=25, line_item="Web search tool calls"),
)


def test_stories_add_up_however_groups_and_time_are_cut(now: int) -> None:
    """By any dimension of costs, and by minutes, hours and days of usage."""
    dimensions = groupings(OPERATIONS["costs"])
    with told(now, *MANY) as storied:
        start = START + (FIRST - 1) * DAY
        asked: Parameters = {"start_time": start, "end_time": start + 4 * DAY}
        costs = {
            money(storied.rows("costs", **asked, group_by=by))
            for by in ([], *([each] for each in dimensions), dimensions)
        }
        minutes, hours, days = (
            total(storied.rows("completions", **asked, bucket_width=width), ["input_tokens"])
            for width in ("1m", "1h", "1d")
        )
    assert len(costs) == 1
    assert minutes == hours == days


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "spike", "factor": 2}, "has a last day"),
        ({"kind": "step"}, "has a factor or an amount"),
        ({"kind": "price", "amount": 5}, "has no amount"),
        ({"kind": "gone", "factor": 2}, "has no factor"),
        ({"kind": "step", "factor": 2, "amount": 2}, "a factor or an amount"),
        ({"kind": "step", "factor": -1}, "from 0"),
        ({"kind": "price", "factor": float("nan")}, "from 0"),
        ({"kind": "new", "amount": float("inf")}, "from 0"),
        ({"kind": "drift", "factor": 2, "last_day": BEGAN - timedelta(days=1)}, "cannot end"),
    ],
)
def test_what_makes_no_story_is_refused(values: dict[str, Any], message: str) -> None:
    """With what is missing or too much."""
    with pytest.raises(ConfigurationError, match=message):
        Story(first_day=BEGAN, **values)


@pytest.mark.parametrize(
    "about",
    [
        {"factor": 2.0, "project_id": "proj_typo"},
        {"factor": 2.0, "project_id": PROJECT, "api_key_id": "key_search_prod"},
        {"amount": 5.0, "project_id": "proj_typo"},
        {"amount": 5.0, "line_item": "Nothing like it"},
        {"amount": 5.0, "model": "omni-moderation-2024-09-26"},
    ],
)
def test_a_story_about_nothing_is_refused(about: dict[str, Any]) -> None:
    """So that a slip of the pen does not look like a report that found nothing."""
    with pytest.raises(ConfigurationError, match="this story"):
        Emulator(stories=[Story(kind=StoryKind.STEP, first_day=BEGAN, **about)])
