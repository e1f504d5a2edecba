"""A process that renews copies until it is killed; `test_killed` runs it and kills.

For each line that it reads, it forks a child and says its number; when the child has ended, it says
so. A line with 0 makes a child that renews the copy to and fro for ever; with n, one that renews it
once and kills itself before its n-th operation on files, if it gets there.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from openai_org_usage.tables import atomic_files
from openai_org_usage.vendoring.contents import CopySource
from openai_org_usage.vendoring.copying import vendor

from .versions import another_version, tiny_version

Versions = tuple[CopySource, CopySource]


def whole_versions(folder: Path) -> Versions:
    """Two versions of the library, neither newer than the other."""
    return another_version(folder / "a", "1.0+a"), another_version(folder / "b", "1.0+b")


def tiny_versions(folder: Path) -> Versions:
    """Two versions of three files."""
    return tiny_version(folder / "a", "1.0+a"), tiny_version(folder / "b", "1.0+b")


def kill_before(operation: int) -> None:
    """Let this process die before its n-th operation on files, folders or by system call."""
    seen = 0

    def count(event: str, _: object) -> None:
        nonlocal seen
        if event.partition(".")[0] in ("open", "os", "shutil", "tempfile", "ctypes", "fcntl"):
            seen += 1
            if seen == operation:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def work(dest: Path, versions: Versions, operation: int) -> None:
    """What a child does."""
    vendor(dest, name="copied", update=True, source=versions[0])
    if operation:
        kill_before(operation)
        vendor(dest, name="copied", update=True, source=versions[1])
    while not operation:
        for source in reversed(versions):
            vendor(dest, name="copied", update=True, source=source)
    os._exit(0)


def main(kind: str, way: str, folder: Path) -> None:
    """Serve until standard input ends."""
    versions = (whole_versions if kind == "whole" else tiny_versions)(folder)
    if way == "two-steps":
        atomic_files.exchange = lambda one, other: False
    for source in versions:  # What both look like; and everything that is imported late, is.
        vendor(folder / source.version[-1], name="expected", source=source)
    vendor(folder / "dest", name="copied", source=versions[0])
    dest = folder / "dest"
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            work(dest, versions, int(line))
        print(child, flush=True)
        print("killed" if os.WIFSIGNALED(os.waitpid(child, 0)[1]) else "ended", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
