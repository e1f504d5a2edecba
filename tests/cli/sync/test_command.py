"""What `sync` prints and exits with, and what becomes of everything that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import GroupingRefused, MissingScope

from ...conftest import DAY, NOW
from ..conftest import Run
from .kept_files import FEW, content


def test_a_line_for_each_table(command: Run, folder: Path) -> None:
    """In a pipe; a second sync of the same moment writes nothing."""
    said = command(f"sync usage {FEW}")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "vector_stores: 18 rows read, 1 month written, 0 fields restated, 1 request",
        "2 files written, 1 request",
    ]
    before = content(folder)
    again = command("sync usage --table vector_stores --no-names")
    assert again.out.splitlines()[-1] == "0 files written, 1 request"
    assert content(folder) == before
    assert command(f"sync usage {FEW} --quiet").out == ""


def test_a_table_on_a_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each table, as wide as the terminal."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    said = command(f"sync usage {FEW} --table images")
    heading, _, first, second, closing = (line.split() for line in said.out.splitlines() if line.strip())
    assert heading == ["table", "rows", "read", "months", "written", "fields", "restated", "requests"]
    assert (first[0], second[0]) == ("vector_stores", "images")
    assert closing[1:3] == ["files", "written,"]


def test_the_usual_tables_and_those_that_are_kept(command: Run, folder: Path) -> None:
    """A width or a grouping makes a table of its own, which is then synced like the others."""
    assert command("sync usage --table completions --group-by model --since 2d --no-names").code == 0
    assert command("sync usage --table completions --width 1h --since 2d --no-names").code == 0
    tables = json.loads((folder / "usage" / "manifest.json").read_bytes())["tables"]
    assert sorted(tables) == ["completions_1h", "completions_by_model"]
    said = command("sync usage --since 2d --no-names")
    assert said.code == 0
    assert {"completions", "completions_1h", "completions_by_model", "costs", "costs_by_key"} < {
        line.partition(":")[0] for line in said.out.splitlines()
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("''", "DIR names no directory: give a folder, or the URL of an object store"),
        ("usage --table ''", "--table is empty"),
        ("usage --group-by model", "--group-by is of one endpoint: name it, as in --table completions"),
        ("usage --table nothing", "--table: there is no endpoint 'nothing'"),
        ("usage --table costs --width 1h", "bucket_width cannot be '1h'"),
        ("usage --table images --group-by batch", "group_by cannot be 'batch'"),
        (
            "usage --audit --repair",
            "--audit writes nothing and compares all: leave --repair out",
        ),
        (
            "usage -o differences.csv",
            "options for output, such as -o, are for the differences of --audit",
        ),
        ("usage --lookback 400d", "--lookback: 400d is more than the year that the API goes back"),
        ("usage --lookback soon", "--lookback: 'soon' is no span"),
        ("usage --since 2031-01-01", "--since: 2031-01-01 is ahead"),
        ("usage --organization ../up", "--organization: '../up' cannot be part of a path"),
        (
            "usage --organizations o.toml --emulator",
            "--organizations says whom to ask: leave --emulator out",
        ),
        ("usage --organizations o.toml --organization c", "--organization: 'c' is not in o.toml"),
    ],
)
def test_wrong_usage(line: str, said: str, command: Run, emulator: Emulator, folder: Path) -> None:
    """Nothing is asked and nothing written."""
    (folder / "o.toml").write_text('[organizations.acme]\nkey_env = "ACME_KEY"\n')
    refused = command(f"sync {line}")
    assert refused.code == Exit.USAGE
    assert said in refused.err
    assert not emulator.requests
    assert not (folder / "usage" / "manifest.json").exists()


def test_what_is_no_archive(command: Run, folder: Path, emulator: Emulator) -> None:
    """A folder with other files, a file, and an archive of a newer format: none is touched."""
    (folder / "photos").mkdir()
    (folder / "photos" / "cat.jpg").write_bytes(b"meow")
    (folder / "file").write_bytes(b"")
    newer = {"format": "openai-org-usage archive", "version": 99}
    (folder / "newer").mkdir()
    (folder / "newer" / "manifest.json").write_text(json.dumps(newer))
    said = [command(f"sync {name} {FEW}") for name in ("photos", "file", "newer")]
    assert [each.code for each in said] == [Exit.ARCHIVE] * 3
    for each, part in zip(said, ("photos", "file is a file", "a newer version"), strict=True):
        assert part in each.err
    assert not emulator.requests
    files = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert files == ["cat.jpg", "file", "manifest.json"]


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("damage", [Path.unlink, cut_off])
def test_a_missing_or_damaged_file_is_named_and_repaired(
    damage: Callable[[Path], object], command: Run, folder: Path
) -> None:
    """It is pulled again by --repair, and nothing else changes."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    (name,) = (path for path in before if path.endswith(".parquet"))
    damage(folder / "usage" / name)
    said = command(f"sync usage {FEW}")
    assert said.code == Exit.ARCHIVE_DAMAGED
    assert name in said.err
    assert "--repair" in said.err
    repaired = command(f"sync usage {FEW} --repair")
    assert repaired.code == 0
    assert "pulled again" in repaired.err
    assert content(folder)[name] == before[name]


def test_a_repair_that_is_refused_does_not_say_that_all_is_well(
    command: Run, emulator: Emulator, folder: Path
) -> None:
    """The file is named as damaged still, and the other tables are read."""
    assert command(f"sync usage {FEW} --table images").code == 0
    (path,) = (folder / "usage" / "table=images").rglob("*.parquet")
    path.unlink()
    emulator.faults = FaultPlan(MissingScope(), operations="images")
    said = command(f"sync usage {FEW} --repair")
    assert said.code == Exit.NOT_ALL
    assert "images 2026-11: still damaged, --repair tries again: " in said.err
    assert said.out.startswith("vector_stores: 18 rows read")


def test_a_clock_that_went_back(command: Run, folder: Path) -> None:
    """Newer answers are not replaced by older ones; a repair reads again what a wrong clock read."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    said = command(f"sync usage {FEW}", now=NOW - DAY)
    assert said.code == Exit.ARCHIVE
    assert "the clock went back" in said.err
    assert "if it was wrong then, sync --repair reads all again" in said.err
    assert content(folder) == before
    repaired = command(f"sync usage {FEW} --repair", now=NOW - DAY)
    assert "vector_stores: read again from its start, since a clock was ahead" in repaired.err
    again = command(f"sync usage {FEW}", now=NOW - DAY)
    assert (repaired.code, again.code, again.out.splitlines()[-1]) == (0, 0, "0 files written, 1 request")


def test_a_start_that_the_api_has_forgotten(command: Run) -> None:
    """It begins at the earliest that the API names: here 40 days back."""
    said = command("sync usage --table vector_stores --since 2020-01-01 --no-names")
    assert said.code == 0
    assert said.out.startswith("vector_stores: ")


def test_a_table_that_the_key_may_not_read(command: Run, emulator: Emulator) -> None:
    """The others are kept; costs by key, one of the usual tables, may be refused without harm."""
    emulator.faults = FaultPlan(MissingScope(), operations="images")
    said = command(f"sync usage {FEW} --table images")
    assert said.code == Exit.NOT_ALL
    assert "note: images: the API refuses it: " in said.err
    assert "images: refused" in said.out
    assert said.out.startswith("vector_stores: 18 rows read")
    assert command("sync usage --table images --no-names").code == Exit.NOT_PERMITTED

    emulator.faults = FaultPlan(GroupingRefused("api_key_id"), operations="costs")
    usual = command("sync usual --since 1d --no-names")
    assert usual.code == 0
    assert "costs_by_key: refused" in usual.out
