"""What the tests of the contract counted, printed at the end of the run."""

from __future__ import annotations

from collections import Counter

import pytest

Tally = Counter[str]
_TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing counted."""
    config.stash[_TALLY] = Counter()


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """What has been tried in this run, to be added to."""
    return pytestconfig.stash.setdefault(_TALLY, Counter())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the counts, if there are any."""
    counts = config.stash.get(_TALLY, Counter[str]())
    if counts:
        terminalreporter.section("bars of the contract")
        for what in sorted(counts):
            terminalreporter.write_line(f"{counts[what]:>9,}  {what}")
