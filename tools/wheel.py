"""`make test-wheel`: the suite against the built wheel, in an environment of its own.

The tests are copied out of the repository, so that nothing but the wheel can answer an import.
Tests of the code generation stay behind: a wheel does not contain it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from codegen.files import ROOT
from openai_org_usage.terminal.commands import KeylessParser

from .suite import run_suite

_SAME_WITHOUT = (
    "cli/test_odd_values.py",
    "cli/test_verdicts.py",
    "contract",
    "display",
    "documented",
    "report",
    "surroundings",
    "tables",
)
"""They test the same code however it is installed, and take two minutes."""
_LEFT_BEHIND = shutil.ignore_patterns("codegen", "regenerating", "__pycache__")


def main() -> int:
    """Build, install and test; the exit status is that of the failing step, or 0."""
    parser = KeylessParser(prog="python -m tools.wheel", description=__doc__)
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    options = parser.read()
    with tempfile.TemporaryDirectory() as folder:
        try:
            _test(Path(folder), options.constraints.resolve())
        except subprocess.CalledProcessError as error:
            return error.returncode
    return 0


def _test(folder: Path, constraints: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    _run(build, PIP_CONSTRAINT=str(constraints))
    wheel = next(folder.glob("*.whl"))
    python = install(folder / "venv", [f"{wheel}[demo]"], constraints=constraints, groups=("test",))
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=_LEFT_BEHIND)
    for name in ("pyproject.toml", "openapi.yaml"):
        shutil.copy(ROOT / name, folder / name)
    environment = _environment(TESTING_WHEEL="1")
    status = run_suite(
        str(python), folder / "tests", cwd=folder, leave_out=_SAME_WITHOUT, environment=environment
    )
    if status:
        raise subprocess.CalledProcessError(status, "pytest")


def install(
    venv: Path,
    packages: list[str],
    *,
    constraints: Path,
    groups: tuple[str, ...],
    python: str = sys.executable,
) -> Path:
    """Make the environment `venv` with `packages` and the dependency groups; return its Python."""
    _run([python, "-m", "venv", str(venv)])
    own = venv / "bin" / "python"
    pip = [str(own), "-m", "pip", "install", "--quiet", "--constraint", str(constraints)]
    _run([*pip, "pip"])
    wanted = [part for group in groups for part in ("--group", f"{ROOT / 'pyproject.toml'}:{group}")]
    _run([*pip, *packages, *wanted])
    return own


def _run(command: list[str], *, cwd: Path = ROOT, **environment: str) -> None:
    subprocess.run(command, cwd=cwd, env=_environment(**environment), check=True)


def _environment(**own: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return {**inherited, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **own}


if __name__ == "__main__":
    raise SystemExit(main())
