"""The same texts in CSV, JSON, Parquet and Arrow: exact, for readers that know nothing of us."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import UnknownFieldWarning, UsageClient

from ..scripted import KEY
from .server import Server, hostile_server
from .strings import HOSTILE, is_forbidden, marked

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")
polars: Any = pytest.importorskip("polars")

START, END = 1_795_046_400, 1_795_132_800
SCRIPT = Path(sys.executable).with_name("openai-org-usage")
COLUMNS = ("line_item", "project_id", "quantity_unit", "amount_currency", "user_email", "organization_id")
"""The last has the texts alone, without a number before."""

Rows = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The hostile server."""
    with hostile_server() as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[UsageClient]:
    """A client of it."""
    with UsageClient(admin_key=KEY, base_url=server.url("rows")) as client:
        yield client


def _csv(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _json(path: Path) -> Rows:
    found: Rows = json.loads(path.read_text(encoding="utf-8"))
    return found


def _ndjson(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def _arrow(path: Path) -> Rows:
    with pa.ipc.open_file(path) as reader:
        rows: Rows = reader.read_all().to_pylist()
    return rows


READERS: dict[str, tuple[str, Callable[[Path], Rows]]] = {
    "csv": ("rows.csv", _csv),
    "csv by polars": ("rows.csv", lambda path: polars.read_csv(path, infer_schema=False).to_dicts()),
    "json": ("rows.json", _json),
    "ndjson": ("rows.ndjson", _ndjson),
    "ndjson by polars": ("rows.ndjson", lambda path: polars.read_ndjson(path).to_dicts()),
    "parquet": ("rows.parquet", lambda path: pq.read_table(path).to_pylist()),
    "parquet by polars": ("rows.parquet", lambda path: polars.read_parquet(path).to_dicts()),
    "arrow": ("rows.arrow", _arrow),
    "arrow by polars": ("rows.arrow", lambda path: polars.read_ipc(path).to_dicts()),
}


@pytest.mark.parametrize("reader", READERS)
def test_files_are_exact(reader: str, client: UsageClient, tmp_path: Path) -> None:
    """Every text in every column, and what no column is for as JSON."""
    name, read = READERS[reader]
    path = tmp_path / name
    with warnings.catch_warnings(category=UnknownFieldWarning, action="ignore"):
        client.costs(start_time=START, end_time=END, group_by=["line_item"]).write(path)

    rows = read(path)

    for column in COLUMNS:
        wanted = HOSTILE if column == "organization_id" else marked()
        assert [row[column] for row in rows] == list(wanted), column
    others = [row["additional_properties"] for row in rows]
    if reader.startswith("ndjson by"):
        return  # It makes a struct of all names that there are in any row.
    members = [json.loads(each) if isinstance(each, str) else each for each in others]
    assert [each[f"x{text}"] for each, text in zip(members, marked(), strict=True)] == [
        {text: [text]} for text in marked()
    ]


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "--raw"])
def test_pipes_are_exact(format: str, server: Server) -> None:
    """JSON shows no control character there, either: it may be a terminal's in the end."""
    form = ["--raw"] if format == "--raw" else ["--format", format]
    words = ["costs", "--start-time", str(START), "--end-time", str(END), "--base-url", server.url("rows")]
    done = subprocess.run(
        [SCRIPT, *words, *form, "--quiet"],
        env={"OPENAI_ADMIN_KEY": KEY, "PATH": ""},
        capture_output=True,
        check=True,
    )

    text = done.stdout.decode()
    if format == "csv":
        rows: Rows = list(csv.DictReader(io.StringIO(text, newline="")))
    elif format == "--raw":
        rows = next(json.loads(line)["data"][0]["results"] for line in text.split("\n") if line)
    else:
        rows = json.loads(text) if format == "json" else [json.loads(x) for x in text.split("\n") if x]
    assert [row["line_item"] for row in rows] == marked()
    assert [row["organization_id"] for row in rows] == list(HOSTILE)
    if format != "csv":
        assert {char for char in text if is_forbidden(char)} == set()
