"""Running Python as a user would: in a process of its own, warnings being errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def python(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the interpreter in `cwd` with `environment` added to this one."""
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
