"""The levels, read once; and the score, printed at the end of the run."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from . import sources
from .facts import Description
from .levels import LEVELS


@dataclass
class Score:
    """What has been checked in this run."""

    facts: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    """Facts compared, by source and level."""
    lines: list[str] = field(default_factory=list[str])

    def table(self) -> Iterator[str]:
        """Facts compared, by source and group of levels."""
        groups = list(dict.fromkeys(level.partition(":")[0] for level in LEVELS))
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for (source, level), count in self.facts.items():
            counts[source, level.partition(":")[0]] += count
            counts[source, "all"] += count
        width = max(map(len, sources.NAMES))
        yield " " * width + "".join(f"{group:>11}" for group in [*groups, "all"])
        for source in sources.NAMES:
            yield f"{source:<{width}}" + "".join(f"{counts[source, g]:>11}" for g in [*groups, "all"])
        totals = [sum(counts[source, g] for source in sources.NAMES) for g in [*groups, "all"]]
        yield f"{'total':<{width}}" + "".join(f"{total:>11}" for total in totals)


DRIFT = "drift"
_SCORE = pytest.StashKey[Score]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing checked."""
    config.stash[_SCORE] = Score()
    config.addinivalue_line("markers", f"{DRIFT}: about whatever is installed; only with `-m {DRIFT}`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about other releases than the committed one, unless asked for."""
    if DRIFT not in str(config.getoption("-m")):
        left_out = [item for item in items if item.get_closest_marker(DRIFT)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def score(pytestconfig: pytest.Config) -> Score:
    """What has been checked in this run, to be added to."""
    return pytestconfig.stash.setdefault(_SCORE, Score())


@pytest.fixture(scope="session")
def shown_at() -> Callable[[str], Description]:
    """What a level shows, by its name."""
    return functools.cache(_shown)


def _shown(level: str) -> Description:
    return LEVELS[level]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the score, if any of it was checked."""
    score = config.stash.get(_SCORE, Score())
    if score.facts or score.lines:
        terminalreporter.section("documented facts checked, by source and level")
        for line in [*(score.table() if score.facts else ()), *score.lines]:
            terminalreporter.write_line(line)
