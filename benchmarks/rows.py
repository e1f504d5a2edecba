"""From HTTP bodies to rows: what a caller who iterates over `.rows()` gets in a second."""

from __future__ import annotations

from .child import KEY, Contestant
from .contestants.rows import LARGEST
from .harness import serving, take_turns
from .pages import HOUR, NOW, ROWS_IN_BUCKET, rows_of
from .results_model import BenchmarkRun, Findings, Group, Table, at_least, rate

ROUNDS = 5
PAGES = 5
HOURS = PAGES * LARGEST
DISTINCT_ROWS = 16_800
OURS, SEQUENTIAL, OFFICIAL = "this package", "this package, concurrency=1", "official SDK"


def measure(session: BenchmarkRun) -> Findings:
    """Large pages from a server on this machine, which makes them faster than anyone reads them."""
    path = session.folder / "rows.jsonl"
    path.write_bytes(b"\n".join(rows_of("completions", DISTINCT_ROWS)))
    with serving("benchmarks.server", str(path)) as base_url:
        found = take_turns(_contestants(base_url), rounds=ROUNDS, say=session.say, warm_up=True)
    count = HOURS * ROWS_IN_BUCKET
    rows = tuple((name, *s.cells, rate(count, s.median)) for name, s in found.items())
    return Findings(
        how=f"{PAGES} pages of {LARGEST * ROWS_IN_BUCKET:,} rows each, grouped by everything, from a "
        "server of its own on the same machine: requests, JSON and rows, without latency.",
        tables=[Table(f"{count:,} rows", ("reader", "median", "range", "rows/s"), rows)],
        bars=[at_least(5, "rows faster than the official SDK", slow=found[OFFICIAL], fast=found[OURS])],
    )


def _contestants(base_url: str) -> dict[str, Contestant]:
    where: dict[str, str | int | float] = {
        "base_url": base_url,
        "key": KEY,
        "start": NOW - HOURS * HOUR,
        "end": NOW,
    }
    return {
        OURS: Contestant("benchmarks.contestants.rows:ours", {**where, "concurrency": 8}),
        SEQUENTIAL: Contestant("benchmarks.contestants.rows:ours", {**where, "concurrency": 1}),
        OFFICIAL: Contestant("benchmarks.contestants.rows:official", {**where, "limit": LARGEST}),
    }


GROUP = Group("rows", "Rows from HTTP", measure)
