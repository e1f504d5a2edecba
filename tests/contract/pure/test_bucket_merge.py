"""A bucket that is split over two pages, put together again."""

from __future__ import annotations

import json
import warnings
from typing import Any

import attrs
import pytest

from openai_org_usage._generated import OPERATIONS, usage_completions, usage_costs
from openai_org_usage.errors import PaginationError
from openai_org_usage.pagination.bucket_merge import BucketJoin, dimensions
from openai_org_usage.pagination.plan import plan_of
from openai_org_usage.pagination.rules import ResumePoint

DAY = 86_400
REQUEST = usage_completions.request(start_time=0)
COSTS = usage_costs.request(start_time=0)


def result(model: str | None, tokens: int = 1, **extra: Any) -> dict[str, Any]:
    """A result of the completions endpoint."""
    counts = {"input_tokens": tokens, "output_tokens": 0, "num_model_requests": 1}
    return {"object": "organization.usage.completions.result", "model": model, **counts, **extra}


def cost(value: str, currency: str, **extra: Any) -> dict[str, Any]:
    """A result of the costs endpoint."""
    amount = {"value": value, "currency": currency}
    return {"object": "organization.costs.result", "amount": amount, **extra}


def bucket(number: int, *results: dict[str, Any], end: int = 0, request: Any = REQUEST, **more: Any) -> Any:
    """The bucket of a day, as it is decoded; its end may be moved."""
    spans = {"start_time": number * DAY, "end_time": number * DAY + DAY + end}
    body = {"object": "bucket", **spans, "results": list(results), **more}
    page = {"object": "page", "data": [body], "has_more": False, "next_page": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return request.decode(json.dumps(page).encode()).data[0]


def joiner(*, now: float = 100 * DAY, held: Any = None, request: Any = REQUEST) -> Any:
    """A join at a moment when all these buckets are long over."""
    plan = plan_of(ResumePoint(request), now=now, concurrency=1)
    return BucketJoin(plan, now=lambda: now, held=held)


def models(one: Any) -> list[tuple[str, int]]:
    """What a bucket holds."""
    return [(found.model, found.input_tokens) for found in one.results]


def test_the_last_bucket_is_held_back() -> None:
    """Until the next page shows that it is complete, or the last page has come."""
    join = joiner()
    first, second, third = bucket(0), bucket(1), bucket(2)
    assert join.add([first, second], continues=False) == [first]
    assert join.held is second
    assert join.add([], continues=False) == []
    assert join.held is second
    assert join.add([third], continues=False) == [second]
    assert join.held is third
    assert join.rest() == [third]
    assert join.held is None
    assert join.rest() == []


def test_a_project_that_is_renamed_between_two_pages_is_one() -> None:
    """It counts once, under its later name; other numbers are refused as ever."""
    old, new = (result("a", project_id="p", project_name=name) for name in ("Old", "New"))
    join = joiner(held=bucket(0, old))
    join.add([bucket(0, new)], continues=True)
    assert [(found.project_name, found.input_tokens) for found in join.held.results] == [("New", 1)]
    other = result("a", 2, project_id="p", project_name="Newer")
    with pytest.raises(PaginationError, match="other numbers"):
        join.add([bucket(0, other)], continues=True)


def test_a_bucket_that_has_grown_says_so_everywhere() -> None:
    """Its end as text is that of the later answer; what only one answer has is kept."""
    now = DAY // 2
    join = joiner(now=now, held=bucket(0, result("a"), end=-DAY + 100, end_time_iso="at 100", first=1))
    join.add([bucket(0, result("b"), end=-DAY + 200, end_time_iso="at 200", then=2)], continues=True)
    assert (join.held.end_time, join.held.end_time_iso) == (200, "at 200")
    assert dict(join.held.additional_properties) == {"first": 1, "then": 2}


def test_a_continuation_is_joined_in_order() -> None:
    """Results of both parts, each once, the first part first; what follows is not touched."""
    join = joiner(held=bucket(0, result("a"), result("b")))
    (whole,) = join.add([bucket(0, result("b"), result("c")), bucket(1, result("d"))], continues=True)
    assert models(whole) == [("a", 1), ("b", 1), ("c", 1)]
    assert (whole.start_time, whole.end_time) == (0, DAY)
    assert models(join.held) == [("d", 1)]


def test_other_numbers_for_the_same_dimensions_are_refused_once_it_is_over() -> None:
    """Nothing is changed by it; the message names the bucket."""
    held = bucket(3, result("a", 1))
    join = joiner(now=4 * DAY, held=held)
    with pytest.raises(PaginationError) as caught:
        join.add([bucket(3, result("a", 2))], continues=True)
    assert str(caught.value) == (
        "completions: the bucket [259200, 345600) continues with other numbers for the same dimensions"
    )
    assert join.held is held


@pytest.mark.parametrize("end", [0, -100])
def test_the_present_bucket_may_grow(end: int) -> None:
    """The later numbers win, in the place of the earlier ones, and the later end."""
    join = joiner(now=4 * DAY - 0.5, held=bucket(3, result("a", 1), result("b", 5), end=-200))
    assert join.add([bucket(3, result("a", 2), end=end)], continues=True) == []
    assert models(join.held) == [("a", 2), ("b", 5)]
    assert join.held.end_time == 4 * DAY + end


def test_what_is_over_is_told_by_the_full_end() -> None:
    """A bucket that was cut off yesterday does not grow, although its end is earlier still."""
    join = joiner(now=4 * DAY, held=bucket(3, result("a", 1), end=-200))
    with pytest.raises(PaginationError, match="other numbers"):
        join.add([bucket(3, result("a", 2), end=-200)], continues=True)


def test_a_bucket_that_is_cut_in_front_ends_with_the_others() -> None:
    """Its full end is that of its day, whenever it begins."""
    parts = [bucket(3, result("a", tokens)) for tokens in (1, 2)]
    held, more = (attrs.evolve(part, start_time=3 * DAY + 50) for part in parts)
    with pytest.raises(PaginationError, match="other numbers"):
        joiner(now=4 * DAY + 10, held=held).add([more], continues=True)
    joiner(now=4 * DAY - 10, held=held).add([more], continues=True)


def test_labels_that_the_document_lacks_tell_results_apart() -> None:
    """Text, truth values and null do; numbers and what is nested do not."""
    join = joiner(
        held=bucket(0, result("a", 1, tier="x"), result("a", 2, tier=None), result("a", 3, tier=True))
    )
    join.add([bucket(0, result("a", 4, tier="y"), result("a", 1, tier="x"))], continues=True)
    assert models(join.held) == [("a", 1), ("a", 2), ("a", 3), ("a", 4)]
    numbers = joiner(held=bucket(0, result("a", 1, price=1, parts={"b": 1})))
    with pytest.raises(PaginationError, match="other numbers"):
        numbers.add([bucket(0, result("a", 2, price=2, parts={"c": 1}))], continues=True)


def test_results_of_an_unknown_kind_are_joined() -> None:
    """Each once."""
    held = bucket(0, {"object": "new", "of": 1}, {"object": "new", "of": 2})
    join = joiner(held=held)
    join.add([bucket(0, {"object": "new", "of": 2}, {"object": "new", "of": 3})], continues=True)
    assert [one.data["of"] for one in join.held.unknown_results] == [1, 2, 3]


def test_costs_are_told_apart_by_currency_and_line_item() -> None:
    """The amount itself is a number."""
    join = joiner(held=bucket(0, cost("1", "usd", line_item="x"), request=COSTS), request=COSTS)
    more = bucket(0, cost("2", "eur", line_item="x"), cost("3", "usd", line_item="y"), request=COSTS)
    join.add([more], continues=True)
    assert [str(one.amount.value) for one in join.held.results] == ["1", "2", "3"]
    with pytest.raises(PaginationError, match="other numbers"):
        join.add([bucket(0, cost("9", "usd", line_item="y"), request=COSTS)], continues=True)


def test_dimensions_are_all_that_is_no_number() -> None:
    """Tag, labels and currency, in the document's order; then the new labels by name."""
    found = bucket(0, result("m", 7, project_id="p", zone="z", area="a", rate=2)).results[0]
    completions = dimensions(OPERATIONS["completions"], found)
    assert completions == (
        *("organization.usage.completions.result", "p", None, None, "m", None, None, None),
        *(("area", "a"), ("zone", "z")),
    )
    without = {"object": "organization.costs.result", "line_item": "l", "quantity": 2}
    free = bucket(0, without, cost("1", "usd"), request=COSTS).results
    told: Any = [dimensions(OPERATIONS["costs"], one) for one in free]
    assert told[0][:3] == ("organization.costs.result", None, "l")
    assert told[1][:3] == ("organization.costs.result", "usd", None)
