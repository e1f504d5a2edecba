"""docs/cli.md: commands run, what it shows is what is printed, and the table of exit codes is complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage.cli.exit_codes import EXIT_CODES
from openai_org_usage.emulator import Emulator

from ..conftest import NOW
from .conftest import Run

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
PROMPT = "$ openai-org-usage "

pytestmark = pytest.mark.skipif(not DOCS.is_file(), reason="the documentation is not shipped")


def blocks(language: str) -> list[str]:
    text = DOCS.read_text(encoding="utf-8") if DOCS.is_file() else ""
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def shown() -> list[tuple[str, str]]:
    """The commands in `console` blocks, each with what is shown below it."""
    parts = [
        part for block in blocks("console") for part in re.split(r"(?m)^\$ openai-org-usage ", block)[1:]
    ]
    return [(line, output) for line, _, output in (part.partition("\n") for part in parts)]


@pytest.mark.parametrize(("line", "output"), shown(), ids=[line for line, _ in shown()])
def test_what_is_shown_is_what_is_printed(
    line: str, output: str, command: Run, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a terminal of 80 columns, on 20 November 2026, with an organization like the emulator's."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    said = command(line)
    printed = (said.err + said.out).replace(emulator.base_url, "https://api.openai.com/v1")
    assert printed == output


def test_the_shell_commands_run(emulator: Emulator, tmp_path: Path) -> None:
    """One after the other, in a shell; on the day that the rest of the page was made."""
    pytest.importorskip("pyarrow")
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "openai-org-usage"
    within = f"Surroundings(clock=lambda: {NOW})"
    script.write_text(
        f"#!{sys.executable} -P\n"
        "import sys\n"
        "from openai_org_usage.cli import main\n"
        "from openai_org_usage.cli.surroundings import Surroundings\n"
        f"sys.exit(main(within={within}))\n"
    )
    script.chmod(0o755)
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    kept = [line for line in lines if not re.match(r"(pip|export) |openai-org-usage doctor", line)]
    done = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(kept)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "OPENAI_ADMIN_KEY": emulator.admin_key,
            "OPENAI_BASE_URL": emulator.base_url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"bin", "costs.parquet", "week.html"}
    assert done.stdout.count('{"start_time":') == 3


def test_the_exit_codes_are_the_real_ones() -> None:
    """All of them, as --exit-codes shows them."""
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES
