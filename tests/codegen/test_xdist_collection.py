"""Every worker that runs the suite collects the same tests: xdist stops where their names differ."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codegen.files import ROOT
from tools.clocks import CLOCKS

from ..contract.profiles import LONG


def collected(clock: str, seed: int) -> list[str]:
    """The names of all tests, as a worker with this clock and this order of sets has them."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "tests"],
        cwd=ROOT,
        env={**CLOCKS[clock].environment(), "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.skipif(not LONG, reason="collects all tests twice; xdist itself stops where names differ")
def test_no_name_of_a_test_depends_on_when_or_where_it_is_collected() -> None:
    """Neither on the time, as of bytes packed by gzip, nor on the order of a set."""
    one, other = collected("month-end", 1), collected("decade-on", 2)
    assert [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]] == []
    assert len(one) > 1000
