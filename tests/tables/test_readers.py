"""polars, pandas, DuckDB and pyarrow read a query as it is."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage import AsyncUsageClient, UsageClient, sum_amounts
from openai_org_usage.emulator import Emulator
from openai_org_usage.money import exact_sum

from ..conftest import DAY, MIDNIGHT, NOW
from .reading import of_table, pa

polars: Any = pytest.importorskip("polars")
pandas: Any = pytest.importorskip("pandas")
duckdb: Any = pytest.importorskip("duckdb")

COSTS: dict[str, Any] = {
    "start_time": MIDNIGHT - 12 * DAY,
    "end_time": MIDNIGHT,
    "group_by": ["line_item", "project_id"],
}


@pytest.fixture
def costs(client: UsageClient) -> Any:
    return client.costs(**COSTS)


@pytest.fixture
def total(costs: Any) -> Decimal:
    return sum_amounts(costs.rows())["usd"]


def test_pyarrow_reads_the_stream(costs: Any) -> None:
    """`pyarrow.table(query)` is the table."""
    assert pa.table(costs) == costs.to_arrow()


def test_polars_reads_the_stream(costs: Any, total: Decimal) -> None:
    """Times in microseconds, decimals of 38 digits, and the sum to the last digit."""
    frame = polars.DataFrame(costs)
    assert frame.equals(costs.to_polars())
    assert frame.schema["amount_value"] == polars.Decimal(38, 30)
    assert frame.schema["start_time"] == polars.Datetime("us", "UTC")
    assert frame["amount_value"].sum() == total
    assert frame["line_item"].cast(polars.String).to_list() == [row.line_item for row in costs.rows()]


@pytest.mark.skipif(not hasattr(pandas.DataFrame, "from_arrow"), reason="pandas 3 begins to read streams")
def test_pandas_reads_the_stream(costs: Any, total: Decimal) -> None:
    """`DataFrame.from_arrow(query)` has the rows."""
    frame = pandas.DataFrame.from_arrow(costs)
    assert len(frame) == costs.to_arrow().num_rows
    assert exact_sum(frame["amount_value"]) == total


def test_duckdb_reads_the_stream(costs: Any, total: Decimal) -> None:
    """By the name of the variable; the sum is exact, the groups are those of the rows."""
    query = costs
    (sums,) = duckdb.sql("select sum(amount_value), count(*), min(epoch(start_time)) from query").fetchall()
    assert sums == (total, query.to_arrow().num_rows, COSTS["start_time"])
    grouped = dict(duckdb.sql("select line_item, count(*) from query group by 1").fetchall())
    assert grouped == dict(query.to_polars()["line_item"].cast(polars.String).value_counts().iter_rows())


def test_a_pandas_frame_loses_nothing(client: UsageClient, costs: Any, total: Decimal) -> None:
    """Counts that may be null are integers, decimals are exact in sums and groups, times can be resampled."""
    frame = costs.to_pandas()
    assert str(frame.dtypes["amount_value"]) == "decimal128(38, 30)[pyarrow]"
    assert frame["amount_value"].sum() == total
    by_day = frame.set_index("start_time").resample("1D")["line_item"].count()
    assert len(by_day) == 12
    usage = client.completions(start_time=MIDNIGHT - DAY, end_time=MIDNIGHT).to_pandas()
    assert str(usage.dtypes["input_cache_write_30m_tokens"]) == "Int64"
    assert str(usage.dtypes["batch"]) == "boolean"


def test_a_stream_is_sent_when_it_is_read(costs: Any, emulator: Emulator) -> None:
    """Asking for the capsule alone sends nothing; every reading sends the query anew."""
    before = len(emulator.requests)
    capsule = costs.__arrow_c_stream__()
    assert len(emulator.requests) == before
    del capsule
    assert pa.table(costs) == pa.table(costs)
    assert len(emulator.requests) > before


def test_the_asynchronous_query_has_the_same_tables(emulator: Emulator, costs: Any) -> None:
    """Records, Arrow, polars and pandas, awaited."""

    async def read() -> list[Any]:
        async with AsyncUsageClient(
            admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW
        ) as client:
            query = client.costs(**COSTS)
            return [
                await query.to_records(),
                await query.to_arrow(columns=["line_item"]),
                await query.to_polars(),
                await query.to_pandas(),
            ]

    records, table, frame, other = asyncio.run(read())
    assert records == costs.to_records() == of_table(costs.to_arrow())
    assert table == costs.to_arrow(columns=["line_item"])
    assert frame.equals(costs.to_polars())
    assert other.equals(costs.to_pandas())
