"""Pages that nobody thought of: both ways of decoding read them alike, and all that they say."""

from __future__ import annotations

import json
import pickle
import warnings
from decimal import Decimal
from typing import Any, TypeGuard

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openai_org_usage._generated import Model, UnknownFieldWarning, usage_completions, usage_costs

from .contract import Json

COUNTS = st.integers(0, 2**63 - 1)
TEXTS = st.none() | st.text(max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
UNKNOWN = st.dictionaries(st.sampled_from(["news", "π", "_unknown_1", "unknown_results"]), VALUES, max_size=3)
AMOUNTS = (
    st.decimals(allow_nan=False, allow_infinity=False)
    .filter(lambda amount: -100 <= amount.adjusted() <= 100)
    .map(str)
)


def joined(known: Json, other: Json) -> Json:
    """`other`, and `known` over it."""
    return other | known


def objects(required: Json, optional: Json) -> st.SearchStrategy[Json]:
    """Objects with all of `required`, some of `optional` and some unknown members."""
    return st.builds(joined, st.fixed_dictionaries(required, optional=optional), UNKNOWN)


def pages_of(result: st.SearchStrategy[Json]) -> st.SearchStrategy[bytes]:
    """Pages of up to two buckets with up to three results."""
    bucket = objects(
        {
            "object": st.just("bucket"),
            "start_time": COUNTS,
            "end_time": COUNTS,
            "results": st.lists(result, max_size=3),
        },
        {},
    )
    return objects(
        {
            "object": st.just("page"),
            "data": st.lists(bucket, max_size=2),
            "has_more": st.booleans(),
            "next_page": TEXTS,
        },
        {},
    ).map(lambda value: json.dumps(value).encode())


COMPLETIONS = pages_of(
    objects(
        {
            "object": st.just("organization.usage.completions.result"),
            "input_tokens": COUNTS,
            "output_tokens": COUNTS,
            "num_model_requests": COUNTS,
        },
        {"input_cached_tokens": st.none() | COUNTS, "model": TEXTS, "batch": st.none() | st.booleans()},
    )
)
COSTS = pages_of(
    objects(
        {"object": st.just("organization.costs.result")},
        {
            "amount": st.none()
            | objects({}, {"value": st.none() | AMOUNTS | st.integers(0, 9), "currency": TEXTS}),
            "quantity": st.none() | AMOUNTS | st.floats(1e-90, 1e9),
            "line_item": TEXTS,
        },
    )
)
EXAMPLES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_both_ways(request: Any, body: bytes) -> tuple[Any, Any]:
    """The page in `body` the fast way, and the slow way, which the old name of a member asks for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        request.decode(body)
        fast = request.decode(body)
        slow = request.decode(body.replace(b'"results": ', b'"result": '))
    return fast, slow


def said(node: object) -> object:
    """`node` less the members that are null: the model says None for one that is missing, too."""
    if is_object(node):
        return {name: said(value) for name, value in node.items() if value is not None}
    return [said(item) for item in node] if is_array(node) else node


def is_object(node: object) -> TypeGuard[Json]:
    """Whether it is a JSON object."""
    return isinstance(node, dict)


def is_array(node: object) -> TypeGuard[list[object]]:
    """Whether it is a JSON array."""
    return isinstance(node, list)


@EXAMPLES
@given(COMPLETIONS)
def test_any_page_of_completions_is_read_alike_and_whole(body: bytes) -> None:
    """Fast and slow way give equal pages, which say all that the body says."""
    fast, slow = read_both_ways(usage_completions.request(start_time=0), body)

    assert (fast, repr(fast)) == (slow, repr(slow))
    assert unknown_of(fast) == unknown_of(slow)
    assert said(fast.to_dict()) == said(json.loads(body, parse_float=Decimal))


@EXAMPLES
@given(COSTS)
def test_any_page_of_costs_is_read_alike_and_whole(body: bytes) -> None:
    """The same of costs, whose amounts are objects; numbers are compared as exact ones."""
    fast, slow = read_both_ways(usage_costs.request(start_time=0), body)

    assert (fast, repr(fast)) == (slow, repr(slow))
    assert unknown_of(fast) == unknown_of(slow)
    assert said(fast.to_dict()) == said(exact_amounts(json.loads(body, parse_float=Decimal)))
    assert attrs.evolve(fast) == pickle.loads(pickle.dumps(fast)) == fast


def exact_amounts(content: Json) -> Json:
    """`content` of a page of costs with decimals for the exact numbers."""
    results: list[Json] = [result for bucket in content["data"] for result in bucket["results"]]
    for result in results:
        amount: Json = result.get("amount") or {}
        for holder, name in ((amount, "value"), (result, "quantity")):
            if holder.get(name) is not None:
                holder[name] = Decimal(holder[name])
    return content


def unknown_of(read: Any) -> list[dict[str, str]]:
    """The unknown members of the models on a page, written out: 1 and 1.0 are not the same."""
    results = [result for bucket in read.data for result in bucket.results]
    amounts = [result.amount for result in results if getattr(result, "amount", None)]
    models: list[Model] = [read, *read.data, *results, *amounts]
    return [{name: repr(value) for name, value in m.additional_properties.items()} for m in models]
