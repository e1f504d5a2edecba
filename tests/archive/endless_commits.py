"""A process whose children write to archives until they are killed; `test_killed` runs it.

For each line that it reads, a task as JSON, it forks a child, and says its number. The child commits one
generation after the other and says the number of each, or it syncs an archive and says so. When it has ended,
that is said. Nothing but a child uses threads.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Collection, Mapping
from unittest.mock import patch

import attrs
import msgspec

from openai_org_usage import Archive, ArchiveTable, UsageClient
from openai_org_usage.archive.storage.journal import Journal
from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.archive.sync import sync_run
from openai_org_usage.archive.sync.sync_run import TOGETHER

from .generations import files_of, removed_by, settled_generation

TABLES = (
    ArchiveTable.of("costs", group_by=["project_id"]),
    ArchiveTable.of("completions", group_by=["model"]),
)
"""What is synced."""
LATE = [
    "anyio._backends._asyncio",
    "anyio.from_thread",
    "httpx",
    "openai_org_usage.archive.sync.organization_sync",
    "openai_org_usage.http.connections",
    "pyarrow.compute",
    "pyarrow.fs",
    "pyarrow.parquet",
]
"""What every child would import else."""


@attrs.frozen(kw_only=True)
class Task:
    """What a child does.

    Attributes:
        location: of the archive.
        ahead: by how many seconds the clock of its locks is ahead.
        base_url: of the API for a sync; empty for generations.
        admin_key: for that API.
        now: the present for a sync.
        together: seconds within which a sync puts months into one commit.
    """

    location: str
    ahead: float
    base_url: str = ""
    admin_key: str = ""
    now: float = 0
    together: float = TOGETHER


def commit_generations(task: Task) -> None:
    """Commit one generation after the other."""
    storage = open_storage(task.location, clock=lambda: time.time() + task.ahead)
    journal = Journal(storage)
    with storage.writer_lock():
        journal.recover()
        generation = settled_generation(storage)
        say("began")
        while True:
            generation += 1
            journal.commit(files_of(generation), removed=removed_by(generation))
            say(str(generation))


def sync(task: Task) -> None:
    """Sync the archive, say each commit that begins, and wait for the end."""
    commit = Journal.commit

    def announced(journal: Journal, files: Mapping[str, bytes], *, removed: Collection[str] = ()) -> None:
        say("commits")
        commit(journal, files, removed=removed)

    archive = Archive(task.location, clock=lambda: time.time() + task.ahead)
    with (
        patch.object(Journal, "commit", announced),
        patch.object(sync_run, "TOGETHER", task.together),
        UsageClient(admin_key=task.admin_key, base_url=task.base_url, clock=lambda: task.now) as client,
    ):
        say("began")
        archive.sync(client, tables=TABLES, since="14d")
        say("synced")
        signal.pause()


def say(line: str) -> None:
    """Write a line in one step, from whichever process."""
    os.write(1, f"{line}\n".encode())


def main() -> None:
    """Serve until standard input ends."""
    for module in LATE:
        importlib.import_module(module)
    say("ready")
    for line in sys.stdin:
        task = msgspec.json.decode(line, type=Task)
        child = os.fork()
        if not child:
            try:
                (sync if task.base_url else commit_generations)(task)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        say(str(child))
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
