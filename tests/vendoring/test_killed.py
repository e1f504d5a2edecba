"""Killed at any point of an update, a copy is the old or the new, never a mixture."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openai_org_usage.tables.atomic_files import exchange, recover

from ..lines import AskedProcess
from .versions import tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


class Updates:
    """The process of `endless_updates`, and the copy that its children renew."""

    def __init__(self, kind: str, way: str, folder: Path) -> None:
        self.copy = folder / "dest" / "copied"
        self._process = AskedProcess("tests.vendoring.endless_updates", kind, way, str(folder))
        self.end = self._process.end
        self._versions = [tree(folder / version / "expected") for version in "ab"]

    def killed_after(self, seconds: float) -> None:
        """Let a child renew the copy to and fro, and kill it after a while."""
        child = int(self._process.ask("0"))
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        assert self._process.next() == "killed"

    def killed_before(self, operation: int) -> bool:
        """Let a child kill itself in an update; False if it came to the end before."""
        self._process.ask(str(operation))
        return self._process.next() == "killed"

    def version(self) -> int:
        """Which version the copy is, 0 or 1."""
        return self._versions.index(tree(self.copy))

    def leftovers(self) -> list[str]:
        """What is beside the copy."""
        return [path.name for path in self.copy.parent.iterdir() if path != self.copy]


@pytest.fixture
def updates(tmp_path: Path) -> Iterator[Callable[[str, str], Updates]]:
    """Start updates of a kind, in a way."""
    started: list[Updates] = []

    def start(kind: str, way: str) -> Updates:
        started.append(Updates(kind, way, tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.end()


def exchanges(folder: Path) -> bool:
    for name in "ab":
        (folder / name).mkdir()
    done = exchange(folder / "a", folder / "b")
    for name in "ab":
        (folder / name).rmdir()
    return done


def test_killed_at_50_random_moments(updates: Callable[[str, str], Updates], tmp_path: Path) -> None:
    """The whole library, renewed to and fro; both versions are met, and nothing else."""
    if not exchanges(tmp_path):
        pytest.skip("this file system cannot exchange folders")
    running = updates("whole", "one-step")
    moments, met, longest = random.Random(50), set[int](), 0.3
    for number in range(50):
        running.killed_after(moments.uniform(0, longest))
        met.add(running.version())
        longest *= 2 if len(met) == 1 and number % 10 == 9 else 1  # On a slow machine.
        assert len(running.leftovers()) <= 1
    assert met == {0, 1}


@pytest.mark.parametrize("way", ["one-step", "two-steps"])
def test_killed_before_every_operation(
    way: str, updates: Callable[[str, str], Updates], tmp_path: Path
) -> None:
    """First old, then new; where two renames have to do, the next run puts back what is missing."""
    if way == "one-step" and not exchanges(tmp_path):
        pytest.skip("this file system cannot exchange folders")
    running = updates("tiny", way)
    met: list[int] = []
    absent = 0
    while running.killed_before(len(met) + 1):
        if way == "two-steps" and not running.copy.exists():
            absent += 1
            recover(running.copy)
            assert running.leftovers() == []
        met.append(running.version())
    assert met == sorted(met)
    assert set(met) == {0, 1}
    assert absent == (way == "two-steps")
    assert running.leftovers() == []
