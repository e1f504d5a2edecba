"""Peak memory: of a long iteration, and of a page that inflates to a thousand times its size."""

from __future__ import annotations

from .child import Contestant
from .contestants.memory import MILLION
from .harness import serving, started
from .pages import HOUR, NOW, ROWS_IN_BUCKET, rows_of
from .results_model import BenchmarkRun, Findings, Group, Table, Threshold, duration, megabytes

MILLIONS = 10
DISTINCT_ROWS = 16_800
GROWTH = 1.10
ADDED = 100e6
BOMBED = {
    "this package": "benchmarks.contestants.memory:ours",
    "official SDK": "benchmarks.contestants.memory:official",
}


def measure(session: BenchmarkRun) -> Findings:
    """Ten million rows, then the bomb."""
    path = session.folder / "rows.jsonl"
    path.write_bytes(b"\n".join(rows_of("completions", DISTINCT_ROWS)))
    with serving("benchmarks.server", str(path)) as base_url:
        session.say(f"{MILLIONS} million rows")
        table, flat = _iteration(base_url)
        session.say("the bomb")
        bombs, bounded = _bombs(base_url)
    return Findings(
        how="The peak resident memory of a process of its own. Rows are grouped by everything and come in "
        "pages of 16,800; the bomb is a page of 510 KB that inflates to 500 MB, after an ordinary page.",
        tables=[table, bombs],
        bars=[flat, bounded],
    )


def _iteration(base_url: str) -> tuple[Table, Threshold]:
    start = NOW - MILLIONS * MILLION // ROWS_IN_BUCKET * HOUR
    given: dict[str, str | int | float] = {"base_url": base_url, "start": start, "end": NOW}
    with started(Contestant("benchmarks.contestants.memory:iteration", given)) as worker:
        reading = worker.turn()
    rows = tuple((f"{n} million", megabytes(size)) for n, size in enumerate(reading.digest, 1))
    title = f"Iterating over {MILLIONS} million rows ({duration(reading.seconds)}), this package"
    statement = f"peak memory after {MILLIONS} million rows at most {GROWTH:g} times that after one million"
    growth = reading.digest[-1] / reading.digest[0]
    return Table(title, ("rows", "peak so far"), rows), Threshold(
        statement, f"{growth:.3f} times", growth <= GROWTH
    )


def _bombs(base_url: str) -> tuple[Table, Threshold]:
    given: dict[str, str | int | float] = {"base_url": base_url, "start": NOW - HOUR, "end": NOW}
    readings: dict[str, list[float]] = {}
    for name, prepare in BOMBED.items():
        with started(Contestant(prepare, given)) as worker:
            readings[name] = worker.turn().digest
    rows = tuple(
        (name, megabytes(before), megabytes(after - before), "refused" if refused else "read")
        for name, (before, after, refused) in readings.items()
    )
    before, after, refused = readings["this package"]
    return (
        Table("The bomb", ("client", "peak before", "added", "the page was"), rows),
        Threshold(
            f"the bomb is refused with at most {megabytes(ADDED)} added",
            f"{'refused' if refused else 'read'}, {megabytes(after - before)}",
            bool(refused) and after - before <= ADDED,
        ),
    )


GROUP = Group("memory", "Memory", measure)
