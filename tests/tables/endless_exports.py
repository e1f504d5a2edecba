"""A process whose children write a file over and over until they are killed; `test_killed` runs it.

For each line that it reads, the name of a file, it forks a child and says its number; when the child
has ended, it says so. The child writes two versions in turn, and says so after both. Both stand
beside the file as `a.FORMAT` and `b.FORMAT`. Nothing but a child uses threads.
"""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from pathlib import Path
from random import Random
from typing import Any

from openai_org_usage import OPERATIONS, UsageQuery

from .bodies import Bodies
from .reading import serving

LATE = [
    "anyio._backends._asyncio",
    "anyio.from_thread",
    "httpx",
    "openai_org_usage.http.connections",
    "openai_org_usage.tables.writing",
    "pyarrow.parquet",
    "xlsxwriter",
]
"""What every child would import else."""
PAGES = 6
RESULTS = 60


def bodies(seed: int) -> list[bytes]:
    """Some pages of many results."""
    random = Random(seed)
    return Bodies(OPERATIONS["completions"], random, results=RESULTS).pages(PAGES)


def work(path: Path, versions: list[list[bytes]]) -> None:
    """What a child does."""
    with serving(versions[0]) as one, serving(versions[1]) as other:
        queries: list[UsageQuery[Any, Any, Any]] = [
            client.completions(start_time=0) for client in (one, other)
        ]
        for name, query in zip("ab", queries, strict=True):
            if not (expected := path.with_stem(name)).exists():
                query.write(expected)
        for number in itertools.count():
            queries[number % 2].write(path)
            if number == 1:
                print("began", flush=True)


def main() -> None:
    """Serve until standard input ends."""
    versions = [bodies(1), bodies(2)]
    for module in LATE:
        importlib.import_module(module)
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                work(Path(line.strip()), versions)
            finally:
                os._exit(1)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
