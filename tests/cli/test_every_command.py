"""What holds for every command: its help, its errors' tracebacks, what shells complete, and closed pipes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from openai_org_usage import OPERATIONS
from openai_org_usage.cli.app import TOOLS, App
from openai_org_usage.cli.surroundings import Surroundings
from openai_org_usage.emulator import Emulator

from ..pages import ROOT
from .conftest import Run

NAMES = [*(name.replace("_", "-") for name in OPERATIONS), *TOOLS]
COMMAND = [sys.executable, "-W", "error", "-m", "openai_org_usage"]


def completed(words: str) -> list[str]:
    """What bash is offered for the last of `words`, which may be empty."""
    environment = {
        "_OPENAI_ORG_USAGE_COMPLETE": "bash_complete",
        "COMP_WORDS": f"openai-org-usage {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    app = App(Surroundings())
    said = CliRunner().invoke(app, [], prog_name="openai-org-usage", env=environment)
    return [line.partition(",")[2] for line in said.output.splitlines()]


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_has_two_names(name: str, command: Run) -> None:
    """`-h` and `--help` say the same, under the name that was typed, with exit code 0."""
    short, long = command(f"{name} -h"), command(f"{name} --help")
    assert short == long
    assert (long.code, long.err) == (0, "")
    assert long.out.startswith(f"usage: openai-org-usage {name}".rstrip())
    assert re.search(r"^ +-h, --help ", long.out, flags=re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_debug_is_an_option(name: str, command: Run) -> None:
    """It is in the help, and shells complete it."""
    assert re.search(r"^ +--debug +\S", command(f"{name} --help").out, flags=re.MULTILINE)
    assert "--debug" in completed(f"{name} --d")
    assert "--help" in completed(f"{name} --")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("costs --last 2d --base-url http://api.test/v1", "ConfigurationError"),
        ("report --last nothing", "WrongUsageError"),
        ("budget --limit much", "WrongUsageError"),
        ("emulator --port {taken}", "NotListeningError"),
        ("vendor {missing} --check", "NoCopyError"),
        ("shell-completion", "UsageError"),
    ],
)
def test_an_error_is_a_line_and_with_debug_a_traceback(
    line: str, error: str, command: Run, tmp_path: Path
) -> None:
    """Whichever command it is of, a port that is taken included."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = line.format(taken=listener.getsockname()[1], missing=tmp_path / "missing")
        plain, debugged = command(words), command(f"{words} --debug")
    assert plain.code == debugged.code != 0
    assert plain.err.startswith("error: ")
    assert "Traceback" not in plain.err
    assert error in debugged.err.partition("Traceback")[2]
    assert debugged.err.endswith(plain.err)


def with_closed_pipe(words: list[str], emulator: Emulator) -> tuple[int, str]:
    """Exit code and standard error of a process whose reader is gone before it begins."""
    ours, theirs = os.pipe()
    os.close(ours)
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    try:
        done = subprocess.run(
            words,
            stdout=theirs,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={
                **inherited,
                "OPENAI_ADMIN_KEY": emulator.admin_key,
                "OPENAI_BASE_URL": emulator.base_url,
            },
            text=True,
            check=False,
        )
    finally:
        os.close(theirs)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "line",
    [
        *(f"{name} --help" for name in ("", "costs", *TOOLS)),
        "--version",
        "--exit-codes",
        "costs --start-time 2026-11-18",
        "costs --start-time 2026-11-18 --dry-run",
        "report --month 2026-10 --format json",
        "budget --limit 1",
        "doctor",
        "emulator",
        "shell-completion bash",
        "vendor {folder}",
    ],
)
def test_every_command_survives_a_closed_pipe(line: str, emulator: Emulator, tmp_path: Path) -> None:
    """Without a word, and with the exit code that shells expect."""
    words = line.format(folder=tmp_path).split()
    assert with_closed_pipe([*COMMAND, *words], emulator) == (141, "")


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("openai_org_usage.emulator", {141}),
        ("openai_org_usage.demo", {1, 141}),  # Newer versions of rich notice it themselves.
        ("codegen --help", {141}),
        ("codegen check", {141}),
    ],
)
def test_so_do_the_modules_behind_make(words: str, codes: set[int], emulator: Emulator) -> None:
    """`make pin … | head` as well as `make emulator | head`."""
    if words.startswith("codegen") and not (ROOT / "codegen").is_dir():
        pytest.skip("the tools are not shipped")
    if words == "codegen check":
        pytest.importorskip("jinja2")
    code, said = with_closed_pipe([sys.executable, "-W", "error", "-m", *words.split()], emulator)
    assert (code in codes, said) == (True, "")
