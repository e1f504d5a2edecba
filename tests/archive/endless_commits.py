"""A process whose children write to archives until they are killed; `test_killed` runs it.

For each line that it reads, a location and by how much the clock is ahead, it forks a child, which commits
one generation after the other and says the number of each. When the child has ended, it says so. Nothing
but a child uses threads.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback

from openai_org_usage.archive.journal import Journal
from openai_org_usage.archive.storage import open_storage

from .generations import files_of, removed_by, settled_generation

LATE = ["pyarrow.fs"]
"""What every child would import else."""


def commit_generations(location: str, ahead: float) -> None:
    """Commit one generation after the other."""
    storage = open_storage(location, clock=lambda: time.time() + ahead)
    journal = Journal(storage)
    with storage.writer_lock():
        journal.recover()
        generation = settled_generation(storage)
        say("began")
        while True:
            generation += 1
            journal.commit(files_of(generation), removed=removed_by(generation))
            say(str(generation))


def say(line: str) -> None:
    """Write a line in one step, from whichever process."""
    os.write(1, f"{line}\n".encode())


def main() -> None:
    """Serve until standard input ends."""
    for module in LATE:
        importlib.import_module(module)
    say("ready")
    for line in sys.stdin:
        location, ahead = line.split()
        child = os.fork()
        if not child:
            try:
                commit_generations(location, float(ahead))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        say(str(child))
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
