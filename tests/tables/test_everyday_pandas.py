"""What people do with frames every day works as docs/data.md says: by floats, and exactly where it can be."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import pytest

from openai_org_usage import UsageClient, sum_amounts

from ..conftest import DAY, MIDNIGHT

pandas: Any = pytest.importorskip("pandas")

COSTS: dict[str, Any] = {"start_time": MIDNIGHT - 9 * DAY, "end_time": MIDNIGHT, "group_by": ["line_item"]}


@pytest.fixture(scope="module")
def frame(client: UsageClient) -> Any:
    """Costs with floats beside the exact amounts."""
    return client.costs(**COSTS).to_pandas(decimals="float64")


@pytest.fixture(scope="module")
def amounts(client: UsageClient) -> list[Decimal]:
    """The amounts."""
    return [row.amount_value for row in client.costs(**COSTS).rows() if row.amount_value is not None]


@pytest.fixture(scope="module")
def total(client: UsageClient) -> Decimal:
    return sum_amounts(client.costs(**COSTS).rows())["usd"]


@pytest.fixture
def exact(frame: Any) -> Any:
    """The amounts as Python decimals, as the page makes them."""
    return frame["amount_value"].dropna().astype(object)


def test_share_of_the_total(frame: Any, exact: Any, amounts: list[Decimal], total: Decimal) -> None:
    """Of floats to 15 digits; of decimals to as many as the context has."""
    share = frame["amount_value_float"] / frame["amount_value_float"].sum()
    assert share.sum() == pytest.approx(1)
    with localcontext(prec=60):
        assert (exact / exact.sum()).to_list() == [amount / total for amount in amounts]


def test_twice_as_much(frame: Any, exact: Any, amounts: list[Decimal]) -> None:
    """Decimals of pandas refuse it."""
    assert (frame["amount_value_float"] * 2).to_list() == [float(amount) * 2 for amount in amounts]
    with localcontext(prec=60):
        assert (exact * 2).to_list() == [amount + amount for amount in amounts]


def test_running_total(frame: Any, exact: Any, total: Decimal) -> None:
    """By day, as a bill grows; the last is the total."""
    by_day = frame.groupby("start_time")[["amount_value", "amount_value_float"]].sum()
    assert by_day["amount_value_float"].cumsum().iloc[-1] == pytest.approx(float(total))
    with localcontext(prec=60):
        assert by_day["amount_value"].astype(object).cumsum().iloc[-1] == total
        assert exact.cumsum().iloc[-1] == total


def test_the_largest(frame: Any, amounts: list[Decimal]) -> None:
    """By floats the exact amounts come along; sorting by decimals is exact."""
    largest = sorted(amounts, reverse=True)[:5]
    assert frame.nlargest(5, "amount_value_float")["amount_value"].to_list() == largest
    assert frame.sort_values("amount_value", ascending=False)["amount_value"].head().to_list() == largest


def test_description(frame: Any, exact: Any, amounts: list[Decimal]) -> None:
    """Of the whole frame, too: decimals are left out of it."""
    told = frame.describe()
    assert "amount_value" not in told
    assert told.loc["count", "amount_value_float"] == len(amounts)
    assert told.loc["max", "amount_value_float"] == float(max(amounts))
    assert (exact.min(), exact.max(), len(exact)) == (min(amounts), max(amounts), len(amounts))


def test_sums_of_groups_are_exact_as_they_are(frame: Any, total: Decimal) -> None:
    """Grouping, pivoting and resampling need no floats."""
    by_item = frame.groupby("line_item", observed=True)["amount_value"].sum()
    assert sum(by_item.to_list()) == total
    by_day = frame.set_index("start_time").resample("1D")["amount_value"].sum()
    assert sum(by_day.to_list()) == total == frame["amount_value"].sum()


def test_a_database(frame: Any, amounts: list[Decimal]) -> None:
    """Exact as text, and floats to reckon with."""
    with sqlite3.connect(":memory:") as database:
        frame.astype({"amount_value": "string", "quantity": "string"}).to_sql("costs", database, index=False)
        rows = database.execute(
            "select amount_value, amount_value_float, typeof(amount_value_float) from costs"
        )
        found = rows.fetchall()
    database.close()
    assert [Decimal(text) for text, _, _ in found] == amounts
    assert [(number, kind) for _, number, kind in found] == [(float(amount), "real") for amount in amounts]


def test_a_workbook(frame: Any, amounts: list[Decimal]) -> None:
    """Numbers of Excel have 15 digits: the exact ones are text, and times have no zone."""
    pytest.importorskip("openpyxl")
    book = io.BytesIO()
    sheet = frame.astype({"amount_value": "string", "quantity": "string"})
    sheet.assign(**{name: sheet[name].dt.tz_localize(None) for name in ("start_time", "end_time")}).to_excel(
        book, index=False
    )
    read = pandas.read_excel(book, dtype={"amount_value": str})
    assert list(map(Decimal, read["amount_value"])) == amounts
    assert read["amount_value_float"].to_list() == pytest.approx(list(map(float, amounts)))
    assert read["start_time"].iloc[0] == frame["start_time"].iloc[0].tz_localize(None)


FAILING: dict[str, Callable[[Any], object]] = {
    "twice": lambda column: column * 2,
    "share": lambda column: column / column.sum(),
    "cumsum": lambda column: column.cumsum(),
    "nlargest": lambda column: column.nlargest(3),
    "describe": lambda column: column.describe(),
}


@pytest.mark.parametrize("name", FAILING)
def test_the_page_is_still_needed(name: str, frame: Any) -> None:
    """Once pandas can do these with decimals, the page should say so."""
    with pytest.raises((TypeError, ValueError, NotImplementedError)):
        FAILING[name](frame["amount_value"])
