"""What SQL finds is written with all its digits, and as what it is, in every format."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage.cli.exit_codes import Exit

from ..conftest import Run
from .conftest import SPENT

pytest.importorskip("duckdb")
feather: Any = pytest.importorskip("pyarrow.feather")
pq: Any = pytest.importorskip("pyarrow.parquet")


def test_csv_has_every_digit(here: Path, command: Run, spent: dict[str, Decimal]) -> None:
    """And none that the amounts do not have."""
    said = command(f"sql usage '{SPENT}'")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert (said.code, said.err) == (0, "")
    assert {row["project_id"]: Decimal(row["spent"]) for row in rows} == spent
    assert all(row["spent"] == format(spent[row["project_id"]].normalize(), "f") for row in rows)
    assert all(row["project_name"] for row in rows)


@pytest.mark.parametrize("format", ["ndjson", "json"])
def test_json_has_amounts_as_strings(
    format: str, here: Path, command: Run, spent: dict[str, Decimal]
) -> None:
    """As everywhere on this command line."""
    said = command(f"sql usage '{SPENT}' --format {format}")
    rows = json.loads(said.out) if format == "json" else list(map(json.loads, said.out.splitlines()))
    assert {row["project_id"]: Decimal(row["spent"]) for row in rows} == spent


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_binary_files_have_decimals(suffix: str, here: Path, command: Run, spent: dict[str, Decimal]) -> None:
    """Exact, and under names that are all different."""
    said = command(f"sql usage 'select spent as a, spent as a, project_id from ({SPENT})' -o out.{suffix}")
    assert (said.code, said.err) == (0, f"note: {len(spent)} rows in out.{suffix}\n")
    table = pq.read_table("out.parquet") if suffix == "parquet" else feather.read_table("out.arrow")
    assert table.column_names == ["a", "a_1", "project_id"]
    assert dict(zip(table["project_id"].to_pylist(), table["a_1"].to_pylist(), strict=True)) == spent
    assert str(table.schema.field("a").type) == "decimal128(38, 30)"


def test_values_of_all_kinds_are_written(here: Path, command: Run) -> None:
    """Nested ones as JSON, days and times in ISO 8601, whole numbers whole, infinity as far as can be."""
    query = (
        "select 170141183460469231731687303715884105727 as h, 1.50 as d, 2.5::double as f, "
        "'inf'::double as i, true as b, null as n, date '2026-11-20' as day, "
        "timestamptz '2026-11-20' as t, time '10:00' as c, [1, 2] as l, {'x': 1.5} as s, "
        "'ab'::blob as bin, interval 2 hours as iv"
    )
    said = command(f'sql usage "{query}"')
    assert said.out.splitlines()[1] == (
        "170141183460469231731687303715884105727,1.5,2.5,inf,true,,2026-11-20,2026-11-20T00:00:00Z,10:00:00,"
        '"[1,2]","{""x"":1.5}",6162,02:00:00'
    )
    (row,) = json.loads(command(f'sql usage "{query}" --format json').out)
    assert (row["h"], row["d"], row["l"], row["s"]) == (2**127 - 1, "1.5", [1, 2], {"x": 1.5})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("date 'infinity'", "infinity"),
        ("date '20000-01-01'", "20000-01-01"),
        ("interval 3 month", "3 months"),
        ("map {1: 2}", '{"1":2}'),
        ("[map {date '2026-11-20': 2}]", '[{"2026-11-20":2}]'),
        ("timestamp_ns '2026-11-20 00:00:00.123456789'", "2026-11-20 00:00:00.123456789"),
        ("timestamp_s '2026-11-20'", "2026-11-20T00:00:00"),
        ("'infinity'::timestamptz::varchar", "infinity"),
    ],
)
def test_values_that_python_lacks_are_spelled(value: str, text: str, here: Path, command: Run) -> None:
    """As DuckDB spells them, or as JSON; other columns are as ever, and so is the order."""
    said = command(f'sql usage "select {value} as v, n as v from range(3) r(n) order by n desc"')
    assert (said.code, said.err) == (0, "")
    assert list(csv.reader(io.StringIO(said.out))) == [["v", "v_1"], [text, "2"], [text, "1"], [text, "0"]]


@pytest.mark.parametrize(
    "value",
    [
        "timestamp '20000-01-01'",
        "timestamptz '20000-01-01'",
        "'infinity'::timestamptz",
        "'-infinity'::timestamp",
        "['infinity'::timestamp]",
    ],
)
@pytest.mark.parametrize("format", ["csv", "json", "table"])
def test_a_time_without_bounds_is_refused(value: str, format: str, here: Path, command: Run) -> None:
    """It would be another one, silently."""
    said = command(f'sql usage "select {value} as v" --format {format} -o out')
    assert said.err == (
        "error: the column v has a time that is infinite, or not of the years 1 to 9999: have it as text, "
        "with ::varchar\n"
    )
    assert said.code == Exit.USAGE
    assert not Path("out").exists()


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_binary_files_have_intervals_as_text(suffix: str, here: Path, command: Run) -> None:
    """Within lists, Parquet has none at all, which is said with the column."""
    assert command(f"sql usage 'select interval 3 month as a, 1 as a' -o iv.{suffix}").code == 0
    table = pq.read_table("iv.parquet") if suffix == "parquet" else feather.read_table("iv.arrow")
    assert table.to_pylist() == [{"a": "3 months", "a_1": 1}]
    said = command(f"sql usage 'select 1 as n, [interval 3 month] as l' -o out.{suffix}")
    if suffix == "parquet":
        assert said.code == Exit.USAGE
        assert said.err.startswith("error: the column l cannot be written as parquet, as it is of the type ")
        assert len(said.err.splitlines()) == 1


def test_only_the_times_of_buckets_are_those_of_rows(
    here: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note says them where they have no room; when rows were pulled is no part of them."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "40")
    said = command(
        'sql usage "select start_time, end_time, pulled_at, organization, project_id, line_item '
        "from costs where start_time = '2026-11-19 00:00:00Z'\""
    )
    assert said.code == 0
    (note,) = [line for line in said.err.splitlines() if "all rows are of" in line]
    assert note.startswith("note: all rows are of 2026-11-19")
    assert note.count("2026") == 2


def test_a_spreadsheet_runs_nothing(here: Path, command: Run) -> None:
    """With --csv-safe, which is for CSV."""
    assert command("sql usage \"select '=1+1' as a\" --csv-safe").out == "a\n'=1+1\n"
    said = command('sql usage "select 1" --csv-safe --format json')
    assert (said.code, said.out) == (Exit.USAGE, "")
