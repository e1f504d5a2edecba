"""The command itself: its help, its exit codes, and the commands in docs/vendoring.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage import MissingExtraError, __version__
from openai_org_usage.installation import install_command
from openai_org_usage.vendoring import errors
from openai_org_usage.vendoring.contents import LEFT_OUT, installed
from openai_org_usage.vendoring.exit_codes import EXIT_CODES, CopyState

from .conftest import Command

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "vendoring.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), flags=re.DOTALL)


def test_the_version_is_the_package_s(command: Command) -> None:
    """As in every command."""
    assert command("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["vendor"], ["vend"], ["vendor", "x", "--force"], ["vendor", "x", "--check", "--update"]],
)
def test_wrong_usage(arguments: list[str], command: Command) -> None:
    """Exit code 2, a line on standard error, and the command that explains it."""
    said = command(*arguments)
    error, help = said.err.splitlines()
    assert (said.code, said.out) == (2, "")
    assert error.startswith("error: ")
    assert help in ("  openai-org-usage --help", "  openai-org-usage vendor --help")


def test_help_lists_every_exit_code(command: Command) -> None:
    """And each of them is the code of a state or of an error, or one that all commands have."""
    said = command("vendor", "--help")
    for code, meaning in EXIT_CODES.items():
        assert re.search(rf"^ +{code}  {re.escape(meaning)}$", said.out, flags=re.MULTILINE)
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    own = {kind.exit_code for kind in kinds if issubclass(kind, errors.VendoringError)}
    assert own | set(CopyState) | {0, 2} == set(EXIT_CODES)


def test_help_loads_nothing_heavy() -> None:
    """It is there at once."""
    code = (
        "import sys; from openai_org_usage.cli import main\n"
        "try: main(['vendor', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = ['attrs', 'httpx', 'msgspec', 'importlib.metadata']\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(not DOCS.is_file(), reason="the documentation is not shipped")
def test_the_documented_commands_run(tmp_path: Path) -> None:
    """One after the other, in a shell, from the root of somebody's repository; then those of CI."""
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "openai-org-usage"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m openai_org_usage "$@"\n')
    script.chmod(0o755)
    in_ci = re.findall(r"run: (openai-org-usage .*)", blocks("yaml")[0])
    assert in_ci
    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join([*blocks("sh"), *in_ci])],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.name for path in (tmp_path / "src" / "acme" / "_vendor").iterdir()}
    assert made == {"openai_org_usage", "openai_org_usage_generated"}


def test_the_help_names_every_requirement(command: Command) -> None:
    """Of what is installed, and nothing else."""
    said = " ".join(command("vendor", "--help").out.split())
    names = sorted(re.split(r"[^\w-]", line)[0] for line in installed().requirements)
    assert f"nothing but {', '.join(names[:-1])} and {names[-1]}, and" in said


@pytest.mark.skipif(not DOCS.is_file(), reason="the documentation is not shipped")
def test_the_page_says_what_stays_behind() -> None:
    """Whatever somebody could miss in a copy; and the pages name every requirement."""
    inner = {"_generated.py", "__main__.py", "terminal"}
    names = [name.removesuffix(".py") for name in LEFT_OUT if name not in inner]
    assert [name for name in names if f"`{name}`" not in DOCS.read_text()] == []
    needed = sorted(re.split(r"[^\w-]", line)[0] for line in installed().requirements)
    for page in (ROOT / "README.md", ROOT / "docs" / "quickstart.md"):
        assert f"needs {', '.join(needed[:-1])} and {needed[-1]}" in page.read_text(), page


def test_a_copy_names_the_library_that_is_missing(copy: Path) -> None:
    """It has no extras, so it does not send anybody to those of the distribution."""
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        f"sys.path.insert(0, {str(copy.parent)!r})\n"
        f"from {copy.name}.tables.optional_imports import require\n"
        "try: require('pyarrow')\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "this needs pyarrow, which is not installed: pip install pyarrow\n"
    here = str(MissingExtraError.of("arrow", library="pyarrow"))
    assert here == f"this needs pyarrow, which is not installed: {install_command('arrow')}"


@pytest.mark.skipif(not DOCS.is_file(), reason="the documentation is not shipped")
def test_the_documented_exit_codes_are_the_real_ones() -> None:
    """The table is that of --help."""
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", DOCS.read_text(), flags=re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES
