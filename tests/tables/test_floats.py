"""`decimals="float64"`: binary floats beside the exact numbers, never in their place, never unasked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, AsyncUsageClient, UsageClient
from openai_org_usage.emulator import Emulator
from openai_org_usage.errors import InvalidParameterError
from openai_org_usage.tables.columns import columns_of, with_floats
from openai_org_usage.tables.writing import write_buckets

from ..conftest import DAY, MIDNIGHT, NOW
from .reading import pa

polars: Any = pytest.importorskip("polars")
pandas: Any = pytest.importorskip("pandas")
pq: Any = pytest.importorskip("pyarrow.parquet")

COSTS: dict[str, Any] = {
    "start_time": MIDNIGHT - 5 * DAY,
    "end_time": MIDNIGHT,
    "group_by": ["line_item", "project_id"],
}
FLOATS = {"amount_value": "amount_value_float", "quantity": "quantity_float"}


@pytest.fixture
def costs(client: UsageClient) -> Any:
    return client.costs(**COSTS)


def expected(costs: Any) -> dict[str, list[float | None]]:
    """The floats of each exact column, by Python's own conversion, which is the nearest."""
    rows = costs.to_records()
    return {
        name: [None if row[exact] is None else float(row[exact]) for row in rows]
        for exact, name in FLOATS.items()
    }


def test_floats_stand_after_the_exact_numbers(costs: Any) -> None:
    """Each the nearest float, null where there is no number; all else is as without them."""
    table, plain = costs.to_arrow(decimals="float64"), costs.to_arrow()
    assert table.drop_columns(list(FLOATS.values())) == plain
    for exact, name in FLOATS.items():
        assert table.column_names.index(name) == table.column_names.index(exact) + 1
        assert table.schema.field(name).type == pa.float64()
        assert table[name].to_pylist() == expected(costs)[name]
    assert not [field for field in plain.schema if pa.types.is_floating(field.type)]


def test_chosen_columns_bring_theirs(costs: Any) -> None:
    """A float is never without its exact number; named, it has a place of its own."""
    table = costs.to_arrow(columns=["quantity", "line_item", "amount_value"], decimals="float64")
    assert table.column_names == [
        "quantity",
        "quantity_float",
        "line_item",
        "amount_value",
        "amount_value_float",
    ]
    named = ["amount_value_float", "line_item", "amount_value"]
    assert costs.to_arrow(columns=named, decimals="float64").column_names == named
    with pytest.raises(InvalidParameterError, match="amount_value_float stands beside amount_value"):
        costs.to_arrow(columns=["amount_value_float"], decimals="float64")
    with pytest.raises(InvalidParameterError, match="cannot be 'amount_value_float'"):
        costs.to_arrow(columns=named)


def test_polars_and_pandas_have_them(costs: Any) -> None:
    """As Float64 and float64, with null and NaN."""
    floats = expected(costs)
    frame, other = costs.to_polars(decimals="float64"), costs.to_pandas(decimals="float64")
    for exact, name in FLOATS.items():
        assert frame.schema[name] == polars.Float64
        assert frame[name].to_list() == floats[name]
        assert str(other.dtypes[name]) == "float64"
        assert other[name].dropna().to_list() == [value for value in floats[name] if value is not None]
        assert other[exact].to_list() == costs.to_pandas()[exact].to_list()


def test_the_asynchronous_query_has_them(emulator: Emulator, costs: Any) -> None:
    """In polars and pandas."""

    async def read() -> list[Any]:
        async with AsyncUsageClient(
            admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW
        ) as client:
            query = client.costs(**COSTS)
            return [await query.to_polars(decimals="float64"), await query.to_pandas(decimals="float64")]

    frame, other = asyncio.run(read())
    assert frame.equals(costs.to_polars(decimals="float64"))
    assert other.equals(costs.to_pandas(decimals="float64"))


@pytest.mark.parametrize("format", ["parquet", "arrow", "csv", "ndjson", "json"])
def test_files_have_them(format: str, costs: Any, tmp_path: Path) -> None:
    """In every format the same columns; of a query and of buckets."""
    paths = [tmp_path / f"{name}.{format}" for name in ("query", "buckets")]
    costs.write(paths[0], decimals="float64")
    write_buckets(list(costs), paths[1], operation=OPERATIONS["costs"], decimals="float64")
    for path in paths:
        frame = _READERS[format](path)
        assert frame["amount_value_float"].to_list() == expected(costs)["amount_value_float"]
        assert frame.columns == costs.to_arrow(decimals="float64").column_names


def of_lines(path: Path) -> Any:
    return polars.DataFrame(list(map(json.loads, path.read_text().splitlines())), infer_schema_length=None)


def of_json(path: Path) -> Any:
    return polars.DataFrame(json.loads(path.read_text()), infer_schema_length=None)


_READERS: dict[str, Callable[[Path], Any]] = {
    "parquet": polars.read_parquet,
    "arrow": polars.read_ipc,
    "csv": polars.read_csv,
    "ndjson": of_lines,
    "json": of_json,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_name_means_two_columns(name: str) -> None:
    """A field of the document is not called as a column of floats."""
    names = [column.name for column in with_floats(columns_of(OPERATIONS[name]))]
    assert len(set(names)) == len(names)


def test_polars_takes_text_and_refuses_what_it_has_not(costs: Any, emulator: Emulator) -> None:
    """It ends the process on decimals of 256 bits: nothing is sent, and the error says what to take."""
    text = costs.to_polars(columns=["amount_value"], decimals="string")["amount_value"]
    assert text.dtype == polars.String
    before = len(emulator.requests)
    with pytest.raises(
        InvalidParameterError, match=r'no decimals of 256 bits: pass decimals="string".*"float64"'
    ):
        costs.to_polars(decimals="decimal256")
    assert len(emulator.requests) == before
