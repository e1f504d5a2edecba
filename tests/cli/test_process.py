"""The real console script in processes of its own: start-up, pipes, terminals, signals, missing extras."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator
from openai_org_usage.installation import install_command

SCRIPT = Path(sys.executable).with_name("openai-org-usage")
HEAVY = (
    "httpx",
    "msgspec",
    "rich",
    "pyarrow",
    "pandas",
    "polars",
    "matplotlib",
    "starlette",
    "uvicorn",
    "asyncio",
)


def environment(emulator: Emulator) -> dict[str, str]:
    return {**os.environ, "OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}


def in_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(("how", "expected"), [("main()", True), ("main(['--version'])", False)])
def test_the_process_of_a_command_collects_rarely(how: str, expected: bool) -> None:
    """What a command makes stays until its end; a program that runs one keeps its own setting."""
    rarely = in_python(
        "import gc, sys; from openai_org_usage.cli import main; sys.argv[1:] = ['--version']\n"
        f"before = gc.get_threshold()[0]; assert {how} == 0; print(gc.get_threshold()[0] > before)"
    )
    assert rarely == str(expected)


_ENDING = """
import atexit, os, sys, threading, time
from openai_org_usage.cli.own_process import run_and_end

class Left:
    def __del__(self, write=os.write):
        write(1, b"taken apart\\n")

left = Left()
atexit.register(print, "last words")
sys.argv[1:] = ["--version"]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", []),
        ("sys.setprofile(lambda *_: None)", ["taken apart"]),
        ("sys.settrace(lambda *_: None)", ["taken apart"]),
        (
            "threading.Thread(target=lambda: (time.sleep(0.2), print('waited for'))).start()",
            ["waited for", "taken apart"],
        ),
    ],
    ids=["alone", "profiled", "traced", "with a thread"],
)
def test_a_process_ends_without_taking_all_apart(before: str, after: list[str]) -> None:
    """What is registered for its end is done, and all is written; unless something is left to wait for."""
    done = subprocess.run(
        [sys.executable, "-c", f"{_ENDING}{before}\nrun_and_end()"],
        capture_output=True,
        text=True,
        check=True,
    )
    version, *said = done.stdout.split("\n")[:-1]
    assert version[0].isdecimal()
    assert sorted(said) == sorted(["last words", *after])
    assert done.stderr == ""


def test_its_exit_code_is_that_of_the_command() -> None:
    """Also where that is an error, and of `python -m`."""
    for start in ([str(SCRIPT)], [sys.executable, "-m", "openai_org_usage"]):
        done = subprocess.run([*start, "nope"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: there is no command 'nope'")


@pytest.mark.parametrize("arguments", [["--help"], ["costs", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """It is there at once: none of what only a pull, a table or the emulator needs is imported."""
    loaded = in_python(
        f"import sys; from openai_org_usage.cli import main; main({arguments})\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert loaded == "[]"


@pytest.mark.parametrize(("arguments", "expected"), [((), []), (("--output", "costs.parquet"), ["pyarrow"])])
def test_a_pull_loads_no_library_without_need(
    arguments: tuple[str, ...], expected: list[str], emulator: Emulator, tmp_path: Path
) -> None:
    """Rows as CSV need neither pyarrow nor the emulator, and Parquet no pandas, which is there; nor numpy.

    Of pyarrow, only older versions cannot be without it.
    """
    is_old = int(version("pyarrow").partition(".")[0]) < 18
    loaded = in_python(
        "import sys, os; from openai_org_usage.cli import main\n"
        f"os.environ.update(OPENAI_ADMIN_KEY={emulator.admin_key!r}, OPENAI_BASE_URL={emulator.base_url!r})\n"
        f"os.chdir({str(tmp_path)!r})\n"
        f"sys.argv[1:] = ['costs', '--start-time', '2026-11-18', *{arguments}]; assert main() == 0\n"
        "late = ('pyarrow', 'numpy', 'pandas', 'polars', 'starlette', 'uvicorn')\n"
        "loaded = [name for name in late if name in sys.modules]\n"
        "import pandas\n"
        "print(loaded)"
    )
    assert loaded == str([*expected, *(["numpy"] if expected and is_old else [])])


def test_without_the_extra_a_line_says_how_to_get_it() -> None:
    """`vendor` and `--version` work without."""
    said = in_python(
        "import sys, io, contextlib; sys.modules['click'] = None\n"
        "from openai_org_usage.cli import main\n"
        "error = io.StringIO()\n"
        "with contextlib.redirect_stderr(error): code = main(['costs', '--last', '1d'])\n"
        "assert main(['--version']) == 0\n"
        "try: main(['vendor', '--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(int(code), error.getvalue().strip())"
    )
    how = install_command("cli")
    assert said == f"28 error: the command line, but for `vendor`, needs an extra: {how}"


@pytest.mark.parametrize(
    ("module", "line", "extra"),
    [
        ("uvicorn", "costs --today --emulator", "emulator"),
        ("rich", "costs --today --format table", "cli"),
        ("pyarrow", "costs --today --format parquet", "arrow"),
        ("pyarrow", "sync kept", "archive"),
        ("duckdb", "sql kept select", "archive"),
    ],
)
def test_a_missing_extra_is_named(module: str, line: str, extra: str, emulator: Emulator) -> None:
    """The one that makes the command whole, with exit code 28."""
    said = in_python(
        f"import sys, io, os, contextlib; sys.modules[{module!r}] = None\n"
        f"os.environ.update(OPENAI_ADMIN_KEY={emulator.admin_key!r}, OPENAI_BASE_URL={emulator.base_url!r})\n"
        "from openai_org_usage.cli import main\n"
        "error = io.StringIO()\n"
        f"with contextlib.redirect_stderr(error): code = main({line.split()})\n"
        "print(int(code), error.getvalue().strip())"
    )
    assert said.startswith("28 error: ")
    assert said.endswith(install_command(extra))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_it_is_a_table(emulator: Emulator) -> None:
    """In colours, as wide as the terminal; `python -m openai_org_usage` is the same command."""
    import pty

    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "openai_org_usage", "costs", "--start-time", "2026-11-18"],
        stdout=theirs,
        env={**environment(emulator), "TERM": "xterm", "COLUMNS": "60"},
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "\x1b[1m" in shown
    assert "amount_value, usd" in shown
    assert "total" in shown
