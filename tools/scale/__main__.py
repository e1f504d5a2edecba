"""`python -m tools.scale`: read three organizations with Spark, kill a worker, compare with an archive."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from openai_org_usage.terminal.commands import run_command
from openai_org_usage.terminal.parsers import KeylessParser

from .cluster import cluster
from .java import problem_with_java
from .organizations import emulated
from .scale_run import (
    ScaleCheck,
    ScaleRun,
    look_into_files,
    narrow,
    query_twice,
    read_all,
    read_changes,
    step,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns 0 if all is as it should be, else 1, and 2 if Java is missing."""
    KeylessParser(prog="python -m tools.scale", description=__doc__).read(arguments)
    if problem := problem_with_java():
        print(problem, file=sys.stderr)
        return 2
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # Of connections that a kill has cut.
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="scale-") as folder, emulated(Path(folder)) as organizations:
        run = ScaleRun(organizations, Path(folder))
        _read_with_spark(run)
        look_into_files(run)
    failed = sum(not check.passed for check in run.checks)
    seconds = time.monotonic() - began
    print(f"\n{_table(run.checks)}\n")
    print(f"{len(run.checks) - failed} of {len(run.checks)} as they should be, {seconds:.0f} s")
    return 1 if failed else 0


def _table(checks: Sequence[ScaleCheck]) -> str:
    width = max(len(check.name) for check in checks)
    return "\n".join(
        f"{check.name:<{width}}  {'ok  ' if check.passed else 'FAIL'}  {check.found}" for check in checks
    )


def _read_with_spark(run: ScaleRun) -> None:
    with ExitStack() as stack:
        with step("starting Spark: two workers"):
            opened = cluster(run.folder / "spark", run.organizations.environment())
            spark = stack.enter_context(opened)
        for work in (read_all, read_changes, narrow, query_twice):
            work(run, spark)


if __name__ == "__main__":
    raise SystemExit(run_command(main, debug=True))
