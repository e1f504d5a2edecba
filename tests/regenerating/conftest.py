"""Upstream's documents where they are at hand, and the running of `python -m codegen`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial

import pytest

from codegen.files import ROOT

from ..codegen.conftest import UPSTREAM, upstream_file
from ..codegen.running import python

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs Python in the repository as the make targets do, warnings being errors."""
    return partial(python, cwd=ROOT)


__all__ = ["UPSTREAM", "Run", "run", "upstream_file"]
