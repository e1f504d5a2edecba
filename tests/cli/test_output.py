"""What comes out: formats, files, columns, order and sums; money exact in all of them."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from openai_org_usage import UsageClient, sum_amounts

from .conftest import Run

COSTS = "costs --start-time 2026-11-10 --end-time 2026-11-13 --group-by line_item,project_id"


@pytest.fixture(scope="module")
def total(client: UsageClient) -> Decimal:
    """What these days cost, by the library."""
    rows = client.costs(
        start_time="2026-11-10", end_time="2026-11-13", group_by=["line_item", "project_id"]
    ).rows()
    return sum_amounts(rows)["usd"]


def amounts(said: str) -> list[Decimal]:
    return [Decimal(row["amount_value"]) for row in csv.DictReader(io.StringIO(said))]


def test_csv_and_json_hold_every_digit(total: Decimal, command: Run) -> None:
    """Plain digits in CSV, strings in JSON, since a JSON number is a binary float to most readers."""
    lines = command(f"{COSTS} --format ndjson").out.splitlines()
    as_array: list[dict[str, str]] = json.loads(command(f"{COSTS} --format json").out)

    assert sum(amounts(command(COSTS).out)) == total
    assert sum(Decimal(json.loads(line)["amount_value"]) for line in lines) == total
    assert sum(Decimal(row["amount_value"]) for row in as_array) == total
    assert all(isinstance(row["amount_value"], str) for row in as_array)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_binary_files_hold_decimals(suffix: str, total: Decimal, command: Run, tmp_path: Path) -> None:
    """The suffix says the format; the column of money is no float."""
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / f"rows.{suffix}"

    said = command(f"{COSTS} --output {path}")

    assert (said.code, said.out) == (0, "")
    if suffix == "parquet":
        table = pytest.importorskip("pyarrow.parquet").read_table(path)
    else:
        table = arrow.ipc.open_file(path).read_all()
    assert said.err == f"note: {table.num_rows:,} rows in {path}\n"
    assert sum(table["amount_value"].to_pylist()) == total


@pytest.mark.parametrize("suffix", ["csv", "json", "ndjson", "jsonl"])
def test_text_files_are_what_is_printed(suffix: str, command: Run, tmp_path: Path) -> None:
    """Byte for byte."""
    path = tmp_path / f"rows.{suffix}"
    format = {"jsonl": "ndjson"}.get(suffix, suffix)

    assert command(f"{COSTS} --output {path} --quiet").err == ""
    assert path.read_text() == command(f"{COSTS} --format {format}").out


def test_a_file_that_is_replaced_hands_on_its_permissions(command: Run, tmp_path: Path) -> None:
    """Links are followed, and nothing else is left in the folder."""
    path, link = tmp_path / "rows.csv", tmp_path / "link.csv"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)

    assert command(f"costs --last 2d --output {link}").code == 0

    assert path.read_text().startswith("start_time,")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.csv", "rows.csv"]


def test_columns_are_chosen_and_ordered(command: Run) -> None:
    """In every format; spaces after commas do not matter."""
    said = command("completions --last 1d --group-by model --columns 'model, output_tokens,start_time'")
    assert said.out.splitlines()[0] == "model,output_tokens,start_time"
    record = json.loads(command("images --last 1d --columns images --format ndjson").out)
    assert list(record) == ["images"]


def test_rows_are_sorted(command: Run) -> None:
    """By several columns, each up or down; numbers as numbers, and what has no value last."""
    said = command("costs --last 5d --group-by line_item --sort quantity_unit,-amount_value")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    keys = [(row["quantity_unit"] or "~", -Decimal(row["amount_value"])) for row in rows]
    assert keys == sorted(keys)
    assert len(rows) == len(command("costs --last 5d --group-by line_item").out.splitlines()) - 1


def test_totals_are_exact_sums_over_time(total: Decimal, command: Run) -> None:
    """One row for each group, the largest first, over the whole range."""
    rows = list(csv.DictReader(io.StringIO(command(f"{COSTS} --totals").out)))
    groups = [(row["line_item"], row["project_id"]) for row in rows]

    assert sum(Decimal(row["amount_value"]) for row in rows) == total
    assert len(set(groups)) == len(groups) > 10
    assert {(row["start_time"], row["end_time"]) for row in rows} == {
        ("2026-11-10T00:00:00Z", "2026-11-13T00:00:00Z")
    }
    assert amounts(command(f"{COSTS} --totals").out) == sorted(
        (Decimal(row["amount_value"]) for row in rows), reverse=True
    )


def test_totals_of_counts_are_those_of_one_wide_row(command: Run) -> None:
    """Metrics, optional ones too, are added; nothing is added to a unit that differs."""
    hours = (
        "completions --start-time 2026-11-10 --end-time 2026-11-12 --bucket-width 1h --totals --format ndjson"
    )
    days = "completions --start-time 2026-11-10 --end-time 2026-11-12 --totals --format ndjson"
    assert command(hours).out == command(days).out
    units = list(csv.DictReader(io.StringIO(command("costs --last 5d --group-by line_item --totals").out)))
    assert len({row["quantity_unit"] for row in units}) > 3


def test_raw_pages_are_those_of_the_api(command: Run) -> None:
    """One a line, as they came: buckets, cursors, and members that no table has a place for."""
    pages = [json.loads(line) for line in command("costs --last 40d --limit 15 --raw").out.splitlines()]
    assert [page["object"] for page in pages] == ["page"] * 3
    assert sum(len(page["data"]) for page in pages) == 40


@pytest.mark.parametrize(("limit", "count"), [(15, "3 pages"), (40, "1 page")])
def test_raw_pages_in_a_file_are_counted_as_pages(
    limit: int, count: str, command: Run, tmp_path: Path
) -> None:
    """There are no rows in it."""
    path = tmp_path / "pages.json"
    said = command(f"costs --last 40d --limit {limit} --raw --output {path}")
    assert said.err == f"note: {count} in {path}\n"
    assert len(path.read_text().splitlines()) == int(count[0])


def test_a_table_has_exact_amounts_and_their_sum(command: Run) -> None:
    """With --exact. Amounts stand point below point, with the currency in the heading."""
    asked = "costs --start-time 2026-11-01 --end-time 2026-11-03 --group-by project_id"
    said = command(f"{asked} --format table --exact")
    lines = [line.rstrip() for line in said.out.splitlines()]
    assert lines[0].split() == ["start_time", "project_id", "project_name", "amount_value,", "usd"]
    assert len({line.rfind(".") for line in lines if "." in line}) == 1
    plain = command(asked)
    assert Decimal(lines[-1].split()[-1].replace(",", "")) == sum(amounts(plain.out))


def test_a_table_fits_the_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What every row has comes before what some have; what has no room is named on standard error."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    said = command("completions --start-time 2026-11-01 --end-time 2026-11-02 --group-by model")
    assert max(map(len, said.out.splitlines())) <= 80
    heading = said.out.split("\n")[0].split()
    assert heading == ["model", "input_tokens", "output_tokens", "num_model_requests"]
    assert "note: all rows are of 2026-11-01\n" in said.err
    assert "no room for start_time, input_cached_tokens, " in said.err
    assert " more: choose by --columns" in said.err


@pytest.mark.parametrize(("columns", "both"), [(50, False), (80, True)])
def test_a_unit_goes_with_its_number(
    columns: int, both: bool, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`quantity_unit` alone says nothing, and takes the room of something that does."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", str(columns))
    said = command("costs --last 7d --group-by line_item --totals")
    heading = said.out.split("\n")[0].split()
    assert ("quantity" in heading, "quantity_unit" in heading) == (both, both)
    assert ("quantity, quantity_unit" in said.err) is not both


def test_no_rows_are_no_error(command: Run) -> None:
    """A note on standard error; the head of a CSV is there, so that readers find their columns."""
    said = command("completions --last 2d --models none-of-them")
    assert said.code == 0
    assert len(said.out.splitlines()) == 1
    assert said.err == "note: nothing in this range for these models, so there are no rows\n"
    assert command("completions --last 2d --models none-of-them --format table").out == ""
    assert command("completions --last 2d --models none-of-them --format json").out == "[\n]\n"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--output rows.xls", "'rows.xls' does not say which format: end it in one of .csv, .ndjson,"),
        ("--columns modle", "--columns: there is no column 'modle' (did you mean 'model'?)"),
        ("--sort=-requests", "there is no column 'requests' (did you mean 'num_model_requests'?)"),
        ("--sort additional_properties", "there is no column 'additional_properties'"),
        ("--raw --totals", "--raw gives the pages as they came, one a line: leave --totals out"),
        ("--raw --format csv", "leave --format out"),
        ("--format xlx", "--format cannot be 'xlx' (did you mean 'xlsx'?); it is one of table, csv,"),
    ],
)
def test_what_cannot_be_shown_is_refused(options: str, complaint: str, command: Run) -> None:
    """Before anything is sent, with exit code 2."""
    said = command(f"completions --last 2d {options}")
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def test_binary_data_is_kept_off_the_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would only garble it."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    said = command("completions --last 2d --format parquet")
    assert (said.code, said.out) == (2, "")
    assert "parquet is no text: give --output FILE" in said.err


@pytest.mark.parametrize("line", ["completions --last 2d", "report"])
@pytest.mark.parametrize("folder", [".", "..", "folder"])
def test_a_folder_is_no_file(
    line: str, folder: str, command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is called so, as it was typed."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    said = command(f"{line} --output {folder}")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: --output: '{folder}' is a folder: name a file, such as ")


@pytest.mark.parametrize("place", ["missing/rows.csv", "folder.csv", "file/rows.csv"])
def test_what_cannot_be_written_is_said_before_anything_is_sent(
    place: str, command: Run, tmp_path: Path
) -> None:
    """Exit code 27, with the system's reason."""
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    said = command(f"completions --last 2d --base-url http://127.0.0.1:9/v1 --output {tmp_path / place}")
    assert (said.code, said.out) == (27, "")
    assert f"{tmp_path / place} cannot be written: " in said.err


def test_a_value_that_no_document_lists_can_be_asked_for(command: Run) -> None:
    """Sent beside what is checked; repeated for several."""
    said = command(
        "images --last 7d --group-by size --extra-query sizes=1024x1536 --extra-query sizes=512x512 "
        "--totals --format csv --columns size"
    )
    assert (said.code, sorted(said.out.split())) == (0, ["1024x1536", "512x512", "size"])


def test_csv_for_spreadsheets_is_an_option(command: Run, tmp_path: Path) -> None:
    """It means CSV on a terminal, too, and does not go with another format."""
    path = tmp_path / "costs.csv"
    assert command(f"costs --last 1d --emulator --csv-safe -o {path}").code == 0
    assert path.read_text(encoding="utf-8").startswith("start_time,")
    for more in ("--format json", "--format table", f"-o {tmp_path / 'x.parquet'}", "--raw"):
        said = command(f"costs --last 1d --emulator --csv-safe {more}")
        assert (said.code, said.out) == (2, "")
        assert "--csv-safe" in said.err
