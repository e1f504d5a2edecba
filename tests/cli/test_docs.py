"""docs/cli.md shows what is printed, its exit codes are complete, and the commands of all pages run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage.cli.exit_codes import EXIT_CODES, Exit
from openai_org_usage.emulator import Emulator
from openai_org_usage.pagination.rules import Bucket
from openai_org_usage.tables.text import TextSink

from .. import pages
from ..conftest import NOW
from .conftest import Run

TWENTY_THIRD = 1_774_224_000
"""2026-03-23 00:00 UTC."""
DOCS = Path(__file__).parents[2] / "docs" / "cli.md"

pytestmark = pytest.mark.skipif(not DOCS.is_file(), reason="the documentation is not shipped")


def shown() -> list[tuple[str, str]]:
    """The commands in `console` blocks, each with what is shown below it."""
    parts = [
        part
        for block in pages.blocks("console", page="cli")
        for part in re.split(r"(?m)^\$ openai-org-usage ?", block.text)[1:]
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


def shell_in(folder: Path, emulator: Emulator) -> Callable[[list[str]], str]:
    """Runs lines in a shell in `folder`, on the day that the pages were made; gives what they print."""
    script = folder / "bin" / "openai-org-usage"
    script.parent.mkdir(exist_ok=True)
    context = f"CommandContext(clock=lambda: {NOW})"
    script.write_text(
        f"#!{sys.executable} -P\n"
        "import sys\n"
        "from openai_org_usage.cli import main\n"
        "from openai_org_usage.cli.context import CommandContext\n"
        f"sys.exit(main(context={context}))\n"
    )
    script.chmod(0o755)

    def run(lines: list[str]) -> str:
        done = subprocess.run(
            ["bash", "-eu", "-c", "\n".join(lines)],
            cwd=folder,
            env={
                **os.environ,
                "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}",
                "OPENAI_ADMIN_KEY": emulator.admin_key,
                "OPENAI_BASE_URL": emulator.base_url,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_shell_commands_run(emulator: Emulator, tmp_path: Path) -> None:
    """Of all pages but docs/vendoring.md, in their order. The emulator's clock goes on, so doctor has 40.

    Those for archives have a test of their own.
    """
    pytest.importorskip("pyarrow")
    lines = [
        line.partition("  #")[0] + (" || test $? -eq 40" if "doctor" in line else "")
        for block in pages.blocks("sh")
        if block.page != "vendoring"
        for line in block.lines
        if line.startswith(("openai-org-usage ", "eval ")) and not pages.OF_ARCHIVE.match(line)
    ]
    said = shell_in(tmp_path, emulator)(lines)
    made = {".cache", "bin", "config.schema.json", "costs.parquet", "week.html", "report.html", "third_party"}
    assert {path.name for path in tmp_path.iterdir()} == made
    assert said.count('{"start_time":') == 3
    once = ("ok       usage", "will exceed", "usage: openai-org-usage COMMAND", "up to date")
    assert [said.count(part) for part in once] == [1] * len(once)


def test_what_an_interruption_says(command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block in docs/cli.md, by a Ctrl-C while the last hour before 23 March is written."""
    (block,) = pages.blocks("text", page="cli")
    add = TextSink.add

    def add_and_press(sink: TextSink, bucket: Bucket) -> None:
        add(sink, bucket)
        if bucket.end_time == TWENTY_THIRD:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(TextSink, "add", add_and_press)
    monkeypatch.chdir(tmp_path)
    said = command("completions --start-time 2026-03-16 --bucket-width 1h --output usage.csv")
    assert (said.code, said.out) == (Exit.INTERRUPTED, "")
    assert said.err == block.text
    assert [path.name for path in tmp_path.iterdir()] == ["usage.part.csv"]


def test_the_exit_codes_are_the_real_ones() -> None:
    """All of them, as --exit-codes shows them."""
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES
