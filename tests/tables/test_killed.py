"""Killed or interrupted at any moment of an export, the file is a whole one, the old or the new."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..lines import AskedProcess
from .reading import FORMATS
from .test_equality import LONG

MOMENTS = 50 if LONG else 20
TRIES = 60
"""How often a signal is sent, two seconds apart."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


class Exports:
    """The process of `endless_exports`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = AskedProcess("tests.tables.endless_exports")
        self.end = self._process.end

    def stopped_after(self, seconds: float, path: Path, how: signal.Signals) -> None:
        """Let a child write `path` over and over, and stop it a while after it has begun."""
        child = int(min(self._process.ask(str(path)), self._process.next()))  # The other line is `began`.
        time.sleep(seconds)
        assert any(self._has_ended(child, how) for _ in range(TRIES)), f"{how.name} does not end it"

    def _has_ended(self, child: int, how: signal.Signals) -> bool:
        """Send the signal. Python loses an interrupt that comes while it calls a finalizer."""
        os.kill(child, how)
        try:
            return self._process.next(within=2) == "ended"
        except TimeoutError:
            return False


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exports]:
    """One process for all kills."""
    running = Exports(tmp_path_factory.mktemp("exports"))
    yield running
    running.end()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_at_random_moments(how: signal.Signals, exports: Exports, counts: Counter[str]) -> None:
    """Of exports in every format in turn; both versions are met, and nothing else."""
    moments, met = random.Random(how), set[str]()
    for number in range(MOMENTS):
        format = FORMATS[number % len(FORMATS)]
        path = exports.folder / how.name / f"usage.{format}"
        path.parent.mkdir(exist_ok=True)
        exports.stopped_after(moments.uniform(0, 0.1), path, how)
        expected = {path.with_stem(name).read_bytes(): name for name in "ab"}
        met.add(expected[path.read_bytes()])
        counts[f"exports stopped by {how.name} that left a whole file"] += 1
        beside = {item.name for item in path.parent.iterdir() if item.suffix == ".staged"}
        assert len(beside) <= len(FORMATS)
    assert met == {"a", "b"}
