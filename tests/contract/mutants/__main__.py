"""`make mutants`: change each decision of the modules below, and see whether the fast tests notice.

mutmut works on a copy, in which the package lies as it expects it. Survivors must be listed, with
the reason why no test can tell them apart, in `survivors.toml`; others fail the run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[3]
SURVIVORS = Path(__file__).with_name("survivors.toml")
_NOTICED = frozenset({"killed", "timeout", "suspicious", "segfault"})


@attrs.frozen
class Selection:
    """Modules, the folder of the tests that are to notice each change, and how many they do at least."""

    tests: str
    modules: tuple[str, ...]
    least: float
    """Per cent."""

    def settings(self) -> str:
        """The `pyproject.toml` of the copy."""
        return f"""
[tool.mutmut]
source_paths = ["src/"]
only_mutate = {[f"src/openai_org_usage/{module}.py" for module in self.modules]}
pytest_add_cli_args_test_selection = ["tests/contract/{self.tests}"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-q"]

[tool.pytest.ini_options]
filterwarnings = ["error"]
"""


SELECTIONS = (
    Selection(
        "pure",
        (
            *(
                "pagination/rules",
                "pagination/bucket_merge",
                "pagination/plan",
                "http/retry",
                "http/deadline",
            ),
            *("http/concurrency_limit", "http/decompression", "http/status_errors", "times", "money"),
        ),
        least=90.0,
    ),
    Selection(
        "threads",
        (
            *("http/loop_thread", "http/blocking_calls", "http/connections", "http/route"),
            "http/httpcore_workarounds",
        ),
        least=85.0,
    ),
)

Change = tuple[str, str, str]
"""Function, line before, line after."""


def main() -> int:
    """Run mutmut and judge; 0 if enough are killed and all others are known. Words name selections."""
    return max(_tried(each) for each in SELECTIONS if each.tests in (sys.argv[1:] or [each.tests]))


def _tried(selection: Selection) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _copy_to(folder, selection)
        if _mutmut(folder, "run", quiet=False).returncode:
            return 2
        statuses = dict(_statuses(_mutmut(folder, "results", "--all", "true").stdout))
        survivors = {_change(folder, mutant) for mutant, status in statuses.items() if status not in _NOTICED}
    return _judged(selection, statuses, survivors)


def _copy_to(folder: Path, selection: Selection) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    for package in ("overlays/openai_org_usage", "generated/openai_org_usage_generated"):
        shutil.copytree(ROOT / package, folder / "src" / Path(package).name, ignore=ignored)
    tests = Path("tests/contract", selection.tests)
    shutil.copytree(ROOT / tests, folder / tests, ignore=ignored)
    for package in ("tests", "tests/contract"):
        (folder / package / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(selection.settings())


def _mutmut(folder: Path, *arguments: str, quiet: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=quiet, text=True, check=quiet)


def _statuses(listing: str) -> list[tuple[str, str]]:
    rows = [line.strip().partition(": ") for line in listing.splitlines()]
    return [(mutant, status) for mutant, colon, status in rows if colon]


def _change(folder: Path, mutant: str) -> Change:
    lines = _mutmut(folder, "show", mutant).stdout.splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    parts = ["\n".join(line[1:].strip() for line in changed if line[0] == sign) for sign in "-+"]
    return _function(mutant), parts[0], parts[1]


def _function(mutant: str) -> str:
    """Such as `rules.PageWalk.accept`, of mutmut's `….pagination.rules.xǁPageWalkǁaccept__mutmut_1`."""
    *_, module, name = mutant.rsplit("__mutmut_", 1)[0].split(".")
    return f"{module}.{name.removeprefix('x').strip('ǁ').replace('ǁ', '.').removeprefix('_')}"


def _judged(selection: Selection, statuses: dict[str, str], survivors: set[Change]) -> int:
    names = {Path(module).name for module in selection.modules}
    listed = {
        (entry["where"], entry["before"].strip(), entry["after"].strip())
        for entry in tomllib.loads(SURVIVORS.read_text())["survivor"]
        if entry["where"].partition(".")[0] in names
    }
    noticed = sum(status in _NOTICED for status in statuses.values())
    share = 100 * noticed / len(statuses)
    print(f"\n{len(statuses)} mutants, {noticed} killed: {share:.1f}% (at least {selection.least:.0f}%)")
    for title, changes in (("not listed", survivors - listed), ("listed, but killed", listed - survivors)):
        for where, before, after in sorted(changes):
            print(f"{title}: {where}\n  - {before}\n  + {after}")
    return 0 if share >= selection.least and survivors == listed else 1


if __name__ == "__main__":
    sys.exit(main())
