"""Workbooks of every command that writes tables: all digits, no text that runs, no late surprise."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from openai_org_usage import Archive, UsageClient
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, FaultPlan, Restatements
from openai_org_usage.emulator.faults import Altered

from ..archive.world import MovingClock
from ..conftest import DAY, MIDNIGHT, NOW
from .conftest import Run

openpyxl: Any = pytest.importorskip("openpyxl")
pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
pytest.importorskip("xlsxwriter")
SIGN = "=1+"
"""Stands before every name, so that a spreadsheet would reckon where it ought to show."""
NAMED = ("line_item", "model", "name", "project_name", "user_email")
TABLES = {
    "completions --last 2d --group-by model": "input_tokens",
    "costs --last 2d --group-by line_item --names": "amount_value",
    "key-costs --last 2d --by-line-item --names": "amount_value",
    "sql {archive} 'select line_item, sum(amount_value) as spent from costs group by 1 order by 1'": "spent",
    "restatements {archive}": "amount",
}
"""A column with numbers of each."""
LINES = (*TABLES, "report --last 2d")


@attrs.frozen
class Organization:
    """One whose names all try to run, and an archive of it."""

    emulator: Emulator
    archive: Path


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """One that restates its costs; the archive has seen some of that."""
    clock, folder = MovingClock(), tmp_path_factory.mktemp("workbooks") / "archive"
    faults = FaultPlan(Altered(_named_hostilely))
    with Emulator(now=clock, restatements=Restatements(days=2), faults=faults) as emulator:
        with UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url, clock=clock) as client:
            for day in (-1, 0):
                clock.now = NOW + day * DAY
                Archive(folder).sync(client, tables=["costs"], since=MIDNIGHT - 2 * DAY, lookback="4d")
        yield Organization(emulator, folder)


def _named_hostilely(page: dict[str, Any]) -> dict[str, Any]:
    """The page with `SIGN` before all names."""
    return {**page, "data": [_hostile(each) for each in page["data"]]}


def _hostile(members: dict[str, Any]) -> dict[str, Any]:
    names = {name: SIGN + members[name] for name in NAMED if members.get(name)}
    results = [_hostile(each) for each in members.get("results", [])]
    return members | names | ({"results": results} if results else {})


@pytest.fixture
def run(command: Run, organization: Organization, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with that organization to ask."""
    monkeypatch.setenv("OPENAI_BASE_URL", organization.emulator.base_url)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", organization.emulator.admin_key)
    return command


def written(run: Run, line: str, organization: Organization, folder: Path) -> list[Any]:
    """The sheets of the workbook that it writes."""
    said = run(f"{line.format(archive=organization.archive)} -o {folder / 'found.xlsx'}")
    assert said.code == 0, said.err
    sheets: list[Any] = openpyxl.load_workbook(folder / "found.xlsx").worksheets
    return sheets


@pytest.mark.parametrize("line", LINES)
def test_names_do_not_run(line: str, run: Run, organization: Organization, tmp_path: Path) -> None:
    """Wherever they stand, they are texts; the formulas are totals of ours."""
    sheets = written(run, line, organization, tmp_path)

    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert all(text.startswith(("=SUM(", "=SUMIF(")) for text in formulas)
    assert any(str(cell.value).startswith(SIGN) for cell in cells) == (not line.startswith("restatements"))


@pytest.mark.parametrize("line", TABLES)
def test_a_workbook_has_the_digits_of_the_csv(
    line: str, run: Run, organization: Organization, tmp_path: Path
) -> None:
    """Amounts beside the numbers, which have 15 of them; the total is below."""
    head = TABLES[line]
    (sheet,) = written(run, line, organization, tmp_path)

    plain = run(f"{line.format(archive=organization.archive)} --format csv")
    digits = [row[head] for row in csv.DictReader(io.StringIO(plain.out))]
    heads = [cell.value for cell in sheet[1]]
    place = heads.index(f"{head}_exact" if f"{head}_exact" in heads else head) + 1
    found = [sheet.cell(row, place).value for row in range(2, len(digits) + 2)]
    assert [str(value or "") for value in found] == digits
    assert any(digits)


def test_a_report_as_a_workbook_has_its_total(run: Run, organization: Organization, tmp_path: Path) -> None:
    """To the last digit, first of all figures."""
    (summary, *_) = written(run, "report --last 2d", organization, tmp_path)

    report = json.loads(run("report --last 2d --format json").out)
    totals = [row[2].value for row in summary.iter_rows() if row[0].value == "Total"]
    assert totals == [spend["total"] for spend in report["spends"]]


@pytest.mark.parametrize("line", LINES)
def test_what_is_not_installed_is_noticed_before_anything_is_read(
    line: str, run: Run, organization: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no file is begun."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    before = len(organization.emulator.requests)

    said = run(f"{line.format(archive=organization.archive)} -o {tmp_path / 'none.xlsx'}")

    assert said.code == Exit.MISSING_EXTRA
    assert "xlsxwriter" in said.err
    assert len(organization.emulator.requests) == before
    assert not (tmp_path / "none.xlsx").exists()
