"""CONTRACT.md 11: killed at any moment, an archive is the old or the new, and the next writer goes on."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator

import attrs
import msgspec
import pytest

from openai_org_usage.archive.storage.journal import Journal
from openai_org_usage.archive.storage.storage import Storage, open_storage
from openai_org_usage.archive.sync.sync_run import TOGETHER
from openai_org_usage.errors import ArchiveLockedError

from ..contract.profiles import LONG, amount
from ..lines import AskedProcess
from .endless_commits import Task
from .generations import read_generation, settled_generation
from .synced_archive import SyncedArchive

KILLS = amount(4, 200)
SYNCS = amount(2, 200)
HOUR = 3600

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


class Writers:
    """The process of `endless_commits`."""

    def __init__(self) -> None:
        self._process = AskedProcess("tests.archive.endless_commits")
        self.end = self._process.end

    def killed_after(self, seconds: float, task: Task, *, lines: int = 0) -> list[str]:
        """Let a child work, and kill it a while after it has begun and said some lines; all that it said."""
        said = {self._process.ask(msgspec.json.encode(attrs.asdict(task)).decode()), self._process.next()}
        said.remove("began")
        first: list[str] = []
        while len(first) < lines and "synced" not in first:
            first.append(self._process.next())
        time.sleep(seconds)
        os.kill(int(said.pop()), signal.SIGKILL)
        return [*first, *iter(self._process.next, "ended")]


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    """One process for all kills."""
    running = Writers()
    yield running
    running.end()


def kind_of(location: str) -> str:
    """What the archive lies in."""
    return "an object store" if "://" in location else "a folder"


def moment(storage: Storage) -> str:
    """What a killed writer was at."""
    left = storage.sizes("_journal")
    if not left:
        return "between two changes"
    return "moving files" if "_journal/commit.json" in left else "putting files aside"


def recovered_generation(location: str, *, ahead: float) -> int:
    """As the next writer begins; the generation that it finds."""
    storage = open_storage(location, clock=lambda: time.time() + ahead)
    with storage.writer_lock():
        Journal(storage).recover()
        return settled_generation(storage)


def test_killed_in_commits(location: str, writers: Writers, counts: Counter[str]) -> None:
    """A reader sees a whole generation at once, and the next writer goes on with it.

    It is the last that was finished, or the one after it. The lock of a killed writer is gone in a folder,
    and on an object store an hour later.
    """
    began = time.monotonic()
    said = writers.killed_after(0, Task(location=location, ahead=0), lines=2)
    longest, last = time.monotonic() - began, max(map(int, said))
    with pytest.raises(ArchiveLockedError) if "://" in location else contextlib.nullcontext():
        recovered_generation(location, ahead=0)
    moments = random.Random(kind_of(location))
    for number in range(1, KILLS):
        task = Task(location=location, ahead=2 * number * HOUR)
        said = writers.killed_after(moments.uniform(0, longest), task)
        at = moment(open_storage(location))
        seen = read_generation(open_storage(location))
        found = recovered_generation(location, ahead=(2 * number + 1) * HOUR)

        assert seen == found
        assert 0 <= found - max([last, *map(int, said)]) <= 1
        last = found
        counts[f"writers to {kind_of(location)} killed while {at}"] += 1
    counts[f"generations committed to {kind_of(location)}: none mixed, lost or doubled"] += last


@pytest.mark.parametrize("location", ["folder", *(["s3"] if LONG else [])], indirect=True)
def test_killed_in_syncs(location: str, writers: Writers, counts: Counter[str]) -> None:
    """Each bucket is as the API told it when it was pulled; what is settled is as the API tells it now.

    A sync a day of an organization that restates, each killed at some moment, or a while after a commit has
    begun; the last is let come to its end. Months are written one by one, or as many at once as usual.
    """
    moments, longest, said = random.Random(kind_of(location)), 1.0, list[str]()
    with SyncedArchive(location) as archive:
        for number in range(SYNCS):
            commits = moments.choice([0, 1, 2, 3])
            pause = moments.uniform(0, longest / 10 if commits else longest)
            if number == SYNCS - 1:
                commits, pause = sys.maxsize, 0
            began = time.monotonic()
            task = archive.task(ahead=2 * number * HOUR, together=moments.choice([0, TOGETHER]))
            said = writers.killed_after(pause, task, lines=commits)
            if "synced" in said:
                longest = min(longest, time.monotonic() - began)
            counts[f"syncs to {kind_of(location)} killed while {moment(open_storage(location))}"] += 1

            archive.check()
            archive.pass_a_day()
        assert "synced" in said
        counts[f"rows in {kind_of(location)} after all: none mixed, lost or doubled"] += archive.rows
