"""CONTRACT.md 2: money is exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage import sum_amounts
from openai_org_usage.money import exact_sum

from .scripted import START, Json, bucket, page, scripted


def cost(value: Any, *, currency: str | None = "usd", raw: bool = False) -> Json:
    amount = value if raw else {"value": value, "currency": currency}
    return {"object": "organization.costs.result", "amount": amount}


def amounts(*results: Json) -> dict[str, Decimal]:
    client, _ = scripted(page(bucket(0, *results)))
    return sum_amounts(client.costs(start_time=START).rows())


def test_thirty_digits_add_up_without_rounding() -> None:
    """Decimal strings as the API sends them keep every digit, also in a large sum."""
    smallest = "0.000000000000000000000000000001"
    total = amounts(cost("123456789.001589850000000000000000000000"), cost(smallest), cost(smallest))
    assert str(total["usd"]) == "123456789.001589850000000000000000000002"


def test_numbers_and_strings_are_the_same_money() -> None:
    """A JSON number never passes through a binary float."""
    assert amounts(cost(0.1), cost("0.1"), cost(0.1)) == {"usd": Decimal("0.3")}
    assert sum_amounts([]) == {}


def test_currencies_are_never_mixed() -> None:
    """Sums are per currency."""
    assert amounts(cost("1"), cost("2", currency="eur"), cost("3")) == {
        "usd": Decimal(4),
        "eur": Decimal(2),
    }


@pytest.mark.parametrize(
    "nothing", [cost(None), cost(None, raw=True), {"object": "organization.costs.result"}]
)
def test_no_amount_is_not_zero(nothing: Json) -> None:
    """A row without an amount adds no currency."""
    assert amounts(nothing) == {}
    assert amounts(nothing, cost("5", currency="eur")) == {"eur": Decimal(5)}


def test_an_amount_without_currency_is_an_error() -> None:
    """It cannot be added to anything."""
    for currency in (None, "", "  "):
        with pytest.raises(ValueError, match="no currency"):
            amounts(cost("5", currency=currency))


def test_sums_of_a_million_small_amounts_are_exact() -> None:
    """The sum of equal parts is the whole."""
    assert exact_sum([Decimal("0.000001")] * 1_000_000) == 1


def test_a_sum_is_taken_of_rows_results_buckets_and_queries() -> None:
    """Whatever of costs one has in hand."""
    pages = [
        page(
            bucket(0, cost("1.5"), cost(None), cost("2", currency="EUR")),
            bucket(1, cost("1", currency="eur")),
        )
    ]
    client, _ = scripted(*pages * 3)
    query = client.costs(start_time=START)
    buckets = list(query)

    expected = {"usd": Decimal("1.5"), "eur": Decimal(3)}
    assert sum_amounts(query) == sum_amounts(query.rows()) == sum_amounts(buckets) == expected
    assert sum_amounts(result for each in buckets for result in each.results) == expected


def test_currencies_are_the_same_in_any_case() -> None:
    """With blanks around, too; they are told in lower case."""
    found = amounts(cost("1", currency="USD"), cost("2", currency=" usd\n"), cost("4", currency="Usd"))
    assert found == {"usd": Decimal(7)}


@pytest.mark.parametrize("wrong", [["1.5"], [Decimal(1)], [{"amount": 1}], [None]])
def test_what_has_no_amount_is_refused_in_true_words(wrong: Any) -> None:
    """The message says what to give instead."""
    with pytest.raises(TypeError, match=r"takes rows, results or buckets of costs.*has no amount"):
        sum_amounts(wrong)


def test_zeros_of_any_size_add_nothing() -> None:
    """A sum has no more digits than its parts."""
    assert str(amounts(cost("0E-6176"), cost("1.50"), cost("-0E-30"), cost(0.0))["usd"]) == "1.50"
    assert str(amounts(cost("0E-6176"))["usd"]) == "0"


def test_a_sum_has_no_more_digits_than_it_needs() -> None:
    """What cancels leaves no thousands of zeros, and a large power of ten stays one."""
    assert str(exact_sum([Decimal("1E-6176"), Decimal("-1E-6176"), Decimal(5)])) == "5"
    assert str(exact_sum([Decimal("0E-6176"), Decimal("1E+6111")])) == "1E+6111"
    assert str(exact_sum([Decimal("1E-6176"), Decimal("1E-6176")])) == "2E-6176"


def test_a_result_that_cannot_be_read_is_never_left_out_of_a_sum() -> None:
    """Pages hand it out; a sum of their buckets is refused."""
    client, _ = scripted(page(bucket(0, cost("1"), cost("a lot"))))
    (found,) = client.costs(start_time=START).pages()
    with pytest.raises(ValueError, match="cannot be read"):
        sum_amounts(found.data)


@pytest.mark.parametrize("wrong", [None, 7, 1.5])
def test_what_is_no_list_is_refused_in_true_words(wrong: Any) -> None:
    """With what to give instead."""
    with pytest.raises(TypeError, match="takes rows, results or buckets of costs"):
        sum_amounts(wrong)
