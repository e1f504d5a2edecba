"""Reading tables and files back, to compare them with records."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from openai_org_usage import Names, RetryPolicy, UsageClient
from openai_org_usage._generated import Operation
from openai_org_usage.tables.columns import Column, Kind, select

from ..conftest import NOW

openpyxl: Any = pytest.importorskip("openpyxl")
unescape: Any = pytest.importorskip("openpyxl.utils.escape").unescape
pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")
Records = list[dict[str, Any]]
SETTINGS: dict[str, Any] = {
    "admin_key": "sk-admin-x",
    "base_url": "https://api.test/v1",
    "clock": lambda: NOW,
    "retry": RetryPolicy(max_retries=0),
}


class Bodies(httpx.MockTransport):
    """Answers with `bodies` in turn, and from the first again when a first page is asked for."""

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies = bodies
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("page", "page_0")
        return httpx.Response(200, content=self._bodies[int(cursor.rpartition("_")[2])])


def serving(bodies: list[bytes]) -> UsageClient:
    """A client that walks over the pages `bodies`, one by one."""
    return UsageClient(**SETTINGS, transport=Bodies(bodies), concurrency=1)


def of_table(table: Any) -> Records:
    """The rows of an Arrow table as `to_records` would give them."""
    records: Records = table.to_pylist()
    for record in records:
        if record.get("additional_properties") is not None:
            record["additional_properties"] = json.loads(record["additional_properties"], parse_float=Decimal)
    return records


def of_file(path: Path, operation: Operation, names: Names | None = None) -> Records:
    """The rows of a file written by us, with `names` or without."""
    columns = {column.name: column for column in select(operation, None, names=names)}
    return _READERS[path.suffix](path, columns)


def _of_csv(path: Path, columns: Mapping[str, Column]) -> Records:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: _from_csv(columns[name], text) for name, text in row.items()} for row in rows]


def _of_ndjson(path: Path, columns: Mapping[str, Column]) -> Records:
    return [
        _from_json(json.loads(line, parse_float=Decimal), columns)
        for line in path.read_text().split("\n")[:-1]
    ]


def _of_json(path: Path, columns: Mapping[str, Column]) -> Records:
    return [_from_json(row, columns) for row in json.loads(path.read_text(), parse_float=Decimal)]


def _of_parquet(path: Path, _: object) -> Records:
    return of_table(pq.read_table(path))


def _of_arrow(path: Path, _: object) -> Records:
    with pa.memory_map(str(path)) as source:
        return of_table(pa.ipc.open_file(source).read_all())


def _of_xlsx(path: Path, columns: Mapping[str, Column]) -> Records:
    """All but the totals, which are bold as the head is; of exact numbers, their texts, which stand last."""
    rows = [row for sheet in sheets(path) for row in sheet.iter_rows()]
    names = [str(cell.value).removesuffix(" (UTC)").removesuffix("_exact") for cell in rows[0]]
    return [
        {name: _from_cell(columns[name], cell) for name, cell in zip(names, row, strict=True)}
        for row in rows
        if not any(cell.font.b for cell in row)
    ]


def sheets(path: Path) -> Any:
    """The sheets of a workbook."""
    return openpyxl.load_workbook(path).worksheets


def text_of(cell: Any) -> Any:
    """What a spreadsheet shows in `cell`; control characters are spelled in the file."""
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def _from_cell(column: Column, cell: Any) -> Any:
    value = text_of(cell)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if column.kind is Kind.OTHER and value:
        return json.loads(value, parse_float=Decimal)
    if column.kind is Kind.COUNT and value is not None:
        return int(value)
    return _from_text(column, value) if isinstance(value, str) else value


def _from_csv(column: Column, text: str) -> Any:
    if not text:
        return None
    if column.kind is Kind.COUNT:
        return int(text)
    if column.kind is Kind.FLAG:
        return {"true": True, "false": False}[text]
    return json.loads(text, parse_float=Decimal) if column.kind is Kind.OTHER else _from_text(column, text)


def _from_json(row: dict[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
    return {
        name: _from_text(columns[name], value) if isinstance(value, str) else value
        for name, value in row.items()
    }


def _from_text(column: Column, text: str) -> Any:
    if column.kind is Kind.TIME:
        return datetime.fromisoformat(text)
    if column.kind in (Kind.MONEY, Kind.DECIMAL):
        return Decimal(text)
    return text


_READERS: dict[str, Callable[[Path, Mapping[str, Column]], Records]] = {
    ".csv": _of_csv,
    ".ndjson": _of_ndjson,
    ".json": _of_json,
    ".parquet": _of_parquet,
    ".arrow": _of_arrow,
    ".xlsx": _of_xlsx,
}
FORMATS = tuple(suffix[1:] for suffix in _READERS)
