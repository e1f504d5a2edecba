"""Fixtures that all tests share: an emulated organization and clients for it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Altered
from openai_org_usage_generated import page_decoder

from .counts import counts, print_counts
from .live.facts import FACTS

DAY = 86_400
MIDNIGHT = 1_795_132_800
"""2026-11-20 00:00 UTC, a Friday."""
NOW = MIDNIGHT + 15 * 3600 + 30 * 60
"""15:30 on that day: the present of the emulator and of the clients."""
__all__ = ["DAY", "MIDNIGHT", "NOW", "counts"]
"""The last is a fixture, which tests find here."""


@pytest.fixture(autouse=True)
def own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process learns and announces of new names is that of one test: others send others."""
    for name in ("_announced", "_struct_decoders"):
        monkeypatch.setattr(page_decoder, name, {})


@pytest.fixture
def without_collection() -> Iterator[None]:
    """For what is nested deep: a collection in its depth would have no room to finalize what others left."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Names are kept in no folder of the user, whichever program a test runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The emulator, its clock standing still."""
    with Emulator(now=lambda: NOW) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    """An emulator with this machine's clock, for programs in other processes, which have that clock too."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def unused_emulator() -> Iterator[Emulator]:
    """The same of an organization that has used nothing: every bucket is empty."""
    with Emulator(faults=FaultPlan(Altered(_emptied))) as emulator:
        yield emulator


def _emptied(page: dict[str, Any]) -> dict[str, Any]:
    """The page without results; lists have none, and stay as they are."""
    return {**page, "data": [item | {"results": []} if "results" in item else item for item in page["data"]]}


@pytest.fixture(scope="session")
def client(emulator: Emulator) -> Iterator[UsageClient]:
    """A client of the emulator, its clock standing still, too."""
    with UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW) as client:
        yield client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have counted, and the facts of the live API whose tests have all passed."""
    print_counts(terminalreporter)
    passed, failed = (_facts_tested(terminalreporter, outcome) for outcome in ("passed", "failed"))
    held = [name for name in FACTS if name in passed - failed]
    if held:
        terminalreporter.section("what the live API does")
        for name in held:
            terminalreporter.write_line(f"holds  {name}  ({FACTS[name]['sure']})")


def _facts_tested(terminalreporter: pytest.TerminalReporter, outcome: str) -> set[str]:
    reports: list[Any] = terminalreporter.stats.get(outcome, [])
    nodes = [report.nodeid for report in reports if "live/test_facts_of_" in report.nodeid]
    return {node.partition("::test_")[2].partition("[")[0] for node in nodes}
