"""An answer with all recorded oddities at once, read in every way there is."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars
import pytest

from openai_org_usage import InexactValueError, UnknownFieldWarning, UsageClient, sum_amounts
from openai_org_usage.emulator import Emulator, FaultPlan, faults
from openai_org_usage.money import exact_sum

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")

ODD_AMOUNTS = (
    "0E-6176",
    "0.000012345678901234567890123456789012345",  # 39 decimals
    "1E-7",
    "4.2e-05",
    "0E-30",
    "-0.01",
    "0.001589850000000000000000000000",
)
ODD_LINE_ITEMS = (
    "chat-latest , input",
    "gpt-4.1, cached input tokens",
    "evals | gpt-4o-mini-2024-07-18, output",
    "Image models",
    'a, "quoted" | line',
)
SPENT = exact_sum(map(Decimal, ODD_AMOUNTS))


def made_odd(page: dict[str, Any]) -> dict[str, Any]:
    """`page` with every oddity in each of its buckets; of costs, with the odd amounts alone."""
    return {**page, "news_of_the_page": True, "data": [_odd_bucket(bucket) for bucket in page["data"]]}


def _odd_bucket(bucket: dict[str, Any]) -> dict[str, Any]:
    rows = [dict(row) for row in bucket["results"]]
    if rows and "amount" in rows[0]:
        rows = [rows[number % len(rows)] | _odd_cost(number) for number in range(len(ODD_AMOUNTS))]
    odd = {"batch": "true", "size": "1024x1536", "seconds": Decimal("12.750")}
    news = {"news_of_a_row": [None, 0.1]}
    rows = [row | news | {name: value for name, value in odd.items() if name in row} for row in rows]
    return {**bucket, "results": rows}


def _odd_cost(number: int) -> dict[str, Any]:
    amount: Any = ODD_AMOUNTS[number]
    if number == 2:
        amount = Decimal(amount)  # A number, as in older answers.
    return {
        "amount": {"value": amount, "currency": "usd"},
        "quantity": 0.0 if number == 0 else Decimal("0.125"),
        "line_item": ODD_LINE_ITEMS[number % len(ODD_LINE_ITEMS)],
        "project_id": "" if number % 2 else None,
    }


@pytest.fixture(scope="module")
def api() -> Iterator[Emulator]:
    """An API whose every answer is odd."""
    with Emulator(faults=FaultPlan(faults.Altered(made_odd))) as emulator:
        yield emulator


@pytest.fixture
def odd(api: Emulator) -> Iterator[UsageClient]:
    """A client of it."""
    with UsageClient(admin_key=api.admin_key, base_url=api.base_url) as client:
        yield client


pytestmark = pytest.mark.filterwarnings(f"ignore::{UnknownFieldWarning.__module__}.UnknownFieldWarning")
QUERY: dict[str, Any] = {"start_time": "3d", "group_by": ["line_item"]}


def test_rows_and_sums(odd: UsageClient) -> None:
    """Exact; a zero is a zero."""
    rows = list(odd.costs(**QUERY).rows())
    assert len(rows) == 3 * len(ODD_AMOUNTS)
    assert [row.amount_value for row in rows[:7]] == [Decimal(text) for text in ODD_AMOUNTS]
    assert sum_amounts(rows) == {"usd": exact_sum([SPENT] * 3)}
    assert {str(row.amount_value) for row in rows if not row.amount_value} == {"0"}
    assert rows[0].additional_properties == {"news_of_a_row": [None, Decimal("0.1")]}


def test_every_endpoint(odd: UsageClient) -> None:
    """Read to the end, by rows and by columns."""
    from openai_org_usage import OPERATIONS

    for name in OPERATIONS:
        rows = list(getattr(odd, name)(start_time="2d").rows())
        table = getattr(odd, name)(start_time="2d").to_arrow(decimals="decimal256")
        assert table.num_rows == len(rows) > 0, name


def test_arrow_pandas_and_polars(odd: UsageClient) -> None:
    """Exact in wide decimals and as text."""
    expected = sorted(Decimal(text) for text in ODD_AMOUNTS * 3)
    table = odd.costs(**QUERY).to_arrow(decimals="decimal256")
    assert sorted(table.column("amount_value").to_pylist()) == expected
    frame = odd.costs(**QUERY).to_pandas(decimals="decimal256")
    assert sorted(frame["amount_value"]) == expected
    texts = odd.costs(**QUERY).to_polars(decimals="string")
    assert isinstance(texts, polars.DataFrame)
    assert sorted(map(Decimal, texts["amount_value"])) == expected


def test_what_the_default_cannot_hold_is_named(odd: UsageClient) -> None:
    """No decimal of 38 digits holds 39 decimals: the refusal says value, row and way out."""
    with pytest.raises(InexactValueError, match=r"0\.0000123456.*line_item.*decimals=") as caught:
        odd.costs(**QUERY).to_arrow()
    assert caught.value.column == "amount_value"


def amounts_of(data: bytes, format: str) -> list[Decimal]:
    """The amounts in a file, read by another program."""
    if format == "csv":
        return [Decimal(row["amount_value"]) for row in csv.DictReader(io.StringIO(data.decode()))]
    if format == "parquet":
        return list(pq.read_table(pa.BufferReader(data)).column("amount_value").to_pylist())
    if format == "arrow":
        return list(pa.ipc.open_file(pa.BufferReader(data)).read_all().column("amount_value").to_pylist())
    lines = data.decode().splitlines() if format == "ndjson" else [data.decode()]
    parsed = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines]
    rows = parsed if format == "ndjson" else parsed[0]
    return [Decimal(row["amount_value"]) for row in rows]


@pytest.mark.parametrize("format", ["csv", "ndjson", "json", "parquet", "arrow"])
def test_files_of_every_format(api: Emulator, format: str, tmp_path: Path) -> None:
    """By the console script, exact."""
    path = tmp_path / "costs"
    wide = ["--decimals", "decimal256"] if format in ("parquet", "arrow") else []
    arguments = [
        "costs",
        "--last",
        "3d",
        "--group-by",
        "line_item",
        "--format",
        format,
        "--output",
        str(path),
        *wide,
    ]
    assert run(api, *arguments).returncode == 0
    assert sorted(amounts_of(path.read_bytes(), format)) == sorted(Decimal(text) for text in ODD_AMOUNTS * 3)


@pytest.mark.parametrize(
    "arguments",
    [
        ["costs", "--last", "3d", "--group-by", "line_item"],
        ["costs", "--last", "3d", "--group-by", "line_item", "--totals"],
        ["costs", "--last", "3d", "--raw"],
        ["completions", "--last", "3d", "--group-by", "model,batch"],
        ["vector_stores", "--last", "3d"],
        ["report", "--last", "7d"],
        ["report", "--last", "7d", "--format", "json"],
        ["report", "--last", "7d", "--format", "html"],
        ["budget", "--limit", "1000000"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_every_command(api: Emulator, arguments: list[str]) -> None:
    """It answers, and has no traceback."""
    done = run(api, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "Traceback" not in done.stderr
    assert "E-6176" not in done.stdout or "--raw" in arguments


def run(api: Emulator, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    environment = {
        **os.environ,
        "OPENAI_ADMIN_KEY": api.admin_key,
        "OPENAI_BASE_URL": api.base_url,
        "COLUMNS": "100",
    }
    return subprocess.run(
        [sys.executable, "-m", "openai_org_usage", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
