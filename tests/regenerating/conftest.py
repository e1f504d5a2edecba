"""Upstream's documents where they are at hand, and the running of `python -m codegen`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.files import ROOT

UPSTREAM = ROOT.parent / "shared" / "upstream"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def upstream_file() -> Callable[[str], Path]:
    """Finds upstream's document by its number; skips where the documents are not at hand."""
    if not UPSTREAM.is_dir():
        pytest.skip("upstream's documents are not beside the repository")
    return lambda number: next(UPSTREAM.glob(f"{number}_*.yaml.gz"))


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs Python in the repository as the make targets do, warnings being errors."""

    def run_python(
        *arguments: str | Path, cwd: Path = ROOT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", *map(str, arguments)],
            cwd=cwd,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run_python
