"""Tests of what the live API has been seen to do; the facts that hold are printed at the end of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

FACTS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text("utf-8"))
"""By name: what it says, how sure it is, and what shows it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the facts whose tests have passed."""
    passed: list[Any] = terminalreporter.stats.get("passed", [])
    names = {report.nodeid.partition("::test_")[2].partition("[")[0] for report in passed}
    held = [name for name in FACTS if name in names]
    if held:
        terminalreporter.section("what the live API does")
        for name in held:
            terminalreporter.write_line(f"holds  {name}  ({FACTS[name]['sure']})")
