"""What tests have tried, printed at the end of a run: how much of a bar was really met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

_COUNTED = "counted"


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """What has been tried in this test, to be added to."""
    counted = Counter[str]()
    yield counted
    request.node.user_properties.append((_COUNTED, dict(counted)))  # Workers hand these on.


def print_counts(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts of all tests, if there are any."""
    total = Counter[str]()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, counted in getattr(report, "user_properties", ()):
                if name == _COUNTED and report.when == "teardown":
                    total.update(counted)
    if total:
        terminalreporter.section(_COUNTED)
        for what in sorted(total):
            terminalreporter.write_line(f"{total[what]:>11,}  {what}")


__all__ = ["counts", "print_counts"]
