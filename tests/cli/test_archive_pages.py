"""docs/archive.md and its recipes: commands, units, workflow, functions and SQL run as they are shown."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from openai_org_usage import Archive, UsageClient
from openai_org_usage.archive.organizations_file import read_organizations
from openai_org_usage.emulator import Emulator

from .. import pages
from ..conftest import NOW
from .test_docs import shell_in

pa: Any = pytest.importorskip("pyarrow")
duckdb: Any = pytest.importorskip("duckdb")
RECIPES = "archive-recipes"

pytestmark = pytest.mark.skipif(not pages.DOCS.is_dir(), reason="the documentation is not shipped")


@pytest.fixture(scope="module")
def small() -> Iterator[Emulator]:
    """An organization of whose usage the API has two weeks."""
    with Emulator(now=lambda: NOW, lookback_days=15) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def kept(small: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `usage` is an archive of its costs."""
    folder = tmp_path_factory.mktemp("kept")
    with UsageClient(admin_key=small.admin_key, base_url=small.base_url, clock=lambda: NOW) as client:
        Archive(folder / "usage").sync(client, tables=["costs"], names=False)
    return folder


def test_the_shell_commands_run(small: Emulator, tmp_path: Path) -> None:
    """Of all pages but one, in one folder; those of the command line ask for years and organizations."""
    lines = [
        line.partition("  #")[0]
        for page, line in pages.commands()
        if pages.OF_ARCHIVE.match(line) and page != "cli"
    ]
    said = shell_in(tmp_path, small)(lines)
    assert {path.name for path in tmp_path.iterdir()} >= {"usage"}
    assert "costs_by_key: " in said
    assert "completions_1h: " in said
    assert "0 differences, " in said
    assert len(lines) > 7


def test_the_layout_is_the_real_one(kept: Path) -> None:
    """Paths as shown, for whichever table, organization and month."""
    (layout,) = pages.blocks("text", page="archive")
    shown = {path.replace("2026-10", "2026-11") for path in layout.text.split()}
    real = {path.relative_to(kept).as_posix() for path in (kept / "usage").rglob("*") if path.is_file()}
    assert {path for path in shown if "table=costs/" in path or path.endswith("json")} <= real


def test_the_file_of_organizations_is_read(tmp_path: Path) -> None:
    """As shown."""
    (block,) = pages.blocks("toml", page="archive")
    path = tmp_path / "organizations.toml"
    path.write_text(block.text)
    assert [each.name for each in read_organizations(path)] == ["acme", "acme-eu"]


def test_the_line_for_cron_runs(small: Emulator, tmp_path: Path) -> None:
    """What follows the five fields of its time; it prints nothing."""
    (block,) = pages.blocks("crontab", page=RECIPES)
    setting, path, line = block.lines
    assert setting.startswith("OPENAI_ADMIN_KEY=sk-admin-")
    assert path.startswith("PATH=")
    *time, command = line.split(maxsplit=5)
    assert all(field == "*" or field.isdecimal() for field in time)
    assert shell_in(tmp_path, small)([f"HOME={tmp_path}", command]) == ""
    assert (tmp_path / "openai-usage" / "manifest.json").is_file()


def units() -> dict[str, str]:
    """The units by their names."""
    blocks = [block.text for block in pages.blocks("ini", page=RECIPES)]
    return {Path(text.partition("\n")[0].removeprefix("# ")).name: text for text in blocks}


def test_the_units_are_accepted(tmp_path: Path) -> None:
    """By systemd where it is there; they name each other, and the command runs."""
    for name, text in units().items():
        (tmp_path / name).write_text(text)
    parsed = {name: configparser.ConfigParser(interpolation=None) for name in units()}
    for name, parser in parsed.items():
        parser.read_string(units()[name])
    assert list(parsed) == ["openai-usage.service", "openai-usage.timer"]
    assert parsed["openai-usage.timer"]["Timer"]["Persistent"] == "true"
    assert "sync /var/lib/openai-usage" in parsed["openai-usage.service"]["Service"]["ExecStart"]
    if analyze := shutil.which("systemd-analyze"):
        done = subprocess.run(
            [analyze, "verify", *(str(tmp_path / name) for name in units())],
            capture_output=True,
            text=True,
            check=False,
        )
        own = [line for line in done.stderr.splitlines() if "openai-usage" in line]
        assert own == []


def test_the_workflow_keeps_the_archive_from_run_to_run(small: Emulator, tmp_path: Path) -> None:
    """Its shell lines, with programs in the place of `gh` and `pip`: the second sync goes on."""
    (block,) = pages.blocks("yaml", page=RECIPES)
    steps = {step.get("name"): step for step in yaml.safe_load(block.text)["jobs"]["sync"]["steps"]}
    stored = tmp_path / "stored"
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin" / "gh"
    last = f"test -d {stored} && echo 17 || true"
    gh.write_text(f'#!/bin/sh\ncase "$1" in api) {last};; run) cp -r {stored} usage;; esac\n')
    (tmp_path / "bin" / "pip").write_text("#!/bin/sh\n")
    for program in (gh, tmp_path / "bin" / "pip"):
        program.chmod(0o755)
    settings = ["GITHUB_REPOSITORY=acme/usage", f"GITHUB_OUTPUT={tmp_path}/said"]
    lines = [*settings, *(steps[name]["run"] for name in ("install", "last", "sync"))]
    upload = f"rm -rf {stored}; mv usage {stored}"
    run = shell_in(tmp_path, small)
    first, second = run([*lines, upload]), run([*lines, upload])
    assert "costs: " in first
    assert second.splitlines()[-1].startswith("0 files written")
    assert steps[None]["with"]["path"] == "usage"
    assert (tmp_path / "said").read_text() == "code=0\n" * 2
    assert steps["verdict"]["run"] == "exit ${{ steps.sync.outputs.code }}"


def function_of(library: str, **names: object) -> Callable[[], Any]:
    """The function on the page that is given to `library`, of which only these names are there."""
    (text,) = (block.text for block in pages.blocks("python", page=RECIPES) if library in block.text)
    module = types.ModuleType(library)
    vars(module).update(names)
    space: dict[str, Any] = {"__name__": "recipe"}
    with pytest.MonkeyPatch.context() as patch:
        for part in (library, library.partition(".")[0]):
            patch.setitem(sys.modules, part, module)
        exec(compile(text, library, "exec"), space)
    found: Callable[[], Any] = space["openai_usage"]
    return found


def in_archive_of(emulator: Emulator, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Have the present process sync into `folder`, as with a key in its environment."""
    patch.chdir(folder)
    patch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
    patch.setenv("OPENAI_BASE_URL", emulator.base_url)


def test_the_task_for_airflow_syncs(
    running_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decorators are stand-ins, as the library is large; the function is the page's."""
    in_archive_of(running_emulator, tmp_path, monkeypatch)
    told: list[Any] = []

    def task(**settings: object) -> Callable[[Callable[[], Any]], Callable[[], object]]:
        assert settings == {"retries": 3}
        return lambda function: lambda: told.append(function())

    def dag(**settings: object) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
        assert set(settings) == {"schedule", "start_date", "catchup"}
        return lambda function: function

    function_of("airflow.sdk", dag=dag, task=task)
    assert told[0]["rows"] > 0
    assert Archive("usage").manifest().organizations


def test_the_asset_for_dagster_syncs(
    running_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for Airflow."""
    in_archive_of(running_emulator, tmp_path, monkeypatch)

    def asset(function: Callable[[], Any]) -> Callable[[], Any]:
        return function

    synced = function_of("dagster", asset=asset, MaterializeResult=types.SimpleNamespace)
    assert synced().metadata["rows"] > 0


def queries() -> list[str]:
    """The SQL of the two pages; a line for dbt is taken out, and a file stands in for the Postgres server."""
    blocks = [*pages.blocks("sql", page="archive"), *pages.blocks("sql", page=RECIPES)]
    return [
        "\n".join(line for line in block.text.splitlines() if not line.startswith("{{")).replace(
            "'dbname=usage' as pg (type postgres)", "':memory:' as pg"
        )
        for block in blocks
    ]


def test_the_queries_are_answered(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By DuckDB; sums are exact."""
    monkeypatch.chdir(kept)
    connection = duckdb.connect()
    *asked, load = queries()
    columns = [[name for name, *_ in connection.execute(query).description] for query in asked]
    assert columns == [
        ["organization", "month", "spent"],
        ["organization", "month", "project_id", "currency", "spent"],
        ["time", "metric", "value"],
        ["name", "hours"],
    ]
    kept_sum = "select sum(amount_value) from read_parquet('usage/table=costs/**/*.parquet')"
    expected = connection.execute(kept_sum).fetchone()
    months = connection.execute(f"select sum(spent) from ({asked[0]})").fetchone()
    connection.execute(load)
    assert months == expected == connection.execute("select sum(amount_value) from pg.costs").fetchone()
    connection.close()
