"""Killed at any moment, an archive is the old or the new, and the next writer goes on."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.archive.journal import Journal
from openai_org_usage.archive.storage import Storage, open_storage
from openai_org_usage.errors import ArchiveLockedError

from ..contract.profiles import amount
from ..lines import LIMIT, Lines
from .generations import read_generation, settled_generation

ROOT = Path(__file__).parents[2]
KILLS = amount(4, 200)
HOUR = 3600

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


class Writers:
    """The process of `endless_commits`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.archive.endless_commits"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self._lines = Lines(self._process, self._process.stdout)
        assert self._lines.next() == "ready"

    def killed_after(
        self, seconds: float, location: str, *, ahead: float = 0.0, generations: int = 0
    ) -> list[int]:
        """Let a child write, and kill it a while after it has begun, or has finished some generations.

        These, and those that it finished in that while.
        """
        assert self._process.stdin
        self._process.stdin.write(f"{location} {ahead}\n")
        self._process.stdin.flush()
        said = {self._lines.next(), self._lines.next()}
        said.remove("began")
        finished = [int(self._lines.next()) for _ in range(generations)]
        time.sleep(seconds)
        os.kill(int(said.pop()), signal.SIGKILL)
        return [*finished, *(int(line) for line in iter(self._lines.next, "ended"))]

    def end(self) -> None:
        """Let the process end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(LIMIT)
        self._lines.rest()


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    """One process for all kills."""
    running = Writers()
    yield running
    running.end()


def moment(storage: Storage) -> str:
    """What a killed writer was at."""
    left = storage.files("_journal")
    return "moving files" if "_journal/commit.json" in left else "putting them aside" if left else "between"


def test_killed_at_random_moments(location: str, writers: Writers, counts: Counter[str]) -> None:
    """A reader sees a whole generation at once, and the next writer goes on with it.

    It is the last that was finished, or the one after it. An hour later a lease has expired.
    """
    kind = "an object store" if "://" in location else "a folder"
    began = time.monotonic()
    last = max(writers.killed_after(0, location, generations=2))
    moments, longest = random.Random(kind), time.monotonic() - began
    with pytest.raises(ArchiveLockedError) if kind == "an object store" else contextlib.nullcontext():
        recovered_generation(location, ahead=0)
    for number in range(1, KILLS):
        finished = writers.killed_after(moments.uniform(0, longest), location, ahead=2 * number * HOUR)
        at = moment(open_storage(location))
        seen = read_generation(open_storage(location))
        found = recovered_generation(location, ahead=(2 * number + 1) * HOUR)

        assert seen == found
        assert 0 <= found - max([last, *finished]) <= 1
        last = found
        counts[f"kills of a writer to {kind} while it was {at}"] += 1
    counts[f"generations in {kind}, none mixed, lost or doubled"] = last


def recovered_generation(location: str, *, ahead: float) -> int:
    """As the next writer begins; the generation that it finds."""
    storage = open_storage(location, clock=lambda: time.time() + ahead)
    with storage.writer_lock():
        Journal(storage).recover()
        return settled_generation(storage)
