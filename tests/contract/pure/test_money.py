"""Exact sums."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from openai_org_usage.money import currency_code, exact_sum, sum_amounts


@attrs.frozen
class Amount:
    """An amount, as results have it."""

    value: Decimal | None
    currency: str | None = "usd"


@attrs.frozen
class Result:
    """A result of costs."""

    amount: Amount | None


@attrs.frozen
class Unknown:
    """A result that may be unreadable."""

    problem: str | None


@attrs.frozen
class Bucket:
    """A bucket of costs."""

    results: list[Result]
    unknown_results: tuple[Unknown, ...] = ()


@attrs.frozen
class BareBucket:
    """What has results, and nothing else."""

    results: list[Result]


@attrs.frozen
class Row:
    """A row of costs."""

    amount_value: Decimal | None
    amount_currency: str | None


def test_sums_are_exact() -> None:
    """However many digits that takes."""
    assert exact_sum([]) == 0
    assert exact_sum([1, Decimal("0.1"), 2]) == Decimal("3.1")
    tiny, huge = Decimal("1e-199"), Decimal("1e200")
    assert exact_sum([huge, tiny, -huge]) == tiny
    long = Decimal("0." + "9" * 5000)
    assert str(exact_sum([long, 1])) == "1." + "9" * 5000


def test_amounts_are_summed_by_currency() -> None:
    """In the order in which currencies come; no amount is no currency."""
    rows = [Row(Decimal(1), "usd"), Row(None, "chf"), Row(Decimal(2), "eur"), Row(Decimal("0.5"), "usd")]
    assert list(sum_amounts(rows).items()) == [("usd", Decimal("1.5")), ("eur", Decimal(2))]
    assert sum_amounts([Row(None, None)]) == {}
    assert sum_amounts([Row(Decimal("1e200"), "usd"), Row(Decimal("1e-199"), "usd")])["usd"] > Decimal(
        "1e200"
    )
    long = Decimal("0." + "9" * 5000)
    assert str(sum_amounts([Row(Decimal(1), "usd"), Row(long, "usd")])["usd"]) == "1." + "9" * 5000


@pytest.mark.parametrize("currency", [None, ""])
def test_an_amount_needs_a_currency(currency: str | None) -> None:
    """The message shows the amount."""
    with pytest.raises(ValueError, match=r"^the amount 1\.5 has no currency$"):
        sum_amounts([Row(Decimal(1), "usd"), Row(Decimal("1.5"), currency)])


def test_a_sum_is_written_as_its_amounts_are() -> None:
    """Except for zeros beyond what any amount needs, as amounts leave that cancel each other."""
    assert str(exact_sum([Decimal("1.50")])) == "1.50"
    assert str(exact_sum([Decimal("1E+5")])) == "1E+5"
    assert str(exact_sum([1, Decimal("1E-99"), Decimal("-1E-99")])) == "1." + "0" * 99
    assert str(exact_sum([1, Decimal("1E-100"), Decimal("-1E-100")])) == "1"


def test_results_and_buckets_are_summed_like_rows() -> None:
    """Nothing is counted that has no amount; no amount at all is a sum of zero."""
    results = [Result(Amount(Decimal(1))), Result(None), Result(Amount(None)), Result(Amount(Decimal(2)))]
    assert sum_amounts(results) == {"usd": 3}
    assert sum_amounts([Bucket(results, (Unknown(None),)), BareBucket(results)]) == {"usd": 6}
    assert sum_amounts([Row(Decimal(0), "usd")]) == {"usd": 0}


def test_what_cannot_be_read_cannot_be_summed() -> None:
    """The sum would be too small."""
    with pytest.raises(ValueError, match=r"^a result of the bucket cannot be read: no number$"):
        sum_amounts([Bucket([], (Unknown("no number"),))])


@pytest.mark.parametrize(("costs", "problem"), [(7, "int is no list of them"), (["7"], "str has no amount")])
def test_what_is_no_costs_is_refused(costs: Any, problem: str) -> None:
    """With an example."""
    with pytest.raises(TypeError) as caught:
        sum_amounts(costs)
    assert str(caught.value) == (
        "sum_amounts takes rows, results or buckets of costs, such as client.costs(...).rows(); " + problem
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [(" USD ", "usd"), ("eur", "eur"), ("us", None), ("usdx", None), ("us1", None), ("\u00fcsd", None)],
)
def test_a_currency_is_meant_by_three_letters(text: str, code: str | None) -> None:
    """Of ASCII, in whichever case."""
    assert currency_code(text) == code
