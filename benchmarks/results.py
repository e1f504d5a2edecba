"""`RESULTS.md`: a section for each group, of which a run replaces those that it measured."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

from .results_model import Findings, Group, Table, Threshold

RESULTS = Path(__file__).parent / "RESULTS.md"

_HEAD = """# Measurements

`make bench` measures everything anew, `make bench ONLY=decode,startup` the groups named. All
contestants of a group are measured in one run, in turns and each in a process of its own; times are
medians. Shown are median, fastest and slowest reading. A bar is what must hold: where one does not,
the run fails.
"""
_PACKAGES = ("attrs", "httpx", "msgspec", "openai", "openapi-python-client")
_SECTION = re.compile(r"^<!-- group: (\w+) -->\n(.*?)(?=^<!-- group: |\Z)", re.DOTALL | re.MULTILINE)


def write(found: Mapping[str, Findings], groups: Sequence[Group], *, path: Path) -> None:
    """Put what was `found` by name of its group into `path`; sections of other groups stay as they are."""
    kept = dict(_SECTION.findall(path.read_text())) if path.exists() else {}
    fresh = {group.name: _section(group, found[group.name]) for group in groups if group.name in found}
    sections = kept | fresh
    parts = [f"<!-- group: {g.name} -->\n{sections[g.name].strip()}\n" for g in groups if g.name in sections]
    path.write_text("\n".join([_HEAD, *parts]))


def _section(group: Group, findings: Findings) -> str:
    parts = [f"## {group.title}", findings.how, *map(_table, findings.tables)]
    return "\n\n".join([*parts, "\n".join(map(bar_line, findings.bars)), f"_{machine()}_"])


def _table(table: Table) -> str:
    lines = [table.columns, ("---",) + ("---:",) * (len(table.columns) - 1), *table.rows]
    return "\n".join([f"**{table.title}**", "", *(f"| {' | '.join(line)} |" for line in lines)])


def bar_line(bar: Threshold) -> str:
    """A bar with what was measured, and whether it holds."""
    return f"- {'holds' if bar.holds else '**does not hold**'}: {bar.statement} (measured: {bar.measured})"


def machine() -> str:
    """What the figures were measured on, and when; no host name."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {cpu_count()} cores ({_processor()}), {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}; {packages}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists() and (found := re.search(r"model name\s*: (.+)", information.read_text())):
        return found[1].strip()
    return platform.machine()
