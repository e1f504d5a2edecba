"""What is particular about workbooks: totals that add up, digits that are kept, and texts that do nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars
import pytest

from openai_org_usage import InexactValueError
from openai_org_usage.tables import workbook_rows

from ..conftest import DAY
from ..display.strings import HOSTILE
from ..scripted import START, Json, page, scripted
from ..scripted import bucket as bucket_of
from .reading import sheets, text_of

HOUR = 3600
RUNNING = (
    "=cmd|'/c calc'!A0",
    "@SUM(1)",
    "\t=1",
    '=HYPERLINK("https://x.test")',
    "<r><t>x</t></r>",
    "\uff1d1",
)


def cost(amount: str, **members: Any) -> Json:
    """A result of costs in dollars, if nothing else is said."""
    money = {"value": amount, "currency": members.pop("currency", "usd")}
    return {"object": "organization.costs.result", "amount": money, **members}


def written(path: Path, *results: Json, seconds: int = DAY, **options: Any) -> list[Any]:
    """The sheets of a workbook with these costs."""
    client, _ = scripted(page(bucket_of(0, *results, end_time=START + seconds)))
    with client:
        client.costs(start_time=START, end_time=START + DAY).write(path / "costs.xlsx", **options)
    return list(sheets(path / "costs.xlsx"))


def column(sheet: Any, head: str) -> list[Any]:
    """The values below `head`."""
    (found,) = [cells for cells in sheet.iter_cols() if cells[0].value == head]
    return [text_of(cell) for cell in found[1:]]


def test_amounts_are_numbers_beside_their_digits(tmp_path: Path) -> None:
    """With a formula below the numbers, and below the digits the exact sum."""
    amounts = ["1234.567890123456789012345678", "-0.000000000000000000000000000042"]

    (sheet,) = written(tmp_path, *map(cost, amounts))

    assert column(sheet, "amount_value") == [1234.567890123457, -4.2e-29, "=SUM(D2:D3)"]
    total = "1234.567890123456789012345677999958"
    assert column(sheet, "amount_value_exact") == [*amounts[:1], "-" + "0." + "0" * 28 + "42", total]
    assert sheet["D2"].number_format == sheet["D4"].number_format == "#,##0.00"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == (
        "A2",
        f"A1:{sheet.cell(1, sheet.max_column).column_letter}3",
    )


@pytest.mark.parametrize(
    ("options", "totals"),
    [
        ({}, ['=SUMIF(F2:F4,"usd",D2:D4)', '=SUMIF(F2:F4,"eur",D2:D4)']),
        ({"columns": ["line_item", "amount_value"]}, [3, 20]),
    ],
)
def test_currencies_are_never_added_up(options: dict[str, Any], totals: list[Any], tmp_path: Path) -> None:
    """There is a total for each; a number, where no column says which amounts are of it."""
    results = [cost("1"), cost("20", currency="eur"), cost("2", currency="USD")]

    (sheet,) = written(tmp_path, *results, **options)

    assert column(sheet, "amount_value")[3:] == totals
    assert column(sheet, "amount_value_exact")[3:] == ["3", "20"]
    assert [sheet.cell(row, 1).value for row in (5, 6)] == ["Total usd", "Total eur"]


def test_times_are_dates_of_whole_days_and_moments_else(tmp_path: Path) -> None:
    """Both in UTC, as the heads say."""
    looks = {}
    for seconds in (DAY, HOUR):
        (sheet,) = written(tmp_path, cost("1"), seconds=seconds)
        assert [sheet["A1"].value, sheet["B1"].value] == ["start_time (UTC)", "end_time (UTC)"]
        assert isinstance(sheet["A2"].value, datetime)
        looks[seconds] = sheet["A2"].number_format
    assert looks == {DAY: "yyyy-mm-dd", HOUR: "yyyy-mm-dd hh:mm:ss"}


def test_no_text_is_run(tmp_path: Path) -> None:
    """Each is a text cell with what came, without a formula or link; those that look like one are quoted."""
    texts = [*RUNNING, *HOSTILE]

    (sheet,) = written(tmp_path, *(cost("1", line_item=text) for text in texts))

    cells = [sheet.cell(row, 7) for row in range(2, len(texts) + 2)]
    assert [text_of(cell) for cell in cells] == texts
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
    assert all(cell.quotePrefix for cell in cells[:4])


def test_more_rows_than_a_sheet_holds_go_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with a head and totals of its own."""
    monkeypatch.setattr(workbook_rows, "ROWS_AT_MOST", 2)

    found = written(tmp_path, *(cost(str(number)) for number in range(1, 6)))

    assert [sheet.title for sheet in found] == ["costs", "costs (2)", "costs (3)"]
    assert [column(sheet, "amount_value_exact") for sheet in found] == [
        ["1", "2", "3"],
        ["3", "4", "7"],
        ["5", "5"],
    ]


def test_a_text_that_no_cell_holds_is_refused(tmp_path: Path) -> None:
    """The error names the column, and no file is made."""
    with pytest.raises(InexactValueError, match="line_item: a text of 40,000 characters"):
        written(tmp_path, cost("1", line_item="x" * 40_000))
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_no_cell_holds_are_texts(tmp_path: Path) -> None:
    """Then the total is no formula, which would leave them out."""
    (sheet,) = written(tmp_path, cost("1E+400"), cost("2"))

    assert column(sheet, "amount_value") == ["1E+400", 2, str(10**400 + 2)]


@pytest.mark.parametrize("format", ["csv", "parquet", "xlsx"])
def test_columns_without_a_value_are_left_out_on_request(format: str, tmp_path: Path) -> None:
    """In every format; where there are no rows, none is left out."""
    client, _ = scripted(page(bucket_of(0, cost("1", line_item="x"))), page(bucket_of(0, results=[])))
    kept = {"start_time", "end_time", "object", "amount_value", "amount_currency", "line_item"}
    found: list[set[str]] = []
    with client:
        for name in ("filled", "empty"):
            path = tmp_path / f"{name}.{format}"
            client.costs(start_time=START, end_time=START + DAY).write(path, drop_empty=True)
            found.append(names_in(path))
    assert found[0] == kept < found[1]


def names_in(path: Path) -> set[str]:
    """The columns of a file."""
    if path.suffix == ".xlsx":
        return {str(cell.value).removesuffix(" (UTC)").removesuffix("_exact") for cell in sheets(path)[0][1]}
    return set(polars.read_csv(path).columns if path.suffix == ".csv" else polars.read_parquet(path).columns)
