"""What decoding hands out: instances like those made by hand, whichever way they were read."""

from __future__ import annotations

import copy
import pickle
import weakref
from decimal import Decimal

import attrs
import pytest

from openai_org_usage._generated import (
    CostsBucket,
    CostsPage,
    CostsResult,
    CostsResultAmount,
    CostsRow,
    Model,
    usage_costs,
)

from .pages import COST, page

BODY = page(COST % "1.50", '{"object": "organization.costs.result", "line_item": "x"}')
BY_HAND = CostsPage(
    object="page",
    data=[
        CostsBucket(
            object="bucket",
            start_time=0,
            end_time=86400,
            results=[
                CostsResult(
                    object="organization.costs.result",
                    amount=CostsResultAmount(value=Decimal("1.50"), currency="usd"),
                ),
                CostsResult(object="organization.costs.result", line_item="x"),
            ],
        )
    ],
    has_more=False,
    next_page=None,
)


@pytest.fixture(params=["fast", "slow"])
def read(request: pytest.FixtureRequest) -> CostsPage:
    """The page, as documented, and spelt as in old documents, which is read slowly."""
    body = BODY if request.param == "fast" else BODY.replace(b'"results"', b'"result"')
    return usage_costs.request(start_time=0).decode(body)


def parts(read: CostsPage) -> list[Model]:
    """One model of each kind on the page."""
    (bucket,) = read.data
    amount = bucket.results[0].amount
    assert amount is not None
    return [read, bucket, bucket.results[0], amount]


def test_a_decoded_page_is_the_one_made_by_hand(read: CostsPage) -> None:
    """Class, value, repr and pickle are the same."""
    kinds = [CostsPage, CostsBucket, CostsResult, CostsResultAmount]

    assert [type(part) for part in parts(read)] == kinds
    assert (read, repr(read)) == (BY_HAND, repr(BY_HAND))
    assert pickle.dumps(read) == pickle.dumps(pickle.loads(pickle.dumps(read)))
    assert pickle.loads(pickle.dumps(read)) == copy.deepcopy(read) == BY_HAND


def test_the_models_are_attrs_classes(read: CostsPage) -> None:
    """What attrs offers works on them: fields, asdict, evolve with its validators."""
    (result, _) = read.data[0].results
    amount = CostsResultAmount(value=Decimal("2"), currency="usd")

    assert [attrs.has(type(part)) for part in parts(read)] == [True] * 4
    assert attrs.asdict(read) == attrs.asdict(BY_HAND)
    assert attrs.evolve(result, amount=amount).amount == amount
    with pytest.raises(ValueError, match="`quantity` is not a finite decimal"):
        attrs.evolve(result, quantity=Decimal("NaN"))


def test_nothing_of_a_page_can_be_changed(read: CostsPage) -> None:
    """No member can be set or deleted, on any model, and none can be added."""
    for part in parts(read):
        for name in [attribute.name for attribute in attrs.fields(type(part))] + ["other"]:
            with pytest.raises(AttributeError):
                setattr(part, name, None)
            with pytest.raises(AttributeError):
                delattr(part, name)

    assert read == BY_HAND


def test_a_result_is_hashed_by_value_and_can_be_referred_to_weakly(read: CostsPage) -> None:
    """As of any frozen attrs class."""
    result, other = read.data[0].results
    reference = weakref.ref(result)

    assert {result, copy.copy(result)} == {result}
    assert hash(result) != hash(other)
    assert reference() is result


def test_the_rows_of_a_bucket_are_those_made_one_by_one(read: CostsPage) -> None:
    """`of_bucket` only saves time."""
    (bucket,) = read.data

    rows = list(CostsRow.of_bucket(bucket))

    assert rows == [CostsRow(bucket.start_time, bucket.end_time, result) for result in bucket.results]
    assert [(type(row), row.amount_value) for row in rows] == [(CostsRow, Decimal("1.50")), (CostsRow, None)]
    with pytest.raises(AttributeError):
        setattr(rows[0], "start_time", 1)  # noqa: B010
