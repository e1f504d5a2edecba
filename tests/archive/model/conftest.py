"""What the walks have counted, printed at the end of a run on one core."""

from __future__ import annotations

from collections import Counter

import pytest

_COUNTS = pytest.StashKey[Counter[str]]()


@pytest.fixture(scope="session")
def counts(pytestconfig: pytest.Config) -> Counter[str]:
    """What has been tried in this run, to be added to."""
    return pytestconfig.stash.setdefault(_COUNTS, Counter())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the counts, if there are any."""
    counts = config.stash.get(_COUNTS, Counter[str]())
    if counts:
        terminalreporter.section("walks of the archive")
        for what in sorted(counts):
            terminalreporter.write_line(f"{counts[what]:>9,}  {what}")
