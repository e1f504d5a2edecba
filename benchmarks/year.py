"""A year of hourly completions from an API that takes 100 ms for an answer."""

from __future__ import annotations

from collections.abc import Mapping

from .child import KEY, Contestant
from .contestants.rows import LARGEST
from .harness import serving, started, take_turns
from .pages import DAY, NOW
from .results_model import BenchmarkRun, Findings, Group, Series, Table, at_least

ROUNDS = 3
LATENCY = 0.1
DAYS = 365
DEFAULT_LOOP, LARGE_LOOP = (
    "loop over the official SDK, default page",
    "loop over the official SDK, largest page",
)
OURS, SEQUENTIAL = "this package", "this package, concurrency=1"


def measure(session: BenchmarkRun) -> Findings:
    """The same year four times, from the emulator in a process of its own."""
    with serving("benchmarks.emulated", str(LATENCY)) as line:
        slow, fast = line.split()
        session.say("the emulator computes the year once")
        for contestant in _contestants(fast).values():
            with started(contestant) as worker:
                worker.turn()
        found = take_turns(_contestants(slow), rounds=ROUNDS, say=session.say)
    return Findings(
        how=f"{DAYS} days of hours, not grouped, from the emulator in a process of its own. Its answers are "
        f"computed before, and each comes {LATENCY * 1000:.0f} ms after its request, as the API's might.",
        tables=[_table(found)],
        bars=[
            at_least(
                6, "sooner than the loop with the largest page", slow=found[LARGE_LOOP], fast=found[OURS]
            ),
            at_least(
                30, "sooner than the loop with the default page", slow=found[DEFAULT_LOOP], fast=found[OURS]
            ),
        ],
    )


def _contestants(base_url: str) -> dict[str, Contestant]:
    where: dict[str, str | int | float] = {
        "base_url": base_url,
        "key": KEY,
        "start": NOW - DAYS * DAY,
        "end": NOW,
    }
    return {
        DEFAULT_LOOP: Contestant("benchmarks.contestants.rows:official", {**where, "limit": 0}),
        LARGE_LOOP: Contestant("benchmarks.contestants.rows:official", {**where, "limit": LARGEST}),
        SEQUENTIAL: Contestant("benchmarks.contestants.rows:ours", {**where, "concurrency": 1}),
        OURS: Contestant("benchmarks.contestants.rows:ours", {**where, "concurrency": 8}),
    }


def _table(found: Mapping[str, Series]) -> Table:
    fastest = found[OURS].median
    rows = tuple((name, *s.cells, f"{s.median / fastest:.1f}") for name, s in found.items())
    return Table(f"{DAYS * 24:,} hours", ("reader", "median", "range", "times as long as this package"), rows)


GROUP = Group("year", "A year of hours", measure)
