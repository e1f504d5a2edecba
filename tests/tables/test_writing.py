"""Files in five formats: round trips, streams, and what goes wrong."""

from __future__ import annotations

import asyncio
import io
import os
import stat
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, AsyncUsageClient, UsageClient, sum_amounts
from openai_org_usage.emulator import Emulator
from openai_org_usage.errors import InvalidParameterError, ServerError
from openai_org_usage.money import exact_sum
from openai_org_usage.tables import writing
from openai_org_usage.tables.writing import write_buckets

from ..conftest import DAY, MIDNIGHT, NOW
from ..generated.pages import COST, page
from ..scripted import error, scripted
from ..scripted import page as scripted_page
from .bodies import Bodies
from .reading import FORMATS, of_file, serving
from .test_equality import LONG

COSTS: dict[str, Any] = {"start_time": MIDNIGHT - 20 * DAY, "end_time": MIDNIGHT, "group_by": ["line_item"]}
USAGE = [name for name in OPERATIONS if name != "costs"]
polars: Any = pytest.importorskip("polars")
duckdb: Any = pytest.importorskip("duckdb")


@pytest.mark.parametrize("seed", range(200 if LONG else 12))
def test_an_organization_comes_back_from_every_format(
    seed: int, tmp_path: Path, counts: Counter[str]
) -> None:
    """Its costs and an endpoint of its usage are the same rows; money is the same to the last digit."""
    random = Random(seed)
    with (
        Emulator(now=lambda: NOW, seed=seed) as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=lambda: NOW) as client,
    ):
        usage = random.choice(USAGE)
        group_by = list(OPERATIONS[usage].parameter("group_by").allowed_values)
        start = MIDNIGHT - random.randrange(400) * DAY
        span: dict[str, Any] = {"start_time": start, "end_time": start + 3 * DAY}
        costs = client.costs(**span, group_by=["line_item"])
        for query in (costs, getattr(client, usage)(**span, group_by=group_by[:2])):
            operation = query.request.operation
            expected = query.to_records()
            for format in FORMATS:
                path = tmp_path / f"{operation.name}.{format}"
                assert query.write(path) == len(expected)
                assert of_file(path, operation) == expected, format
                counts["rows that came back from a file as they were"] += len(expected)
        total = sum_amounts(costs.rows())["usd"]
        for format in FORMATS:
            rows = of_file(tmp_path / f"costs.{format}", OPERATIONS["costs"])
            assert exact_sum(row["amount_value"] for row in rows) == total
    counts["organizations whose costs and usage came back from five formats"] += 1


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(60 if LONG else 8))
def test_odd_pages_come_back_from_every_format(seed: int, tmp_path: Path) -> None:
    """Quotes, line ends, commas and empty strings; unknown fields, results and spellings."""
    random = Random(seed)
    operation = random.choice(list(OPERATIONS.values()))
    with serving(Bodies(operation, random, oddity=0.1).pages(3)) as client:
        query = getattr(client, operation.name)(start_time=0)
        expected = query.to_records()
        for format in FORMATS:
            path = tmp_path / f"odd.{format}"
            query.write(path)
            assert of_file(path, operation) == [without_empty(row, format) for row in expected], format


def without_empty(row: dict[str, Any], format: str) -> dict[str, Any]:
    """CSV cannot tell an empty string from null."""
    return {name: None if value == "" and format == "csv" else value for name, value in row.items()}


def test_other_tools_read_the_files(client: UsageClient, tmp_path: Path) -> None:
    """polars and DuckDB; with exact decimals from Parquet and Arrow."""
    query = client.costs(**COSTS)
    total = sum_amounts(query.rows())["usd"]
    for format in FORMATS:
        query.write(tmp_path / f"costs.{format}")

    for read in (polars.read_parquet, polars.read_ipc):
        path = tmp_path / ("costs.parquet" if read is polars.read_parquet else "costs.arrow")
        assert read(path)["amount_value"].sum() == total
    (sums,) = duckdb.sql(f"select sum(amount_value) from '{tmp_path}/costs.parquet'").fetchall()
    assert sums == (total,)
    as_text = "select sum(amount_value::decimal(38, 30)) from"
    for read in (f"read_csv('{tmp_path}/costs.csv', all_varchar = true)", f"'{tmp_path}/costs.ndjson'"):
        assert duckdb.sql(f"{as_text} {read}").fetchall() == [(total,)]


def test_text_is_written_so() -> None:
    """Byte for byte: times in ISO 8601, digits as they came and without exponent, nulls, JSON in a field."""
    row = COST % '"1E-9"' + "}"
    bodies = [page(f'{row[:-2]}, "line_item": "a, \\"b\\"", "quantity": 1e2}}')]
    columns = ["start_time", "amount_value", "line_item", "quantity", "project_id"]
    with serving(bodies) as client:
        query = client.costs(start_time=0)
        assert written(query, "csv", columns) == (
            b"start_time,amount_value,line_item,quantity,project_id\n"
            b'1970-01-01T00:00:00Z,0.000000001,"a, ""b""",100,\n'
        )
        line = (
            b'{"start_time":"1970-01-01T00:00:00Z","amount_value":"0.000000001",'
            b'"line_item":"a, \\"b\\"","quantity":"100","project_id":null}'
        )
        assert written(query, "ndjson", columns) == line + b"\n"
        assert written(query, "json", columns) == b"[\n" + line + b"\n]\n"


@pytest.mark.parametrize(
    ("came", "text"),
    [
        ("1.50", "1.50"),
        ("0E-6176", "0"),
        ("4.2e-05", "0.000042"),
        ("1E+5", "100000"),
        ("-1.5E-39", "-0.0000000000000000000000000000000000000015"),
        ("1E-76", f"0.{'0' * 75}1"),
        ("1E-77", "1E-77"),
        ("-1E-76", "-1E-76"),
        ("1E+77", f"1{'0' * 77}"),
        ("1E+78", "1E+78"),
        ("12345E-80", "1.2345E-76"),
        ("-9.9e6111", "-9.9E+6111"),
    ],
)
def test_numbers_are_written_so(came: str, text: str) -> None:
    """As they came, in plain digits up to 78 characters, beyond with an exponent where that is shorter."""
    with serving([page(COST % f'"{came}"')]) as client:
        query = client.costs(start_time=0)
        assert written(query, "csv", ["amount_value"]) == f"amount_value\n{text}\n".encode()
        assert written(query, "json", ["amount_value"]) == f'[\n{{"amount_value":"{text}"}}\n]\n'.encode()
        assert query.to_arrow(decimals="string")["amount_value"].to_pylist() == [text]


def written(query: Any, format: str, columns: list[str]) -> bytes:
    stream = io.BytesIO()
    query.write(stream, format=format, columns=columns)
    return stream.getvalue()


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_a_file_too(format: Any, tmp_path: Path) -> None:
    """With its columns, where the format names them."""
    with serving([b'{"object": "page", "data": [], "has_more": false, "next_page": null}']) as client:
        assert client.costs(start_time=0).write(tmp_path / f"empty.{format}") == 0
    assert of_file(tmp_path / f"empty.{format}", OPERATIONS["costs"]) == []


@pytest.mark.parametrize("format", FORMATS)
def test_buckets_that_are_there_already_are_written_the_same(
    format: Any, client: UsageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorted, filtered or from elsewhere; in several batches, too."""
    monkeypatch.setattr(writing, "ROWS", 100)
    query, columns = client.costs(**COSTS), ["line_item", "amount_value"]
    buckets, operation = list(query), OPERATIONS["costs"]

    whole = write_buckets(buckets, tmp_path / f"whole.{format}", operation=operation)
    part = write_buckets(buckets, tmp_path / "part", operation=operation, format=format, columns=columns)

    expected = query.to_records()
    assert whole == part == len(expected) > 100
    assert of_file(tmp_path / f"whole.{format}", operation) == expected
    (tmp_path / "part").rename(tmp_path / f"part.{format}")
    some = [{name: row[name] for name in columns} for row in expected]
    assert of_file(tmp_path / f"part.{format}", operation) == some


@pytest.mark.parametrize("format", FORMATS)
def test_the_asynchronous_query_writes_the_same(format: Any, emulator: Emulator, tmp_path: Path) -> None:
    """To a file and to a stream."""

    async def write() -> bytes:
        async with AsyncUsageClient(
            admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW
        ) as client:
            stream = io.BytesIO()
            rows = await client.costs(**COSTS).write(stream, format=format)
            assert rows == await client.costs(**COSTS).write(tmp_path / f"costs.{format}")
            return stream.getvalue()

    data = asyncio.run(write())
    assert data == (tmp_path / f"costs.{format}").read_bytes()
    assert len(of_file(tmp_path / f"costs.{format}", OPERATIONS["costs"])) > 100


class Broken(io.RawIOBase):
    """A pipe whose reader goes after some bytes."""

    def __init__(self, room: int) -> None:
        self.written = b""
        self._room = room

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if len(self.written) + len(data) > self._room:
            raise BrokenPipeError(32, "Broken pipe")
        self.written += bytes(data)
        return len(data)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("room", [0, 3, 2_000])
def test_a_closed_pipe_is_the_callers(format: Any, room: int, client: UsageClient) -> None:
    """The BrokenPipeError comes as it is, and nothing is written after it."""
    pipe = Broken(room)
    with pytest.raises(BrokenPipeError):
        client.costs(**COSTS).write(pipe, format=format)
    assert len(pipe.written) <= room


@pytest.mark.parametrize("format", FORMATS)
def test_after_an_error_the_old_file_stands(format: str, tmp_path: Path) -> None:
    """With its permissions, and nothing beside it."""
    path = tmp_path / f"costs.{format}"
    path.write_text("old")
    client, _ = scripted(scripted_page(cursor="page_1"), error(500, "no"))

    with pytest.raises(ServerError):
        client.costs(start_time=MIDNIGHT - DAY).write(path)

    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_what_is_cut_short_does_not_look_whole(format: Any) -> None:
    """On a stream, no end of a file follows what came before the error."""
    stream = io.BytesIO()
    client, _ = scripted(scripted_page(cursor="page_1"), error(500, "no"))
    with pytest.raises(ServerError):
        client.costs(start_time=MIDNIGHT - DAY).write(stream, format=format)
    assert stream.getvalue()[-6:] not in (b"ARROW1", b"\0\0PAR1")
    assert len(stream.getvalue()) < 2_000


def test_a_file_hands_on_permissions_and_links(client: UsageClient, tmp_path: Path) -> None:
    """As with `write_atomically`."""
    (tmp_path / "link.csv").symlink_to("costs.csv")
    (tmp_path / "costs.csv").touch(mode=0o600)
    rows = client.costs(**COSTS).write(str(tmp_path / "link.csv"))
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "costs.csv").read_text().count("\n") == rows + 1
    assert stat.S_IMODE((tmp_path / "costs.csv").stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["costs.csv", "link.csv"]


@pytest.mark.parametrize(
    ("target", "options", "reason"),
    [
        ("costs.xls", {}, "not None; without it, a path ends in one of .csv"),
        (io.BytesIO(), {}, "format is one of csv, ndjson, json, parquet, arrow, xlsx"),
        ("costs.csv", {"format": "excel"}, "not 'excel'"),
        ("costs.csv", {"columns": ["cost"]}, "columns cannot be 'cost'"),
        (
            "costs.parquet",
            {"decimals": "float32"},
            "decimals is one of decimal128, decimal256, string, float",
        ),
    ],
)
def test_a_wrong_call_sends_nothing(
    target: Any, options: dict[str, Any], reason: str, client: UsageClient, emulator: Emulator
) -> None:
    """The error says what can be written."""
    before = len(emulator.requests)
    with pytest.raises(InvalidParameterError, match=reason):
        client.costs(**COSTS).write(target, **options)
    assert len(emulator.requests) == before


def test_amounts_that_parquet_cannot_hold_are_refused(tmp_path: Path) -> None:
    """And the file is not made; text holds them."""
    with serving([page(COST % '"123456789012.5"')]) as client:
        query = client.costs(start_time=0)
        with pytest.raises(ValueError, match="amount_value"):
            query.write(tmp_path / "costs.parquet")
        query.write(tmp_path / "wide.parquet", decimals="decimal256")
        query.write(tmp_path / "costs.csv")
    assert sorted(os.listdir(tmp_path)) == ["costs.csv", "wide.parquet"]
    for name in ("costs.csv", "wide.parquet"):
        assert of_file(tmp_path / name, OPERATIONS["costs"])[0]["amount_value"] == Decimal("123456789012.5")
