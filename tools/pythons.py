"""`make test-pythons`: suite and drift check on the other Python versions that are installed.

The suite runs at another moment on each, see `clocks`; `make test` runs it at the present.

That the drift check passes there, too, is what shows that generating gives the same bytes on each.
The tests of the tools, and of what stands on top of the client, run on the developers' version only;
the long ones of the client on the newest as well, and not on those between.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from codegen.files import ROOT
from openai_org_usage.terminal.commands import KeylessParser

from .clocks import CLOCKS, run_at
from .wheel import install

_LEFT_OUT = (
    "benchmarks",
    "cli",
    "codegen",
    "display",
    "documented",
    "emulator",
    "referees",
    "regenerating",
    "report",
    "surroundings",
    "vendoring",
)
_LEFT_OUT_BETWEEN = ("contract", "tables")
VERSIONS = ("3.11", "3.12", "3.13")
_MOMENTS = dict(zip(VERSIONS, CLOCKS, strict=False))


def main() -> int:
    """Test on each version found; 0 if all pass, and if there is none."""
    parser = KeylessParser(prog="python -m tools.pythons", description=__doc__)
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    options = parser.read()
    current = f"{sys.version_info.major}.{sys.version_info.minor}"
    for version in VERSIONS:
        python = None if version == current else find(version)
        if python is None:
            reason = "is what `make test` uses" if version == current else "is not installed"
            print(f"Python {version} {reason}")
            continue
        print(f"Python {version}: {python}", flush=True)
        venv = ROOT / f".venv-{version}"
        shutil.rmtree(venv, ignore_errors=True)
        own = install(
            venv,
            ["--editable", f"{ROOT}[demo]"],
            constraints=options.constraints.resolve(),
            groups=("codegen", "test"),
            python=python,
        )
        checked = subprocess.run([str(own), "-m", "codegen", "check"], cwd=ROOT, check=False)
        left_out = _LEFT_OUT if version == VERSIONS[-1] else (*_LEFT_OUT, *_LEFT_OUT_BETWEEN)
        status = checked.returncode or run_at([_MOMENTS[version]], str(own), leave_out=left_out)
        if status:
            return status
    return 0


def find(version: str) -> str | None:
    """An interpreter of `version`: on the PATH, or among pyenv's."""
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    found = [str(path) for root in roots for path in sorted(root.glob(f"{version}.*/bin/python"))]
    on_path = shutil.which(f"python{version}")
    for candidate in [*([on_path] if on_path else []), *reversed(found)]:
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


if __name__ == "__main__":
    raise SystemExit(main())
