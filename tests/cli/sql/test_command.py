"""`sql` is asked in a word or from standard input, and writes rows; an error is a line."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import Archive
from openai_org_usage.archive.sql import connection as sql
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator

from ... import pages
from ..conftest import Run
from ..streams import LIMIT
from .conftest import SPENT

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
SCRIPT = Path(sys.executable).with_name("openai-org-usage")


def be_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have both streams be a terminal of 80 columns."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")


def test_a_terminal_gets_a_table(here: Path, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every digit, and no sums below, which nobody asked for."""
    be_terminal(monkeypatch)
    said = command(f"sql usage '{SPENT} order by spent desc limit 2'")
    head, _, *rows = said.out.splitlines()
    assert head.split() == ["project_id", "project_name", "spent"]
    assert len(rows) == 2
    monkeypatch.setenv("COLUMNS", "60")
    narrow = command("sql usage 'from costs limit 3'")
    assert max(map(len, narrow.out.splitlines())) <= 60
    assert "note: no room for " in narrow.err


def test_without_a_query_a_terminal_gets_the_tables(
    here: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their columns."""
    be_terminal(monkeypatch)
    said = command("sql usage")
    assert said.code == 0
    listed = [line.split()[0] for line in said.out.splitlines()[2:] if not line.startswith(" ")]
    assert listed == ["api_keys", "archive_tables", "costs", "projects", "restatements", "users"]
    assert "project_name" in said.out


def test_a_query_is_read_from_standard_input(
    here: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a dash, or without any; of several statements, the rows of the last are written."""
    for line in ("sql usage", "sql usage -"):
        text = "-- some\nset threads = 1; create temp table t as select 2 as n;\nselect n * 3 as m from t;\n"
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert command(line) == (0, "m\n6\n", "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select * from cost", "there is no table 'cost' (did you mean 'costs'?); sql DIR lists all"),
        ("selec 1", 'Parser Error: syntax error at or near "selec"'),
        ("select 1;\nselect nothing from costs", 'Binder Error: Referenced column "nothing" not found'),
        ("select 'x'::int", "Conversion Error: Could not convert string 'x' to INT32"),
        ("insert into costs select * from costs", "Catalog Error: costs is not an table"),
        ("select error('a\nb')", "Invalid Input Error: a b"),
        (" ", 'there is no query: give one, such as "from archive_tables"'),
        ("copy (select 1) to 'missing/x.csv'", "IO Error: "),
    ],
)
def test_an_error_of_sql_is_one_line(query: str, said: str, here: Path, command: Run) -> None:
    """With the exit code of wrong usage, and nothing is written."""
    ran = command(f'sql usage "{query}" -o out.csv')
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert ran.err.startswith(f"error: {said}")
    assert len(ran.err.splitlines()) == 1
    assert not Path("out.csv").exists()


def test_a_statement_without_rows_writes_none(here: Path, command: Run) -> None:
    """It is done."""
    assert command('sql usage "create temp table t as select 1"') == (0, "", "")
    assert command('sql usage "/* nothing */"') == (0, "", "")


@pytest.mark.parametrize(
    "query",
    [
        "from main.costs",
        "from memory.main.Costs",
        "select * from costs--all of it\n",
        'select * from"costs"',
        "from query('from co' || 'sts')",
        "from query_table('costs')",
        "with c as (from/**/costs) from c",
    ],
)
def test_a_table_is_found_however_it_is_written(
    query: str, here: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those that a query names are made ready."""
    expected = command("sql usage 'select count(*) as n from costs'")
    text = f"create temp table t as {query};\nselect count(*) as n from t;"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert command("sql usage") == expected


def test_no_variable_of_the_program_is_a_table(here: Path, command: Run) -> None:
    """DuckDB's Python would look for one."""
    said = command('sql usage "select * from others"')
    assert said.err == "error: there is no table 'others'; sql DIR lists all\n"


def test_damage_is_named(here: Path, command: Run, tmp_path: Path) -> None:
    """A file that is missing, or has another length."""
    shutil.copytree(here / "usage", tmp_path / "usage")
    (path,) = (tmp_path / "usage").glob("table=costs/*/*/data.parquet")
    for content in (path.read_bytes()[:-200], None):
        path.unlink() if content is None else path.write_bytes(content)
        said = command(f'sql {tmp_path / "usage"} "select sum(amount_value) from costs"')
        assert said.code not in (0, Exit.USAGE)
        assert path.relative_to(tmp_path / "usage").as_posix() in said.err
        assert "sync --repair --table costs pulls it again" in said.err


def test_what_a_sync_replaces_meanwhile_is_asked_again(
    here: Path, command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it wrote: here, a file that is gone between two looks at it."""
    folder = tmp_path / "usage"
    shutil.copytree(here / "usage", folder)
    (path,) = folder.glob("table=costs/*/*/data.parquet")
    aside = path.with_name("aside")

    def connect(*arguments: Any, **options: Any) -> Any:
        if aside.exists():
            aside.rename(path)
            return sql.connect(*arguments, **options)
        connection = sql.connect(*arguments, **options)
        path.rename(aside)
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"lookback": 864000', '"lookback": 864001'))
        return connection

    monkeypatch.setattr("openai_org_usage.cli.archive.sql.connect", connect)
    said = command(f'sql {folder} "select count(*) > 0 as any from costs"')
    assert said == (0, "any\ntrue\n", "")


def test_the_console_script_says_the_same(folder: Path) -> None:
    """And nothing of it needs a key."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    query = "select count(*) as n from costs"
    done = subprocess.run(
        [SCRIPT, "sql", folder, query],
        capture_output=True,
        env=environment,
        check=False,
        timeout=LIMIT,
        text=True,
    )
    connection = Archive(folder).duckdb()
    (count,) = connection.execute(query).fetchone()
    connection.close()
    assert (done.returncode, done.stdout, done.stderr) == (0, f"n\n{count}\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are other there")
def test_ctrl_c_ends_a_query(folder: Path) -> None:
    """While DuckDB is at it; it may lose one that comes between two statements, and takes the next."""
    query = "copy (select 1) to '/dev/stdout'; select count(*) from range(10000000) a, range(10000000) b"
    process = subprocess.Popen([SCRIPT, "sql", folder, query], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    for _ in range(60):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=LIMIT / 60)
            break
    _, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (Exit.INTERRUPTED, b"error: interrupted\n")


def test_every_query_of_the_page_runs(here: Path, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of docs/archive-sql.md, from standard input."""
    found = pages.blocks("sql", page="archive-sql")
    for block in found:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(block.text.encode())))
        said = command("sql usage")
        assert (said.code, said.err) == (0, ""), block.text
        assert said.out


def test_an_emulator_is_not_needed(folder: Path, command: Run, emulator: Emulator) -> None:
    """Nothing is sent."""
    before = len(emulator.requests)
    assert command(f"sql {folder} 'from archive_tables'").code == 0
    assert len(emulator.requests) == before
