"""No page shows what is not run or compared: Python, commands, and what they print.

Pages about one part are tested beside that part; CLAIMS says which test has which blocks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path

import httpx
import pytest

from openai_org_usage.credentials import KEY_VARIABLE
from openai_org_usage.emulator import Emulator

from .pages import DOCS, ROOT, blocks, commands, pages

PAGES = ("quickstart", "recipes", "names", "errors", "key-costs", "archive", "services")
FRAMEWORKS = {"services": "fastapi"}
"""What pages need that is no dependency: without it they are skipped."""
HERE = "tests/test_documentation.py"
CONTENTS = "tests/test_contents.py"
REFERENCE = "tests/test_reference.py"
OF_ARCHIVES = "tests/cli/test_archive_pages.py"
OF_CONFIGURATION = "tests/cli/test_configuration.py::test_the_documented_file_is_read"
SHOWN = "tests/cli/test_docs.py::test_what_is_shown_is_what_is_printed"
LINES = f"{HERE}::test_every_line_of_a_shell_block_has_a_test"
CLAIMS: Mapping[tuple[str, str], str] = {
    ("README", "python"): "tests/test_readme.py::test_every_python_block_runs",
    ("README", "sh"): LINES,
    ("archive", "python"): f"{HERE}::test_every_python_block_runs",
    ("archive", "sh"): LINES,
    ("archive", "sql"): f"{OF_ARCHIVES}::test_the_queries_are_answered",
    ("archive", "text"): f"{OF_ARCHIVES}::test_the_layout_is_the_real_one",
    ("archive", "toml"): f"{OF_ARCHIVES}::test_the_file_of_organizations_is_read",
    ("archive-recipes", "crontab"): f"{OF_ARCHIVES}::test_the_line_for_cron_runs",
    ("archive-recipes", "ini"): f"{OF_ARCHIVES}::test_the_units_are_accepted",
    ("archive-recipes", "python"): f"{OF_ARCHIVES}::test_the_asset_for_dagster_syncs",
    ("archive-recipes", "sql"): f"{OF_ARCHIVES}::test_the_queries_are_answered",
    ("archive-recipes", "yaml"): f"{OF_ARCHIVES}::test_the_workflow_keeps_the_archive_from_run_to_run",
    ("api", "{eval-rst}"): f"{REFERENCE}::test_every_name_that_autodoc_is_given_exists",
    ("archive-sql", "sql"): "tests/cli/sql/test_command.py::test_every_query_of_the_page_runs",
    ("cli", "console"): SHOWN,
    ("configuration", "sh"): LINES,
    ("configuration", "text"): OF_CONFIGURATION,
    ("configuration", "toml"): OF_CONFIGURATION,
    ("cli", "sh"): LINES,
    ("cli", "text"): "tests/cli/test_docs.py::test_what_an_interruption_says",
    ("data", "python"): "tests/tables/test_page.py::test_every_python_block_runs",
    ("data", "sh"): LINES,
    ("dlt", "python"): "tests/connectors/test_dlt_page.py::test_every_block_runs",
    ("dlt", "toml"): "tests/connectors/test_dlt_page.py::test_every_block_runs",
    ("errors", "python"): f"{HERE}::test_every_python_block_runs",
    ("errors", "{eval-rst}"): f"{REFERENCE}::test_every_name_that_autodoc_is_given_exists",
    ("index", "{include}"): f"{CONTENTS}::test_the_landing_page_begins_as_the_readme_does",
    ("index", "{toctree}"): f"{CONTENTS}::test_every_page_is_in_the_contents",
    ("names", "python"): f"{HERE}::test_every_python_block_runs",
    ("names", "toml"): "tests/directory/test_own_names.py::test_the_documented_file_is_read",
    ("jupyter", "python"): "tests/test_notebooks.py::test_every_cell_of_the_page_shows_something",
    ("key-costs", "console"): "tests/cli/test_key_costs.py::test_the_page_shows_what_is_printed",
    ("key-costs", "python"): f"{HERE}::test_every_python_block_runs",
    ("quickstart", "python"): f"{HERE}::test_every_python_block_runs",
    ("quickstart", "sh"): LINES,
    ("recipes", "python"): f"{HERE}::test_every_python_block_runs",
    ("referees", "sh"): LINES,
    ("regenerating", "console"): "tests/regenerating/test_page.py::test_the_real_change_is_told_as_printed",
    ("report", "python"): "tests/report/test_documentation.py::test_every_python_block_runs",
    ("services", "python"): f"{HERE}::test_every_python_block_runs",
    ("spark", "python"): "tests/connectors/test_spark_page.py::test_every_python_block_runs",
    ("testing", "python"): "tests/emulator/test_plugin.py::test_the_documented_examples_pass",
    ("testing", "sh"): LINES,
    ("vendoring", "sh"): "tests/vendoring/test_command.py::test_the_documented_commands_run",
    ("vendoring", "yaml"): "tests/vendoring/test_command.py::test_the_documented_commands_run",
}
"""The test of the blocks in a language on a page. Each takes all of them, found by page and language."""
KINDS: Mapping[str, str] = {
    r"(pipx?|uv tool) install '": f"{HERE}::test_every_extra_named_exists",
    r"export ": f"{HERE}::test_every_variable_exported_is_read",
    r"(\w+=\S+ )*make ": f"{HERE}::test_every_make_line_would_run",
    r"python -m openai_org_usage\.emulator ": f"{HERE}::test_the_emulator_starts_as_it_says",
    r"openai-org-usage (sync|sql|restatements) |openai-org-usage .* --archive ": (
        f"{OF_ARCHIVES}::test_the_shell_commands_run"
    ),
    r"openai-org-usage |eval ": "tests/cli/test_docs.py::test_the_shell_commands_run",
}
"""The test of the lines in shell blocks that begin so."""

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not shipped")

_RUN_EACH = """
import json, sys
for number, block in enumerate(json.load(sys.stdin), 1):
    print(f"# block {number}", flush=True)
    exec(compile(block, f"block {number}", "exec"), {"__name__": "__main__"})
"""


def run_python(texts: list[str], emulator: Emulator, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run blocks one after the other, each in a namespace of its own, as somebody with a key would."""
    keys = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", _RUN_EACH],
        input=json.dumps(texts),
        env={**os.environ, **keys, "PYTHONIOENCODING": "utf-8"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def named_in(file: str) -> set[str]:
    """The names of the tests in a file."""
    return set(re.findall(r"^def (test_\w+)\(", (ROOT / file).read_text(), flags=re.MULTILINE))


def test_every_block_has_a_test() -> None:
    """By its page and language; and no claim is left over from a block that is gone."""
    assert {(block.page, block.language) for block in blocks()} == set(CLAIMS)


def test_every_line_of_a_shell_block_has_a_test() -> None:
    """By how it begins."""
    lines = [line for block in blocks("sh") if CLAIMS[block.page, "sh"] == LINES for line in block.lines]
    assert [line for line in lines if not any(re.match(kind, line) for kind in KINDS)] == []
    assert [kind for kind in KINDS if not any(re.match(kind, line) for line in lines)] == []


def test_every_test_that_is_named_exists() -> None:
    """Under that name, in that file."""
    named = {tuple(claim.split("::")) for claim in [*CLAIMS.values(), *KINDS.values()]}
    assert [name for file, name in sorted(named) if name not in named_in(file)] == []


def test_every_fence_is_seen() -> None:
    """A block that does not end, or is indented, would be left out without a word."""
    for name, text in pages().items():
        fences = re.findall(r"^\s*(?:`{3,}|~{3,}|:{3,})", text, flags=re.MULTILINE)
        assert len(fences) == 2 * len(blocks(page=name)), name


@pytest.mark.parametrize("page", PAGES)
def test_every_python_block_runs(page: str, running_emulator: Emulator, tmp_path: Path) -> None:
    """One after the other, with key and address in the environment."""
    pytest.importorskip(FRAMEWORKS.get(page, "httpx"))
    texts = [block.text for block in blocks("python", page=page)]
    done = run_python(texts, running_emulator, tmp_path)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert done.stdout.count("# block") == len(texts) > 0


@pytest.mark.parametrize(
    "page",
    sorted(
        {block.page for block in blocks("python")} - {"archive-recipes", "dlt", "jupyter", "spark", "testing"}
    ),
)
def test_every_python_block_survives_where_nothing_was_used(
    page: str, unused_emulator: Emulator, tmp_path: Path
) -> None:
    """As with the key of a new organization, or early on the first day of a month."""
    pytest.importorskip(FRAMEWORKS.get(page, "httpx"))
    texts = [block.text for block in blocks("python", page=page)]
    done = run_python(texts, unused_emulator, tmp_path)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert done.stdout.count("# block") == len(texts) > 0


def test_what_python_is_said_to_print_is_what_it_prints(emulator: Emulator, tmp_path: Path) -> None:
    """The comments that begin with "such as", on the day of the emulator; up to an ellipsis."""
    present = "datetime(2026, 11, 20, 15, 30, tzinfo=timezone.utc)"
    shown = [
        (block, said.partition("…")[0])
        for block in blocks("python")
        for said in re.findall(r"# .*such as:? (.*)", block.text)
    ]
    assert {block.page for block, _ in shown} == {"README", "report"}
    for block, said in shown:
        text = block.text.replace("datetime.now(timezone.utc)", present)
        done = run_python([text], emulator, tmp_path)
        assert said in done.stdout, done.stderr


def test_every_extra_named_exists() -> None:
    """In the commands that install them, and in the table of the quick start."""
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    installed = re.findall(r"(?:pipx?|uv tool) install '[\w./-]+\[([\w,]+)\]'", "\n".join(pages().values()))
    table = takewhile(
        lambda line: line.startswith("|"), pages()["quickstart"].partition("| --- |")[2].splitlines()[1:]
    )
    tabled = [name for line in table for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert {name for names in installed for name in names.split(",")} <= extras
    assert len(installed) > 4
    assert set(tabled) == extras


def test_every_variable_exported_is_read() -> None:
    """By the client."""
    exported = [line.split()[1].split("=")[0] for _, line in commands() if line.startswith("export ")]
    assert set(exported) == {KEY_VARIABLE}


def dry(line: str) -> subprocess.CompletedProcess[str]:
    """What make would run for a line, were everything set up."""
    ready = "-o .venv/.ready -o .venv-referees/.ready"
    asked = line.replace("make ", f"make --dry-run --no-print-directory {ready} RUN={sys.executable} ", 1)
    return subprocess.run(["sh", "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("line", sorted({line for _, line in commands() if line.startswith("make ")}))
def test_every_make_line_would_run(line: str) -> None:
    """Its target exists, and the Makefile reads each variable that it sets."""
    variables = re.findall(r"\b([A-Z]+)=", line.partition("#")[0].partition('"')[0])
    makefile = (ROOT / "Makefile").read_text()
    assert [name for name in variables if f"$({name})" not in makefile] == []
    done = dry(line.partition("  #")[0].partition(" | ")[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(
    "line",
    [
        line
        for page, line in commands()
        if page == "testing" and "emul" in line and "--faults" not in line  # It lists, and does not serve.
    ],
)
def test_the_emulator_starts_as_it_says(line: str, tmp_path: Path) -> None:
    """By hand, with faults; what it says to export is where it answers."""
    run = dry(line).stdout if line.startswith("make ") else line.replace("python", sys.executable, 1)
    with subprocess.Popen(
        ["sh", "-c", f"exec {run}"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = "".join(takewhile(lambda part: "Ctrl-C" not in part, process.stdout))
        exported = dict(re.findall(r"^export (\w+)=(.*)$", said, flags=re.MULTILINE))
        answer = httpx.get(f"{exported['OPENAI_BASE_URL']}/organization/costs")
        process.terminate()
    assert answer.status_code in (401, 429)
    assert exported["OPENAI_ADMIN_KEY"].startswith("sk-admin-")
