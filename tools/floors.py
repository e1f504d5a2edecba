"""`make test-floors`: the client's tests with the lowest version that is promised of each requirement.

The versions are those of pyproject.toml itself, so that a floor which is too low is noticed here.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Container, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

from codegen.files import ROOT
from openai_org_usage.terminal.commands import KeylessParser

from .pythons import VERSIONS, find
from .suite import run_suite
from .wheel import install

_PROJECT: Final[Mapping[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())
_REQUIREMENT: Final = re.compile(r"(?P<name>[\w-]+)>=(?P<floor>[\d.]+)(,<\S+)?")
_OLDER: Final = ("numpy", "polars-runtime-32")
"""Not as in constraints.txt: they come with pandas and polars, in the versions that those want."""
_LEFT_OUT: Final = (
    "benchmarks",
    "cli/test_odd_values.py",
    "cli/test_streams.py",
    "cli/test_terminated.py",
    "codegen",
    "contract",
    "documented",
    "referees",
    "regenerating",
    "report/test_forecast.py",
    "report/test_in_a_browser.py",
    "report/test_sizes.py",
    "surroundings",
    "tables/test_killed.py",
    "test_metamorphic.py",
    "vendoring",
)


def main() -> int:
    """Install the floors and test; the exit status of the tests."""
    parser = KeylessParser(prog="python -m tools.floors", description=__doc__)
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    exact = parser.read().constraints.read_text().splitlines()
    lowest = floors()
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        others = [line for line in exact if _name(line) not in {*lowest, *_OLDER}]
        constraints.write_text("\n".join([*(f"{name}=={floor}" for name, floor in lowest.items()), *others]))
        python = _install(constraints, without=lowest)
    print(", ".join(f"{name} {floor}" for name, floor in lowest.items()), flush=True)
    return run_suite(str(python), ROOT / "tests", cwd=ROOT, leave_out=_LEFT_OUT)


def _install(constraints: Path, *, without: Container[str]) -> Path:
    """Make the environment, with every extra and the tools of the tests but those that extras bring."""
    venv = ROOT / ".venv-floors"
    shutil.rmtree(venv, ignore_errors=True)
    extras = ",".join(_PROJECT["project"]["optional-dependencies"])
    tools = [line for line in _PROJECT["dependency-groups"]["test"] if _name(line) not in without]
    packages = ["--editable", f"{ROOT}[{extras}]", *tools]
    python = find(VERSIONS[0]) or sys.executable
    return install(venv, packages, constraints=constraints, groups=(), python=python)


def floors() -> dict[str, str]:
    """The lowest version promised of each requirement, those of the extras too, by its name."""
    project = _PROJECT["project"]
    written: Iterable[str] = chain(project["dependencies"], *project["optional-dependencies"].values())
    matches = [_REQUIREMENT.fullmatch(one) for one in written if not one.startswith(project["name"])]
    found: dict[str, str] = {}
    for match in matches:
        if match is None or found.setdefault(match["name"], match["floor"]) != match["floor"]:
            raise SystemExit("every requirement in pyproject.toml needs one floor, as in attrs>=24.2")
    return found


def _name(requirement: str) -> str:
    return re.split(r"[<>=]", requirement)[0].lower()


if __name__ == "__main__":
    raise SystemExit(main())
