"""What holds for every command: its help, its errors' tracebacks, and what shells complete."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from openai_org_usage import OPERATIONS
from openai_org_usage.cli.app import TOOLS, App

from .conftest import Run

NAMES = [*(name.replace("_", "-") for name in OPERATIONS), *TOOLS]


def completed(words: str) -> list[str]:
    """What bash is offered for the last of `words`, which may be empty."""
    environment = {
        "_OPENAI_ORG_USAGE_COMPLETE": "bash_complete",
        "COMP_WORDS": f"openai-org-usage {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    app = App()
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
