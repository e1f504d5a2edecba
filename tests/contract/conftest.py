"""What the tests of the contract counted, printed at the end of the run."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator

import pytest

from .echo_server import open_files, own_threads
from .sharing import answered_by, empty, settles

Tally = Counter[str]
_TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing counted."""
    config.stash[_TALLY] = Counter()


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """What has been tried in this run, to be added to."""
    return pytestconfig.stash.setdefault(_TALLY, Counter())


@pytest.fixture(scope="module")
def shared_loop() -> None:
    """The loop that all clients share has begun before anything is counted."""
    with answered_by(empty) as client:
        assert list(client.costs(start_time=0)) == []


@pytest.fixture
def nothing_left_open() -> Iterator[None]:
    """As many descriptors after each test as before, and no thread of ours but that of the loop."""
    gc.collect()
    before = open_files()
    yield
    gc.collect()
    assert own_threads() == ["openai-org-usage"]
    assert settles(before)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the counts, if there are any."""
    counts = config.stash.get(_TALLY, Counter[str]())
    if counts:
        terminalreporter.section("bars of the contract")
        for what in sorted(counts):
            terminalreporter.write_line(f"{counts[what]:>9,}  {what}")
