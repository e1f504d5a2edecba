"""`key-costs`: amounts by key in every format, and no estimate without a word that it is one."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import NamedKey, Names
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import GroupingRefused, UnknownObject
from openai_org_usage.money import exact_sum

from .. import pages
from ..conftest import NOW
from .conftest import Run
from .test_narrow_tables import OnTerminal, on_terminal

__all__ = ["on_terminal"]

LINE = "key-costs --last 2d --project-ids proj_sandbox"
NOTE = "note: amounts by key are estimated, as the API refuses to tell them: costs: status 400"
CAPTION = "estimated: amounts of keys are their shares of what was billed by project and line item"


@pytest.fixture(scope="module")
def refusing_emulator() -> Iterator[Emulator]:
    """The emulator, but that it refuses costs by API key."""
    faults = FaultPlan(GroupingRefused("api_key_id"), operations="costs")
    with Emulator(now=lambda: NOW, faults=faults) as emulator:
        yield emulator


@pytest.fixture
def refused(command: Run, refusing_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with that to ask."""
    monkeypatch.setenv("OPENAI_BASE_URL", refusing_emulator.base_url)
    return command


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_is_of_a_day_project_and_key(command: Run) -> None:
    """As the API tells them; then nothing is said of estimates but that there is none."""
    said = command(LINE)
    assert (said.code, said.err) == (0, "")
    rows = rows_of(said.out)
    keys = ["key_sandbox_amara", "key_sandbox_jonas"]
    assert [(row["start_time"][:10], row["api_key_id"]) for row in rows] == [
        (day, key) for day in ("2026-11-19", "2026-11-20") for key in keys
    ]
    assert {row["is_estimate"] for row in rows} == {"false"}
    table = command(f"{LINE} --format table")
    assert table.out.endswith("\nas billed: the API tells the amounts of keys itself\n")
    assert "estimate" not in table.out


def test_all_keys_add_up_to_what_is_billed(refused: Run) -> None:
    """Also by line item, and over time."""
    billed = exact_sum(
        Decimal(row["amount_value"]) for row in rows_of(refused(LINE.removeprefix("key-")).out)
    )
    for options in ("", " --by-line-item", " --totals", " --by-line-item --totals"):
        rows = rows_of(refused(LINE + options).out)
        assert exact_sum(Decimal(row["amount_value"]) for row in rows) == billed


@pytest.mark.parametrize(
    ("format", "options"),
    [
        *((format, "") for format in ("csv", "ndjson", "json", "parquet", "arrow")),
        ("csv", " --totals"),
        ("csv", " --by-line-item --columns api_key_id,amount_value"),
        ("parquet", " --columns api_key_id,amount_value --sort api_key_id"),
    ],
)
def test_every_format_says_what_is_estimated(format: str, options: str, refused: Run, tmp_path: Path) -> None:
    """In a column, which no choice of columns leaves out; and on standard error."""
    file = tmp_path / "costs"
    said = refused(f"{LINE}{options} --format {format} -o {file}")
    assert said.code == 0
    assert said.err.startswith(NOTE)
    records = read(file, format)
    assert records
    assert f"{len(records)} rows in {file}" in said.err
    assert {str(record["is_estimate"]).lower() for record in records} == {"true"}


def read(file: Path, format: str) -> list[dict[str, Any]]:
    if format in ("parquet", "arrow"):
        feather = pytest.importorskip("pyarrow.feather")
        parquet = pytest.importorskip("pyarrow.parquet")
        table = feather.read_table(file) if format == "arrow" else parquet.read_table(file)
        records: list[dict[str, Any]] = table.to_pylist()
        return records
    text = file.read_text(encoding="utf-8")
    if format == "csv":
        return list(rows_of(text))
    return list(json.loads(text) if format == "json" else map(json.loads, text.splitlines()))


@pytest.mark.parametrize("options", ["", " --totals", " --columns api_key_id,amount_value"])
def test_a_table_says_what_is_estimated(options: str, refused: Run) -> None:
    """In a line below it; however narrow it is."""
    said = refused(f"{LINE}{options} --format table")
    assert said.out.endswith(f"\n{CAPTION}\n")
    assert "is_estimate" not in said.out
    assert "is_estimate" in refused(f"{LINE} --columns api_key_id,is_estimate --format table").out


@pytest.mark.skipif(not pages.DOCS.is_dir(), reason="the documentation is not shipped")
def test_the_page_shows_what_is_printed(refused: Run) -> None:
    """On standard error, then on standard output."""
    shown = [
        block.text.removeprefix("$ openai-org-usage ") for block in pages.blocks("console", page="key-costs")
    ]
    assert len(shown) == 2
    for line, _, printed in (text.partition("\n") for text in shown):
        said = refused(f"{line} --format table")
        assert said.err + said.out == printed


def test_what_is_not_shared_out_says_what_it_is(refused: Run) -> None:
    """By its line item, without a key; other rows are of all line items unless asked otherwise."""
    rows = rows_of(refused(f"{LINE} --totals").out)
    assert {row["line_item"] for row in rows if not row["api_key_id"]} == {
        "Code interpreter sessions",
        "Vector store storage",
    }
    assert {row["line_item"] for row in rows if row["api_key_id"]} == {""}
    detailed = rows_of(refused(f"{LINE} --by-line-item").out)
    assert {row["shared_by"] for row in detailed if "output" in row["line_item"]} == {"output_tokens"}


@pytest.mark.parametrize("format", ["csv", "ndjson", "parquet", "table"])
def test_names_stand_beside_ids(format: str, refused: Run, tmp_path: Path) -> None:
    """Of the project and of the key; amounts are as without, and what is an estimate is said."""
    file = tmp_path / "costs"
    said = refused(f"{LINE} --names --format {format} -o {file}")
    assert said.code == 0
    assert said.err.startswith(NOTE)
    if format == "table":
        assert re.search(r"proj_sandbox +Data science +key_sandbox_jonas +Jonas, trying", file.read_text())
        return
    named = read(file, format)
    assert {(row["project_id"], row["project_name"]) for row in named} == {("proj_sandbox", "Data science")}
    names = {row["api_key_id"]: row["api_key_name"] for row in named}
    assert names["key_sandbox_jonas"] == "Jonas, trying things"
    assert {str(row["is_estimate"]).lower() for row in named} == {"true"}
    refused(f"{LINE} --format {format} -o {file}")
    plain = read(file, format)
    assert [row["amount_value"] for row in named] == [row["amount_value"] for row in plain]
    assert "project_name" not in plain[0]


def test_names_of_keys_have_room(refused: Run, on_terminal: OnTerminal) -> None:
    """On 80 columns, as what is the same in all rows is said below them."""
    said = on_terminal(f"{LINE} --names --totals", width=80)
    headings = said.out.partition("\n")[0].split()
    assert headings[:4] == ["project_id", "project_name", "api_key_id", "api_key_name"]
    assert said.out.endswith(f"\n{CAPTION}\n")
    daily = on_terminal(f"{LINE} --names", width=80)
    headings = daily.out.partition("\n")[0].split()
    assert headings[:3] == ["start_time", "project_name", "api_key_id"]
    assert "no room for project_id" in daily.err


def test_a_project_by_name(refused: Run, refusing_emulator: Emulator) -> None:
    """As at the endpoints' commands: ids go to the API, and need no list."""
    seen = len(refusing_emulator.requests)
    rows = rows_of(refused("key-costs --last 1d --project 'Mobile app' --project proj_sandbox").out)
    assert {row["project_id"] for row in rows} == {"proj_mobile_app", "proj_sandbox"}
    asked = [
        each for each in refusing_emulator.requests[seen:] if each.path.endswith(("/costs", "/completions"))
    ]
    assert {tuple(v for name, v in each.query if name == "project_ids") for each in asked} == {
        ("proj_mobile_app", "proj_sandbox")
    }
    assert "project_name" not in rows[0]


def test_names_of_a_file_and_without_emails(refused: Run, tmp_path: Path) -> None:
    """Kept names are used; those that have an address in them are left out on demand."""
    file = tmp_path / "names.json"
    keys = {
        "key_sandbox_jonas": NamedKey(id="key_sandbox_jonas", name="jonas@example.com"),
        "key_sandbox_amara": NamedKey(id="key_sandbox_amara", name="Amara"),
    }
    Names(api_keys=keys, read_at=NOW).save(file)
    for more, expected in (("", {"jonas@example.com", "Amara", ""}), (" --no-emails", {"Amara", ""})):
        said = refused(f"{LINE} --names --names-file {file}{more}")
        assert {row["api_key_name"] for row in rows_of(said.out)} == expected


def test_results_of_an_unknown_kind_are_not_nothing(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted, and it is said where they can be seen: in no column of this command."""
    with Emulator(now=lambda: NOW, faults=FaultPlan(UnknownObject(), operations="costs")) as emulator:
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        said = command(f"{LINE} --format table")
    assert (said.code, said.out) == (0, "")
    new, left_out = said.err.splitlines()
    assert new.endswith("and in no sum; see --raw of that command")
    assert re.fullmatch(r"note: \d+ results of unknown kinds are left out, and may be of value", left_out)


def test_refused_usage_is_named(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other usage explains is shared out all the same."""
    faults = FaultPlan(GroupingRefused("api_key_id"), operations=("costs", "audio_speeches"))
    with Emulator(now=lambda: NOW, faults=faults) as emulator:
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        said = command("key-costs --last 1d --by-line-item --format csv")
    assert said.code == 0
    assert "note: the API refuses the usage of audio-speeches: what is billed for it is not" in said.err
    assert {row["shared_by"] for row in rows_of(said.out)} > {"", "output_tokens"}


def test_nothing_in_the_range(command: Run) -> None:
    """Is said, as by the endpoints' commands."""
    said = command("key-costs --last 1d --project-ids proj_unknown")
    assert said.code == 0
    assert said.err == "note: nothing in this range for these project_ids, so there are no rows\n"


def test_refusals_come_before_anything_is_sent(command: Run) -> None:
    """Of ranges, and of formats that need no protection."""
    for line in (
        "key-costs",
        f"{LINE} --csv-safe --format json",
        f"{LINE} --last 3d --today",
        f"{LINE} --columns api_key_id,api_key_name",
        f"{LINE} --names --columns api_key_name",
        f"{LINE} --names-file names.json",
    ):
        said = command(f"{line} --base-url http://127.0.0.1:1/v1 --max-retries 0")
        assert said.code == 2
        assert said.out == ""
