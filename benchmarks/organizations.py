"""Five organizations in one archive: years of all tables, a day more, and a question in SQL.

The API itself gives a year at most, so three years are kept by syncing for three years; here an API without
that limit gives them at once, which is the most that one sync can have to do.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from .child import Contestant, Reading
from .harness import BIN, run_in_turns, serving, started
from .pages import DAY, NOW
from .results_model import BenchmarkRun, Findings, Group, Series, Table, Threshold, duration, megabytes

NAMES = ("acme", "beta", "delta", "gamma", "omega")
YEARS = (1, 3)
LATENCY = 100
ROUNDS = 5
GROWTH, DAY_MORE, ANSWER = 1.1, 5.0, 0.5
SPENT = "select month, project_name, sum(amount_value) as spent from costs group by all"


@attrs.frozen
class KeptYears:
    """What so many years took and are."""

    years: int
    reading: Reading
    size: int

    @property
    def peak(self) -> float:
        """The most memory that the process had, in bytes."""
        return self.reading.digest[2]

    @property
    def cells(self) -> tuple[str, ...]:
        """For a table."""
        rows, requests, peak, processor = self.reading.digest
        times = duration(self.reading.seconds), duration(processor)
        return (
            f"{self.years}",
            f"{rows:,.0f}",
            f"{requests:,.0f}",
            *times,
            megabytes(self.size),
            megabytes(peak),
        )


def measure(session: BenchmarkRun) -> Findings:
    """A year, three years in another archive, a day more of these, and spend by project and month of all."""
    kept: list[KeptYears] = []
    with serving("benchmarks.long_history") as origin:
        folder = session.folder / "warm"
        _synced(folder, origin, days=31)
        for years in YEARS:
            folder = session.folder / str(years)
            reading = _synced(folder, origin, days=365 * years)
            kept.append(KeptYears(years, reading, _size(folder)))
            session.say(f"{years} years: {', '.join(kept[-1].cells[1:])}")
        more = _synced(folder, origin, days=365 * YEARS[-1], now=NOW + DAY, latency=LATENCY)
    session.say(f"a day more: {duration(more.seconds)}, {more.digest[1]:,.0f} requests")
    question = [str(BIN / "openai-org-usage"), "sql", str(folder), SPENT, "--format", "csv"]
    asked = run_in_turns({"sql": question}, rounds=ROUNDS, say=session.say, pycache=session.folder / "code")
    return _findings(kept, more, asked["sql"])


def _synced(folder: Path, origin: str, *, days: int, now: int = NOW, latency: int = 0) -> Reading:
    given: dict[str, str | int | float] = {
        "folder": str(folder),
        "origin": origin,
        "names": ",".join(NAMES),
        "milliseconds": latency,
        "since": NOW - days * DAY,
        "now": now,
    }
    with started(Contestant("benchmarks.contestants.organizations:sync", given)) as worker:
        return worker.turn()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _findings(kept: list[KeptYears], more: Reading, asked: Series) -> Findings:
    growth = kept[-1].peak / kept[0].peak
    columns = ("years", "rows", "requests", "time", "of the processor", "on disk", "peak memory")
    return Findings(
        how=f"{len(NAMES)} organizations of the emulator's usual size, synced at once: all tables by the day "
        "and by all dimensions, with names. A server of its own repeats a month of each and knows no year, "
        "as the API does; its answers come at once, those of the day more "
        f"{LATENCY} ms after each request. SQL is the whole command, its start included.",
        tables=[Table("Kept", columns, tuple(each.cells for each in kept))],
        bars=[
            Threshold(
                f"peak memory of {YEARS[-1]} years at most {GROWTH:g} times that of one",
                f"{growth:.2f} times",
                growth <= GROWTH,
            ),
            Threshold(
                f"a day more in less than {DAY_MORE:g} s, each answer after {LATENCY} ms",
                f"{duration(more.seconds)}, {more.digest[1]:,.0f} requests",
                more.seconds < DAY_MORE,
            ),
            Threshold(
                f"spend by project and month of all in less than {ANSWER:g} s",
                duration(asked.median),
                asked.median < ANSWER,
            ),
        ],
    )


GROUP = Group("organizations", "Five organizations and three years in one archive", measure)
