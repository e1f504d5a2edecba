"""`python -m benchmarks [--only NAME,NAME]`: measure, write RESULTS.md, fail where a bar does not hold."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from openai_org_usage.terminal.commands import run_command
from openai_org_usage.terminal.parsers import KeylessParser

from .groups import GROUPS
from .results import RESULTS, bar_line, write
from .results_model import BenchmarkRun, Findings, Group, Threshold


def main(
    arguments: Sequence[str] | None = None, *, groups: Sequence[Group] = GROUPS, results: Path = RESULTS
) -> int:
    """The exit status: 0 if all bars hold, 1 if one does not, 2 for a group that does not exist."""
    names = [group.name for group in groups]
    parser = KeylessParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help=f"groups, with commas in between: {', '.join(names)}")
    only = [name for name in parser.read(arguments).only.split(",") if name]
    if unknown := [name for name in only if name not in names]:
        parser.error(f"there is no group {unknown[0]!r}; there are {', '.join(names)}")
    bars: list[Threshold] = []
    for group in groups:
        if not only or group.name in only:
            findings = _measured(group)
            write({group.name: findings}, groups, path=results)
            bars += findings.bars
    print(f"\n{sum(bar.holds for bar in bars)} of {len(bars)} bars hold; written to {results.name}")
    return 0 if all(bar.holds for bar in bars) else 1


def _measured(group: Group) -> Findings:
    print(f"\n{group.name}: {group.title}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        findings = group.run(BenchmarkRun(Path(folder), _say))
    print("\n".join(map(bar_line, findings.bars)))
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return findings


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(run_command(main, debug=True))
