"""Exact sums."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from openai_org_usage.money import exact_sum, sum_amounts


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
