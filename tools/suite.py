"""How the suite is run: what measures time or adds up its findings alone, all else on every core."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from codegen.files import ROOT
from openai_org_usage.terminal.commands import KeylessParser

_ALONE = ("documented", "contract")


def run_suite(
    python: str,
    tests: Path,
    *,
    cwd: Path,
    leave_out: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run the tests in the folder `tests`; the exit status of the first part that fails, or 0."""
    alone = [str(tests / name) for name in _ALONE if name not in leave_out and (tests / name).is_dir()]
    ignored = [f"--ignore={tests / name}" for name in {*_ALONE, *leave_out}]
    together = ["--numprocesses", "auto", "--dist", "loadgroup", *ignored, str(tests)]
    for arguments in [alone, together] if alone else [together]:
        command = [python, "-m", "pytest", *arguments]
        status = subprocess.run(command, cwd=cwd, env=environment, check=False).returncode
        if status:
            return status
    return 0


def main() -> int:
    """Run the suite from the sources."""
    KeylessParser(prog="python -m tools.suite", description=__doc__).read()
    return run_suite(sys.executable, ROOT / "tests", cwd=ROOT)


if __name__ == "__main__":
    raise SystemExit(main())
