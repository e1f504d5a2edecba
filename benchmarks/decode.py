"""From the bytes of a page to objects: this package, the official SDK, and others."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .child import Contestant
from .harness import BIN, ROOT, take_turns
from .pages import DAY, HOUR, page_of, rows_of, with_unknown
from .results_model import BenchmarkRun, Findings, Group, Series, Table, Threshold, at_least, megabytes, rate

ROUNDS = {1_000: 15, 16_800: 9}
"""By rows in a page: of ten buckets, and of 168, as many as a page of hours can have."""
WIDTHS = {"completions": HOUR, "costs": DAY}
FASTER = {"completions": 20, "costs": 11}
"""How many times the speed of the official SDK; with unknown fields, three quarters of that."""
OF_LIMIT = {"completions": 0.5, "costs": 0.45}
"""Of the speed of the limit, which looks at no text of a number and keeps nothing unknown."""
OURS, UNKNOWN, OFFICIAL = "this package", "this package, unknown fields", "official SDK"
STOCK, LIMIT, PLAIN = "openapi-python-client, stock", "msgspec Struct (limit)", "json.loads"


def measure(session: BenchmarkRun) -> Findings:
    """Pages of two sizes from two endpoints."""
    _generate_stock(session.folder)
    tables: list[Table] = []
    bars: list[Threshold] = []
    for name in WIDTHS:
        rows = rows_of(name, max(ROUNDS))
        for size, rounds in ROUNDS.items():
            session.say(f"{name}, {size:,} rows")
            paths = _write_pages(session.folder, rows[:size], name=name)
            contestants = _contestants(name, *paths, folder=str(session.folder))
            found = take_turns(contestants, rounds=rounds, say=session.say, warm_up=True)
            title = f"{name}, {size:,} rows, {megabytes(paths[0].stat().st_size)}"
            tables.append(_table(title, found, size=size))
            bars += _bars(f"{name}, {size:,} rows", found, faster=FASTER[name], of_limit=OF_LIMIT[name])
    return Findings(
        how="A page of rows grouped by everything, in memory, becomes objects. This package keeps amounts "
        "exact, looks for unknown fields in every row, and keeps them: its second line has three in each. A "
        "reading is the mean of a tenth of a second of the processor at least.",
        tables=tables,
        bars=bars,
    )


def _generate_stock(folder: Path) -> None:
    """What openapi-python-client makes of the pin on its own."""
    command = [str(BIN / "openapi-python-client"), "generate", "--path", "openapi.yaml", "--meta", "none"]
    output = ["--output-path", str(folder / "stock")]
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])  # It calls ruff.
    environment = os.environ | {"PATH": path}
    subprocess.run([*command, *output], cwd=ROOT, env=environment, check=True, capture_output=True)


def _write_pages(folder: Path, rows: Sequence[bytes], *, name: str) -> tuple[Path, Path]:
    known, unknown = folder / "known.json", folder / "unknown.json"
    known.write_bytes(page_of(rows, width=WIDTHS[name]))
    unknown.write_bytes(page_of(with_unknown(rows), width=WIDTHS[name]))
    return known, unknown


def _contestants(name: str, known: Path, unknown: Path, *, folder: str) -> dict[str, Contestant]:
    given: dict[str, str | int | float] = {"name": name, "body": str(known)}
    return {
        OURS: Contestant("benchmarks.contestants.decode:ours", given),
        UNKNOWN: Contestant("benchmarks.contestants.decode:ours", {**given, "body": str(unknown)}),
        OFFICIAL: Contestant("benchmarks.contestants.decode:official", given),
        STOCK: Contestant("benchmarks.contestants.decode:stock", {**given, "folder": folder}),
        LIMIT: Contestant("benchmarks.contestants.decode:limit", given),
        PLAIN: Contestant("benchmarks.contestants.decode:plain", given),
    }


def _table(title: str, found: dict[str, Series], *, size: int) -> Table:
    official = found[OFFICIAL].median
    rows = tuple(
        (name, *series.cells, rate(size, series.median), f"{official / series.median:.1f}")
        for name, series in found.items()
    )
    return Table(title, ("decoder", "median", "range", "rows/s", "times as fast as the official SDK"), rows)


def _bars(what: str, found: dict[str, Series], *, faster: int, of_limit: float) -> list[Threshold]:
    official, ours, limit = found[OFFICIAL], found[OURS], found[LIMIT]
    return [
        at_least(faster, f"{what}: faster than the official SDK", slow=official, fast=ours),
        at_least(
            faster * 3 // 4, f"{what}, unknown fields: faster than it", slow=official, fast=found[UNKNOWN]
        ),
        at_least(of_limit, f"{what}: of the speed of the limit", slow=limit, fast=ours),
        at_least(2, f"{what}: faster than stock code", slow=found[STOCK], fast=ours),
    ]


GROUP = Group("decode", "Decoding", measure)
